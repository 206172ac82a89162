"""The mailbox of replies and bounces, by IMAP: read by UID, moved aside, never deleted."""

import imaplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import cast

from adapters.imap_client import ImapConnection, ImapSettings, logged_in, outages
from adapters.mail_folders import DONE_FOLDER, HEAD_OCTETS, LyingMail

LISTED_AT_ONCE = 500
_SEEN = b"\\Seen"


class ImapFolder:
    """One opened folder; ``uid_validity`` and UID together name a mail for ever."""

    def __init__(self, client: ImapConnection, settings: ImapSettings) -> None:
        """Select the folder."""
        self._client = client
        self.account, self.name = settings.account, settings.folder
        selected = client.select_folder(settings.folder)
        self.uid_validity = int(cast("int", selected[b"UIDVALIDITY"]))
        self.is_read_only = b"READ-ONLY" in selected
        self._can_move = client.has_capability("MOVE") and not self.is_read_only
        self._has_done_folder = False

    def list_mails(self) -> tuple[LyingMail, ...]:
        """Everything that lies in the folder, lowest UID first.

        Raises:
            TransientError: the server is away.
        """
        with outages():
            uids = sorted(self._client.search(["ALL"]))
            chunks = [uids[n : n + LISTED_AT_ONCE] for n in range(0, len(uids), LISTED_AT_ONCE)]
            return tuple(mail for chunk in chunks for mail in self._lying(chunk))

    def _lying(self, uids: Sequence[int]) -> Iterator[LyingMail]:
        found = self._client.fetch(list(uids), ["RFC822.SIZE", "FLAGS", "INTERNALDATE"])
        for uid in uids:
            if uid in found and b"RFC822.SIZE" in found[uid]:  # another reader may have moved it
                size = int(cast("int", found[uid][b"RFC822.SIZE"]))
                flags = cast("tuple[bytes, ...]", found[uid].get(b"FLAGS", ()))
                arrived = found[uid].get(b"INTERNALDATE")
                yield LyingMail(
                    uid=uid, size=size, is_seen=_SEEN in flags,
                    arrived_at=arrived.astimezone(UTC) if isinstance(arrived, datetime) else None,
                )  # fmt: skip

    def read(self, uid: int) -> bytes | None:
        """The whole message, left unread as it lies; None when it is gone.

        Raises:
            TransientError: the server is away.
        """
        return self._body(uid, "BODY.PEEK[]", b"BODY[]")

    def read_head(self, uid: int) -> bytes | None:
        """The first part of the message's headers; None when it is gone.

        Raises:
            TransientError: the server is away.
        """
        return self._body(uid, f"BODY.PEEK[HEADER]<0.{HEAD_OCTETS}>", b"BODY[HEADER]<0>")

    def _body(self, uid: int, asked: str, answered: bytes) -> bytes | None:
        with outages():
            found = self._client.fetch([uid], [asked]).get(uid, {}).get(answered)
        return found if isinstance(found, bytes) else None

    def put_aside(self, mail: LyingMail) -> bool:
        """Move a stored mail to the done folder, or at least mark it as read; False if neither.

        Without MOVE the mail is not copied and deleted: deletion would also remove what others
        marked, and a death between the two would leave the mail twice.

        Raises:
            TransientError: the connection is gone.
        """
        if self.is_read_only:
            return False
        return self._move(mail.uid) or mail.is_seen or self._mark_seen(mail.uid)

    def _move(self, uid: int) -> bool:
        if not self._can_move:
            return False
        with outages(), _refusals() as refused:
            self._need_done_folder()
            self._client.move([uid], DONE_FOLDER)
        return not refused

    def _mark_seen(self, uid: int) -> bool:
        with outages(), _refusals() as refused:
            self._client.add_flags([uid], [_SEEN])
        return not refused

    def _need_done_folder(self) -> None:
        if not self._has_done_folder and not self._client.folder_exists(DONE_FOLDER):
            self._client.create_folder(DONE_FOLDER)
        self._has_done_folder = True


@contextmanager
def open_folder(settings: ImapSettings) -> Iterator[ImapFolder]:
    """Log in and open the folder for the block.

    Raises:
        PermanentError: the settings are unsafe, or the server refuses name or password.
        TransientError: the server is away or its certificate does not prove it.
    """
    with logged_in(settings) as client:
        with outages():
            folder = ImapFolder(client, settings)
        yield folder


@contextmanager
def _refusals() -> Iterator[list[str]]:
    """Gather what the server refuses; a broken connection is no refusal."""
    refused: list[str] = []
    try:
        yield refused
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        refused.append(str(error))
