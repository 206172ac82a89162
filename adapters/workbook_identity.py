"""The identity of a form sent out: signed, so that one that comes back is known and unaltered."""

from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from models.errors import WorkbookUnreadableError

SALT = "dondoc.answer-workbook"
WRONG = (
    "Tệp không phải biểu mẫu do hệ thống gửi, hoặc phần nhận diện biểu mẫu đã bị sửa; "
    "đề nghị tải lại biểu mẫu từ trang của đơn vị rồi điền vào đó."
)


class WorkbookIdentity(NamedTuple):
    """Which obligation a form is for, and after which version of its answer it was made."""

    obligation_id: str
    version: int


def sign_identity(key: bytes, identity: WorkbookIdentity) -> str:
    """Sign the identity; the same identity gives the same text."""
    return URLSafeSerializer(key, salt=SALT).dumps(list(identity))


def read_identity(key: bytes, text: str) -> WorkbookIdentity:
    """Check the signature and return the identity.

    Raises:
        WorkbookUnreadableError: it is not ours or was altered.
    """
    try:
        obligation_id, version = URLSafeSerializer(key, salt=SALT).loads(text)
    except (BadData, ValueError, TypeError) as error:
        raise WorkbookUnreadableError(WRONG) from error
    return WorkbookIdentity(str(obligation_id), int(version))
