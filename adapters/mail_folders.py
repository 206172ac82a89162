"""A folder that mails come in to, wherever it is: listed, read, put aside, never emptied."""

from datetime import datetime
from typing import Protocol

from models.values import Value

DONE_FOLDER = "Da-nhan"
HEAD_OCTETS = 64 * 1024


class LyingMail(Value):
    """One mail in the folder: its UID, its size in octets, since when it lies there."""

    uid: int
    size: int
    is_seen: bool
    arrived_at: datetime | None = None  # by the clock of its server


class MailboxPlace(Protocol):
    """Which mailbox it is, as the ledger and people name it."""

    @property
    def account(self) -> str:
        """What names the account in the ledger."""
        ...

    @property
    def folder(self) -> str:
        """The folder in it."""
        ...

    @property
    def username(self) -> str:
        """What people call it."""
        ...


class MailFolder(Protocol):
    """An opened folder; account, name, ``uid_validity`` and UID name a mail for ever."""

    account: str
    name: str
    uid_validity: int

    def list_mails(self) -> tuple[LyingMail, ...]:
        """Everything that lies in the folder, lowest UID first."""
        ...

    def read(self, uid: int) -> bytes | None:
        """The whole message; None when it is gone."""
        ...

    def read_head(self, uid: int) -> bytes | None:
        """The first part of the message's headers; None when it is gone."""
        ...

    def put_aside(self, mail: LyingMail) -> bool:
        """Move a stored mail to the done folder, or mark it as read; False if neither."""
        ...
