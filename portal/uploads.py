"""Files of a form: stored once, then named by a signed reference until the answer is sent."""

from collections.abc import Iterable, Sequence

from itsdangerous import BadData, URLSafeSerializer
from starlette.datastructures import UploadFile

from adapters.blobs import BlobStore
from models.answer_forms import FILES_FIELD
from models.errors import RefusedError
from models.file_kinds import (
    ALLOWED_NAMES,
    HEAD_BYTES,
    MAX_FILE_BYTES,
    MAX_FILES,
    clean_name,
    media_type_of,
)
from models.submissions import Attachment, Finding

SALT = "dondoc.attachment"
KIND_CODE = "E-UPL-415"


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


def keep_uploads(
    files: Sequence[UploadFile], blobs: BlobStore, *, kept: tuple[Attachment, ...]
) -> tuple[tuple[Attachment, ...], tuple[Finding, ...]]:
    """Store new files beside those kept; returns all, and what is wrong with the refused."""
    found, faults = list(kept), []
    for file in files:
        name = clean_name(file.filename or "")
        try:
            found.append(_stored(file, name, blobs))
        except RefusedError as error:
            faults.append(_fault(f"Tệp “{name}”: {error}"))
    if len(found) > MAX_FILES:
        faults.append(_fault(f"Mỗi lần gửi tối đa {MAX_FILES} tệp; đề nghị bỏ bớt tệp."))
    return tuple(dict.fromkeys(found)), tuple(faults)


def _stored(file: UploadFile, name: str, blobs: BlobStore) -> Attachment:
    head = file.file.read(HEAD_BYTES)
    media_type = media_type_of(name, head)
    if media_type is None:
        raise RefusedError(
            f"không nhận loại tệp này; đề nghị gửi tệp {ALLOWED_NAMES} ({KIND_CODE})."
        )
    file.file.seek(0)
    sha256, size = blobs.put_stream(file.file, most=MAX_FILE_BYTES)
    return Attachment(sha256=sha256, name=name, size=size, media_type=media_type)


def _fault(message: str) -> Finding:
    return Finding(field=FILES_FIELD, message=message, is_error=True)
