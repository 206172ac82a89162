"""The files of a reply: by the rules of uploads, what is taken and what is told back."""

from collections.abc import Sequence

from models.file_kinds import ALLOWED_NAMES, MAX_FILE_BYTES, MAX_FILES, media_type_of
from models.incoming import IncomingAttachment
from models.letter_rows import RemarkRow
from models.submissions import Attachment
from models.values import Value

# What mail programs add by themselves: signatures, cards, invitations; nobody sent them on purpose.
_ADDED = frozenset(
    {
        *("application/pkcs7-signature", "application/x-pkcs7-signature"),
        *("application/pgp-signature", "application/pgp-keys"),
        *("text/calendar", "text/vcard", "text/x-vcard", "text/directory"),
    }
)
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SEND_AGAIN = "Trả lời lại thư này, kèm tệp {names}."


class ReplyFiles(Value):
    """The files that count, in order, and what is wrong with the others."""

    taken: tuple[Attachment, ...] = ()
    refused: tuple[RemarkRow, ...] = ()


def sort_files(attachments: Sequence[IncomingAttachment]) -> ReplyFiles:
    """Say which files of a mail are taken; decorations and what programs add are left out."""
    sent = [one for one in attachments if not one.is_decoration and one.media_type not in _ADDED]
    taken = [found for one in sent if (found := _taken(one)) is not None]
    refused = [_refusal(one) for one in sent if _taken(one) is None]
    if len(taken) > MAX_FILES:
        message = f"Thư có {len(taken)} tệp, mỗi lần gửi tối đa {MAX_FILES} tệp."
        refused.append(RemarkRow(field="Tệp kèm theo", message=message, hint="Gửi làm nhiều thư."))
    return ReplyFiles(taken=tuple(dict.fromkeys(taken)), refused=tuple(refused))


def _taken(one: IncomingAttachment) -> Attachment | None:
    media_type = media_type_of(one.name, one.head)
    if media_type is None or one.size > MAX_FILE_BYTES:
        return None
    return Attachment(sha256=one.sha256, name=one.name, size=one.size, media_type=media_type)


def _refusal(one: IncomingAttachment) -> RemarkRow:
    hint = _SEND_AGAIN.format(names=ALLOWED_NAMES)
    if one.media_type in _TNEF or one.name.casefold() == "winmail.dat":
        message = "Phần mềm thư đã gói các tệp vào winmail.dat (định dạng riêng của Outlook)."
        hint = "Gửi lại ở dạng HTML hoặc văn bản thuần, hoặc gửi tệp tại trang của đơn vị."
    elif one.media_type == "message/rfc822":
        message = "Thư đính kèm cả một thư khác, không phải tệp kết quả."
    elif one.size > MAX_FILE_BYTES:
        message = f"Tệp lớn hơn {MAX_FILE_BYTES // 2**20} MB."
        hint = "Giảm dung lượng tệp, ví dụ chụp hoặc quét ở độ phân giải thấp hơn, rồi gửi lại."
    elif not one.size:
        message = "Tệp rỗng, không có nội dung."
    else:
        message = "Không nhận loại tệp này, hoặc nội dung tệp không đúng với đuôi tệp."
    return RemarkRow(field=f"Tệp “{one.name}”", message=message, hint=hint)
