"""Accounts of the commune's own people: roles, names, passwords, and how long guessing waits."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from models.errors import RefusedError, UsageError
from models.values import Value

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
IDLE = timedelta(hours=2)
LONGEST_SESSION = timedelta(hours=12)
LINK_LIFETIME = timedelta(hours=2)
FREE_TRIES_OF_ACCOUNT = 5
FREE_TRIES_OF_ADDRESS = 20  # a whole office may share one address
FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class Role(StrEnum):
    """What an account may do in the office's pages; reading is open to all of them."""

    ADMINISTRATOR = "administrator"
    OFFICE = "office"
    LEADER = "leader"
    VIEWER = "viewer"


ROLE_NAMES = {
    Role.ADMINISTRATOR: "Quản trị",
    Role.OFFICE: "Văn phòng",
    Role.LEADER: "Lãnh đạo",
    Role.VIEWER: "Chỉ xem",
}


class Account(Value):
    """One person who signs in; ``id`` is the name typed, and what the journal keeps."""

    id: str
    commune: str
    name: str
    role: Role
    unit_id: str | None = None  # whose answers this person must not review
    contact_id: str | None = None  # who this person is in the register, as a leader who decides
    created_at: datetime
    disabled_at: datetime | None = None
    has_password: bool = False

    @property
    def is_active(self) -> bool:
        """Whether the account may sign in."""
        return self.disabled_at is None


class LinkPurpose(StrEnum):
    """What a one-time link does once its form is sent."""

    SET_PASSWORD = "set_password"  # noqa: S105 - a choice, not a password
    SIGN_IN = "sign_in"


def account_id(text: str) -> str:
    """Return the name of an account as it is kept.

    Raises:
        UsageError: it has other signs than small letters, digits, dot, dash and underscore.
    """
    found = text.strip().lower()
    if not _ID.fullmatch(found):
        raise UsageError(
            f"Tên đăng nhập '{text[:40]}' không đúng; hãy dùng 2-40 chữ thường không dấu, chữ số, "
            "dấu chấm, gạch nối."
        )
    return found


def refuse_weak(password: str, *, account: str) -> None:
    """Let a password pass that is long enough and is not the account's name over again.

    Raises:
        RefusedError: it is too short, too long or too easily guessed.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise RefusedError(
            f"Mật khẩu phải có từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự; "
            "nên dùng một câu dễ nhớ."
        )
    few = len(set(password.lower())) < 5  # noqa: PLR2004 - fewer signs are a pattern
    if few or account in password.lower():
        raise RefusedError(
            "Mật khẩu quá dễ đoán; hãy dùng một câu khác, không chứa tên đăng nhập, "
            "không lặp lại vài ký tự."
        )


def delay_after(failures: int, *, free: int) -> timedelta:
    """How long the next try waits after so many failures: nothing at first, then twice as long."""
    if failures < free:
        return timedelta()
    # Beyond that many doublings every delay is the longest one.
    return min(FIRST_DELAY * (1 << min(failures - free, 20)), LONGEST_DELAY)
