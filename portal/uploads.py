"""Files of a form: stored once, then named by a signed reference until the answer is sent."""

from collections.abc import Iterable, Sequence

from itsdangerous import BadData, URLSafeSerializer
from starlette.datastructures import UploadFile

from adapters.blobs import BlobStore
from adapters.package_checks import ActiveContentError
from adapters.upload_checks import Inspection, inspect_file
from models.answer_forms import FILES_FIELD
from models.errors import RefusedError
from models.file_kinds import MAX_FILE_BYTES, MAX_FILES, FileCode, FileNote, clean_name
from models.submissions import Attachment, Finding
from models.values import Value
from portal.downloads import OCTETS
from services.held_uploads import Held

SALT = "dondoc.attachment"


def sign_attachment(key: bytes, obligation_id: str, attachment: Attachment) -> str:
    """Return a reference to a stored file that only a form of that obligation may bring back."""
    return URLSafeSerializer(key, salt=SALT).dumps([obligation_id, attachment.model_dump()])


def read_attachments(
    key: bytes, obligation_id: str, references: Iterable[str]
) -> tuple[Attachment, ...]:
    """Return the files of those references, each once; what we did not sign is left out."""
    found = [_referred(key, obligation_id, reference) for reference in references]
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _referred(key: bytes, obligation_id: str, reference: str) -> Attachment | None:
    try:
        owner, content = URLSafeSerializer(key, salt=SALT).loads(reference)
    except (BadData, ValueError, TypeError):
        return None
    return Attachment.model_validate(content) if owner == obligation_id else None


class Kept(Value):
    """What became of the files of a form: those taken, what is wrong, and what a person gets."""

    attachments: tuple[Attachment, ...]
    faults: tuple[Finding, ...] = ()
    held: tuple[Held, ...] = ()


def keep_uploads(
    files: Sequence[UploadFile], blobs: BlobStore, *, kept: tuple[Attachment, ...]
) -> Kept:
    """Store new files beside those kept; each refused one is a fault beside the field of files."""
    found, faults, held = list(kept), [], []
    for file in files:
        name = clean_name(file.filename or "")
        try:
            inspection = _inspected(file, name)
        except RefusedError as error:
            faults.append(_fault(f"Tệp “{name}”: {error}."))
            if isinstance(error, ActiveContentError):
                stored = _stored(file, name, blobs, Inspection(media_type=OCTETS))
                held.append(Held(file=stored, reason=str(error), is_refused=True))
            continue
        stored = _stored(file, name, blobs, inspection)
        found.append(stored)
        if inspection.is_held:
            held.append(Held(file=stored, reason=FileNote.HELD, is_refused=False))
    if len(found) > MAX_FILES:
        faults.append(_fault(f"Mỗi lần gửi tối đa {MAX_FILES} tệp; đề nghị bỏ bớt tệp."))
    return Kept(attachments=tuple(dict.fromkeys(found)), faults=tuple(faults), held=tuple(held))


def _inspected(file: UploadFile, name: str) -> Inspection:
    if (file.size or 0) > MAX_FILE_BYTES:
        most = MAX_FILE_BYTES // 2**20
        raise RefusedError(f"lớn hơn {most} MB; hãy gửi tệp nhỏ hơn ({FileCode.SIZE})")
    return inspect_file(file.file, name)


def _stored(file: UploadFile, name: str, blobs: BlobStore, inspection: Inspection) -> Attachment:
    file.file.seek(0)
    sha256, size = blobs.put_stream(file.file, most=MAX_FILE_BYTES)
    return Attachment(
        sha256=sha256, name=name, size=size, media_type=inspection.media_type,
        notes=inspection.notes,
    )  # fmt: skip


def _fault(message: str) -> Finding:
    return Finding(field=FILES_FIELD, message=message, is_error=True)
