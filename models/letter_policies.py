"""What each kind of letter is promised: how often it goes, when it is tried again, who decides."""

import hashlib
import re
from datetime import datetime, timedelta
from enum import StrEnum

from models.letters import REMINDER_KINDS, Attempt, LetterKind, Verdict
from models.values import Value

BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60))  # then hourly: reliability 2.8
JITTER = 0.2
GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321 4.5.4.1
QUIET_REMOTE = timedelta(minutes=15)
QUIET_LOOPBACK = timedelta(seconds=60)
SAFETY_RESEND = timedelta(hours=2)  # before ``not_after``, of what must arrive
MOST_COPIES = 2
MOST_LOST_COPIES = 5  # an oracle that says no so often is asked no more
MOST_CRASHES = 3  # of a sender that had nothing else in its hands
FULL_NOW = 452
STORAGE_EXCEEDED = 552
# RFC 3463: the subject of an enhanced code, or subject and detail.
ADDRESSING = 1
MAILBOX_DISABLED = (2, 1)
MAILBOX_IS_FULL = (2, 2)
NOT_AUTHORIZED = (7, 1)
_ENHANCED = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})")


class Reliability(StrEnum):
    """The promise of a kind of letter when nobody can tell whether one copy arrived."""

    AT_MOST_ONCE = "at_most_once"
    AT_LEAST_ONCE = "at_least_once"  # in at most two identical copies
    MUST_ARRIVE = "must_arrive"  # a person decides, and is told at once


_AT_MOST_ONCE = REMINDER_KINDS | {LetterKind.RECEIPT, LetterKind.ACCEPTED, LetterKind.BULLETIN}
_MUST_ARRIVE = frozenset({LetterKind.DISPATCH})


def reliability_of(kind: LetterKind) -> Reliability:
    """The promise made for that kind (reliability.md 2.7)."""
    if kind in _MUST_ARRIVE:
        return Reliability.MUST_ARRIVE
    return Reliability.AT_MOST_ONCE if kind in _AT_MOST_ONCE else Reliability.AT_LEAST_ONCE


def back_off(letter_id: int, attempt: int) -> timedelta:
    """How long a letter waits after its attempt of that number, from 1.

    Letters that failed together do not come back together: the jitter derives from the letter, so
    that the same attempt of the same letter always waits as long.
    """
    wait = BACK_OFF[min(attempt, len(BACK_OFF)) - 1]
    digest = hashlib.sha256(f"{letter_id}/{attempt}".encode()).digest()
    spread = int.from_bytes(digest[:4]) / 0xFFFFFFFF * 2 - 1
    return wait * (1 + JITTER * spread)


def gives_up_at(first_tried_at: datetime, not_after: datetime | None) -> datetime:
    """The instant after which a letter is not tried again."""
    end = first_tried_at + GIVE_UP_AFTER
    return end if not_after is None else min(end, not_after)


def quiet_period(*, is_loopback: bool) -> timedelta:
    """How long a letter in doubt must be watched: a slow relay may still be taking it."""
    return QUIET_LOOPBACK if is_loopback else QUIET_REMOTE


class Level(StrEnum):
    """What a refusal is about."""

    LATER = "later"  # nothing is wrong with the letter: the schedule goes on
    RECIPIENT = "recipient"  # the address is dead: the contact is flagged
    MESSAGE = "message"  # this letter is not wanted: nobody's address is to blame


def level_of(attempt: Attempt) -> Level:
    """What a relay's refusal of one letter is about; a full mailbox is never a dead address."""
    enhanced = _ENHANCED.match(attempt.text)
    subject = (int(enhanced[1]), int(enhanced[2])) if enhanced else None
    if attempt.verdict is not Verdict.REFUSED_PERMANENTLY or _is_full(attempt, subject):
        return Level.LATER
    if subject is None:
        return Level.RECIPIENT if attempt.phase == "rcpt" else Level.MESSAGE
    is_dead = subject[0] == ADDRESSING or subject == MAILBOX_DISABLED
    # After the letter, 5.7.1 speaks of its content.
    is_barred = subject == NOT_AUTHORIZED and attempt.phase == "rcpt"
    return Level.RECIPIENT if is_dead or is_barred else Level.MESSAGE


def _is_full(attempt: Attempt, subject: tuple[int, int] | None) -> bool:
    if subject is not None:
        return subject == MAILBOX_IS_FULL
    is_storage = attempt.code == STORAGE_EXCEEDED and attempt.phase == "rcpt"
    return is_storage or attempt.code == FULL_NOW


class Doubt(Value):
    """A letter whose dot was written and whose verdict nobody read, as it stands now.

    ``answer`` is the oracle's: it arrived, it did not, or nobody can tell. ``copies`` counts dots
    that may have arrived; ``is_quiet`` says that it was watched long enough after its owner died.
    """

    reliability: Reliability
    copies: int
    not_after: datetime | None = None
    answer: bool | None = None
    is_quiet: bool = False


class Aftermath(StrEnum):
    """What is done about a letter in doubt."""

    WAIT = "wait"
    ARRIVED = "arrived"
    PRESUMED = "presumed"  # treated as sent: the next rung covers it
    RESEND = "resend"  # the same bytes
    ASK = "ask"  # a person decides


def after_unknown(doubt: Doubt, *, now: datetime) -> Aftermath:
    """What to do: a yes is final at once, a no and a silence only after the quiet period."""
    if doubt.answer is True:
        return Aftermath.ARRIVED
    if not doubt.is_quiet:
        return Aftermath.WAIT
    if doubt.answer is False:
        return Aftermath.RESEND if doubt.copies < MOST_LOST_COPIES else Aftermath.ASK
    match doubt.reliability:
        case Reliability.AT_MOST_ONCE:
            return Aftermath.PRESUMED
        case Reliability.AT_LEAST_ONCE:
            may_resend = True
        case Reliability.MUST_ARRIVE:
            may_resend = doubt.not_after is not None and now >= doubt.not_after - SAFETY_RESEND
    return Aftermath.RESEND if may_resend and doubt.copies < MOST_COPIES else Aftermath.ASK
