"""Replies and bounces that the mail catcher of this machine kept: the mailbox of a trial."""

import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path

from adapters.mail_catcher import LETTER_FILE, digest_of_id, letter_files
from adapters.mail_folders import DONE_FOLDER, HEAD_OCTETS, LyingMail
from adapters.reply_tokens import token_in_address
from models.errors import TransientError
from models.values import Value

UID_VALIDITY = "uid-validity"
ENVELOPE_TO = b"X-Envelope-To: "
_ENVELOPE_OCTETS = 64 * 1024
_CACHED = 20_000


@contextmanager
def _disk_faults() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TransientError(
            f"Không đọc được thư mục hộp thư thử ({error}); hãy kiểm tra đĩa và quyền ghi, "
            "hệ thống sẽ tự đọc lại ở lượt sau."
        ) from error


class CaughtMailbox(Value):
    """The catcher's folder as a mailbox; ``addresses`` are ours, to which answers come."""

    path: Path
    addresses: tuple[str, ...]
    folder: str = "INBOX"

    @property
    def username(self) -> str:
        """What people call it."""
        return self.addresses[0]

    @property
    def account(self) -> str:
        """What names it in the ledger."""
        return f"{self.username}@hop-thu-thu"


class CaughtFolder:
    """The opened folder; the catcher's numbers are the UIDs, and are never given twice."""

    @_disk_faults()
    def __init__(self, mailbox: CaughtMailbox) -> None:
        """Number the folder, the first time for ever."""
        self._path, self._addresses = mailbox.path, mailbox.addresses
        self.account, self.name = mailbox.account, mailbox.folder
        self.uid_validity = _uid_validity(mailbox.path)

    @_disk_faults()
    def list_mails(self) -> tuple[LyingMail, ...]:
        """Every mail to one of our addresses that lies in the folder, lowest UID first."""
        found = sorted(_numbered(self._path))
        return tuple(mail for uid, path in found if (mail := self._lying(uid, path)) is not None)

    def _lying(self, uid: int, path: Path) -> LyingMail | None:
        try:
            status = path.stat()
            recipients = _recipients(path, status.st_mtime_ns)
        except FileNotFoundError:  # another reader has put it aside
            return None
        if not any(map(self._is_ours, recipients)):
            return None
        return LyingMail(uid=uid, size=status.st_size, is_seen=False)

    def _is_ours(self, address: str) -> bool:
        return any(
            address.lower() == ours.lower() or token_in_address(address, ours) is not None
            for ours in self._addresses
        )

    @_disk_faults()
    def read(self, uid: int) -> bytes | None:
        """The whole message; None when it is gone."""
        path = self._find(uid)
        return None if path is None else path.read_bytes()

    @_disk_faults()
    def read_head(self, uid: int) -> bytes | None:
        """The first part of the message; None when it is gone."""
        path = self._find(uid)
        if path is None:
            return None
        with path.open("rb") as file:
            return file.read(HEAD_OCTETS)

    @_disk_faults()
    def put_aside(self, mail: LyingMail) -> bool:
        """Move a stored mail to the done folder, where the mailbox page shows it still."""
        path = self._find(mail.uid)
        if path is None:
            return False
        done = self._path / DONE_FOLDER
        done.mkdir(exist_ok=True)
        path.replace(done / path.name)
        return True

    def _find(self, uid: int) -> Path | None:
        return next((path for number, path in _numbered(self._path) if number == uid), None)


@contextmanager
def open_caught(mailbox: CaughtMailbox) -> Iterator[CaughtFolder]:
    """Open the folder for the block.

    Raises:
        TransientError: the disk does not let it be read or moved; also when it is used.
    """
    yield CaughtFolder(mailbox)


@_disk_faults()
def empty_letters(folder: Path, *, message_ids: Collection[str], hashes: Collection[str]) -> int:
    """Empty the files of letters with those Message-IDs, or of mails of those SHA-256.

    Their names stay: numbers are never given twice, and what was sent is known. Returns how many.
    """
    digests = {digest_of_id(message_id) for message_id in message_ids}
    emptied = 0
    for path in letter_files(folder):
        match = LETTER_FILE.fullmatch(path.name)
        if match is None or not path.stat().st_size:
            continue
        if match[2] in digests or hashlib.sha256(path.read_bytes()).hexdigest() in hashes:
            path.write_bytes(b"")
            emptied += 1
    return emptied


def _uid_validity(folder: Path) -> int:
    """The folder's own number: a folder that was removed and made anew has another."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / UID_VALIDITY
    if not path.exists():
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(str(secrets.randbelow(2**31 - 1) + 1))
        try:
            os.link(temporary, path)
        except FileExistsError:  # another process numbered it this moment
            pass
        finally:
            temporary.unlink()
    return int(path.read_text())


def _numbered(folder: Path) -> Iterator[tuple[int, Path]]:
    for path in folder.glob("*.eml"):
        if (match := LETTER_FILE.fullmatch(path.name)) is not None:
            yield int(match[1]), path


@lru_cache(maxsize=_CACHED)
def _recipients(path: Path, _changed_ns: int) -> tuple[str, ...]:
    # Of the envelope, as the catcher wrote it on the second line.
    with path.open("rb") as file:
        head = file.read(_ENVELOPE_OCTETS).splitlines()[:2]
    lines = (line.removeprefix(ENVELOPE_TO) for line in head if line.startswith(ENVELOPE_TO))
    addresses = (line.decode("ascii", "replace").split(", ") for line in lines)
    return tuple(chain.from_iterable(addresses))
