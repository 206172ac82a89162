"""The files of a reply: by the rules of uploads, what is taken and what is told back."""

from collections.abc import Sequence
from io import BytesIO

from adapters.blobs import BlobStore
from adapters.package_checks import ActiveContentError
from adapters.upload_checks import inspect_file
from models.errors import RefusedError
from models.file_kinds import ALLOWED_NAMES, MAX_FILE_BYTES, MAX_FILES, FileNote
from models.incoming import IncomingAttachment
from models.letter_rows import RemarkRow
from models.submissions import Attachment
from models.values import Value
from models.vietnamese import sentence_case
from services.held_uploads import Held

# What mail programs add by themselves: signatures, cards, invitations; nobody sent them on purpose.
_ADDED = frozenset(
    {
        *("application/pkcs7-signature", "application/x-pkcs7-signature"),
        *("application/pgp-signature", "application/pgp-keys"),
        *("text/calendar", "text/vcard", "text/x-vcard", "text/directory"),
    }
)
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SEND_AGAIN = f"Trả lời lại thư này, kèm tệp {ALLOWED_NAMES}."


class ReplyFiles(Value):
    """The files that count, in order, what is wrong with the others, what a person must look at."""

    taken: tuple[Attachment, ...] = ()
    refused: tuple[RemarkRow, ...] = ()
    held: tuple[Held, ...] = ()


def sort_files(attachments: Sequence[IncomingAttachment], blobs: BlobStore) -> ReplyFiles:
    """Say which files of a mail are taken; decorations and what programs add are left out."""
    taken: list[Attachment] = []
    refused: list[RemarkRow] = []
    held: list[Held] = []
    for one in attachments:
        if one.is_decoration or one.media_type in _ADDED:
            continue
        try:
            file = _inspected(one, blobs)
        except RefusedError as error:
            refused.append(_refusal(one, str(error)))
            if isinstance(error, ActiveContentError):
                held.append(Held(file=_as_sent(one), reason=str(error), is_refused=True))
            continue
        taken.append(file)
        if FileNote.HELD in file.notes:
            held.append(Held(file=file, reason=FileNote.HELD, is_refused=False))
    if len(taken) > MAX_FILES:
        message = f"Thư có {len(taken)} tệp, mỗi lần gửi tối đa {MAX_FILES} tệp."
        refused.append(RemarkRow(field="Tệp kèm theo", message=message, hint="Gửi làm nhiều thư."))
    return ReplyFiles(taken=tuple(dict.fromkeys(taken)), refused=tuple(refused), held=tuple(held))


def _inspected(one: IncomingAttachment, blobs: BlobStore) -> Attachment:
    if not one.size:
        raise RefusedError("tệp rỗng, không có nội dung")
    if one.size > MAX_FILE_BYTES:
        raise RefusedError(f"tệp lớn hơn {MAX_FILE_BYTES // 2**20} MB")
    found = inspect_file(BytesIO(blobs.get(one.sha256)), one.name)
    return _as_sent(one).model_copy(update={"media_type": found.media_type, "notes": found.notes})


def _as_sent(one: IncomingAttachment) -> Attachment:
    return Attachment(sha256=one.sha256, name=one.name, size=one.size)


def _refusal(one: IncomingAttachment, why: str) -> RemarkRow:
    message, hint = sentence_case(why), _SEND_AGAIN
    if one.media_type in _TNEF or one.name.casefold() == "winmail.dat":
        message = "Phần mềm thư đã gói các tệp vào winmail.dat (định dạng riêng của Outlook)."
        hint = "Gửi lại ở dạng HTML hoặc văn bản thuần, hoặc gửi tệp tại trang của đơn vị."
    elif one.media_type == "message/rfc822":
        message = "Thư đính kèm cả một thư khác, không phải tệp kết quả."
    elif one.size > MAX_FILE_BYTES:
        hint = "Giảm dung lượng tệp, ví dụ chụp hoặc quét ở độ phân giải thấp hơn, rồi gửi lại."
    return RemarkRow(field=f"Tệp “{one.name}”", message=message, hint=hint)
