"""The inbox: each mail is kept, stored in one transaction, and only then moved aside."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Engine

from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.incoming_mail import read_head, read_mail
from adapters.incoming_mail_scan import MOST_OCTETS, TOO_LARGE
from adapters.mail_folders import LyingMail, MailFolder
from models.incoming import AUTOMATIC_CLASSES, InboxState, IncomingMail
from models.incoming_classes import Judgement, Known, classify
from models.values import Value
from services.inbox_acts import follow
from services.inbox_facts import Intake, is_in_sending, read_known
from services.inbox_rows import (
    Arrival,
    Place,
    Stored,
    insert_mail,
    note_repeated,
    open_mailbox,
    read_stored,
)

MOST_TAKEN = 300  # new mails in one round: what a flood leaves over is read by the next


class Fate(StrEnum):
    """What one round did with one mail."""

    KEPT = "kept"
    QUARANTINED = "quarantined"
    AUTOMATIC = "automatic"  # bounces, auto-replies: settled without a person
    REPEATED = "repeated"
    POSTPONED = "postponed"  # a bounce that overtook the record of its letter
    KNOWN = "known"  # stored by an earlier round that could not move it
    GONE = "gone"  # another reader was quicker


class Fetched(Value):
    """What a round of reading did; ``left`` lie in the folder still, though they are stored."""

    kept: int = 0
    quarantined: int = 0
    automatic: int = 0
    repeated: int = 0
    postponed: int = 0
    known: int = 0
    gone: int = 0
    left: int = 0
    oldest_left: datetime | None = None

    def plus(self, fate: Fate) -> "Fetched":
        """The round with one more mail."""
        return self.model_copy(update={fate.value: getattr(self, fate.value) + 1})

    def leaving(self, since: datetime) -> "Fetched":
        """The round with one more mail that could not be moved, stored at that instant."""
        oldest = min(since, self.oldest_left or since)
        return self.model_copy(update={"left": self.left + 1, "oldest_left": oldest})


class MailReader:
    """Takes in the mails of one folder: files before rows, rows before the mailbox is touched."""

    def __init__(
        self, engine: Engine, folder: MailFolder, *, intake: Intake, blobs: BlobStore,
        day: date, now: datetime,
    ) -> None:  # fmt: skip
        """Keep what is needed; nothing is read yet."""
        self._engine, self._folder = engine, folder
        self._intake, self._blobs = intake, blobs
        self._day, self._now = day, now

    def take_in(self) -> Fetched:
        """Store every mail of the folder that is not stored yet, and move aside what is.

        Nothing is known from positions or flags: what lies there and has no row is new, so that
        nothing is skipped, and what has a row is never read twice.

        Raises:
            TransientError: the mailbox or the database went away; what was stored stays stored.
        """
        lying = self._folder.list_mails()
        stored = self._open(lying)
        new = [mail for mail in lying if mail.uid not in stored]
        done = Fetched()
        for mail in lying:
            if mail.uid in stored:
                done = self._move(mail, stored[mail.uid], Fate.KNOWN, done)
        for mail in new[:MOST_TAKEN]:
            since = Stored(received_at=self._now, is_read=mail.size <= MOST_OCTETS)
            done = self._move(mail, since, self._take(mail), done)
        return done

    def _open(self, lying: Sequence[LyingMail]) -> dict[int, Stored]:
        first = self._place(lying[0].uid if lying else 0)
        with transaction(self._engine) as connection:
            open_mailbox(connection, first, commune=self._intake.commune, now=self._now)
            return read_stored(connection, first) if lying else {}

    def _move(self, mail: LyingMail, stored: Stored, fate: Fate, done: Fetched) -> Fetched:
        done = done.plus(fate)
        # A mail too large to download stays where a person finds it.
        if fate in {Fate.POSTPONED, Fate.GONE} or not stored.is_read:
            return done
        return done if self._folder.put_aside(mail) else done.leaving(stored.received_at)

    def _take(self, mail: LyingMail) -> Fate:
        if mail.size > MOST_OCTETS:
            return self._take_large(mail)
        raw = self._folder.read(mail.uid)
        if raw is None:
            return Fate.GONE
        sha256 = self._blobs.put(raw)
        read = read_mail(raw, reading=self._intake.reading(self._blobs))
        return self._store(self._arrival(mail, len(raw), sha256), read)

    def _take_large(self, mail: LyingMail) -> Fate:
        head = self._folder.read_head(mail.uid)
        if head is None:
            return Fate.GONE
        reading = self._intake.reading(self._blobs)
        read = read_head(head, reading=reading, fault=TOO_LARGE)
        return self._store(self._arrival(mail, mail.size, None), read)

    def _store(self, arrival: Arrival, mail: IncomingMail) -> Fate:
        with transaction(self._engine) as connection:
            if note_repeated(connection, arrival):
                return Fate.REPEATED
            known = read_known(connection, mail, intake=self._intake, blobs=self._blobs)
            # A bounce may overtake the group in which its letter's acceptance is recorded.
            if mail.report is not None and is_in_sending(connection, _letter_ids(known)):
                return Fate.POSTPONED
            judged = classify(mail, known)
            mail_id = insert_mail(connection, arrival, mail, judged)
            if mail_id is None:
                return Fate.GONE
            follow(
                connection, mail_id, mail, judged, commune=arrival.commune, day=self._day,
                now=self._now,
            )  # fmt: skip
        return _fate_of(judged)

    def _arrival(self, mail: LyingMail, size: int, sha256: str | None) -> Arrival:
        return Arrival(
            place=self._place(mail.uid), size=size, sha256=sha256, commune=self._intake.commune,
            at=self._now, arrived_at=mail.arrived_at if self._intake.has_real_clock else None,
        )  # fmt: skip

    def _place(self, uid: int) -> Place:
        folder = self._folder
        return Place(
            account=folder.account, folder=folder.name, uid_validity=folder.uid_validity, uid=uid
        )


def _letter_ids(known: Known) -> list[int]:
    return [letter.id for letter in (known.by_token, known.by_return) if letter is not None]


def _fate_of(judged: Judgement) -> Fate:
    if judged.state is InboxState.QUARANTINED:
        return Fate.QUARANTINED
    is_automatic = judged.mail_class in AUTOMATIC_CLASSES or judged.state is InboxState.SETTLED
    return Fate.AUTOMATIC if is_automatic else Fate.KEPT
