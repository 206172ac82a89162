"""Calendar entries: a deadline as an iCalendar part that phones and calendars understand."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache

from icalendar import Alarm, Calendar, Event, Timezone, vText, vUri
from icalendar.parser import Contentline

from models.letters import Part
from models.vietnamese import VIETNAM, clean_text, local

LEAD_TIME = timedelta(hours=1)  # the entry stands in the last hour before the deadline
ALARM_HOUR = time(8, 0)
STATUS = b"STATUS:CONFIRMED\r\n"
_FRIDAY = 4
# Where a line may be folded after any octet: ASCII, and nothing in it escapes what follows.
_PLAIN = re.compile(rb"[ -\[\]_-~]*")
_FOLD_OCTETS = 74  # RFC 5545 3.1: 75 with the space that begins a folded line


def deadline_invitation(
    *,
    name: str = "thoi-han.ics",
    uid: str,
    summary: str,
    description: str,
    due_at: datetime,
    stamp: datetime,
    url: str | None,
    remind_on: date | None = None,
) -> Part:
    """Write one deadline as an ``.ics`` part, byte for byte the same for the same arguments.

    The alarm rings at 08:00 on ``remind_on``, the working day before; without a calendar at hand
    that is the weekday before. ``uid`` names the obligation: a later entry replaces the earlier.
    """
    remind_day = remind_on or weekday_before(local(due_at).date())
    head, tail = _entry(
        clean_text(summary),
        clean_text(description),
        due_at=due_at,
        stamp=stamp,
        remind_on=remind_day,
    )
    own = _line("UID", vText(clean_text(uid))) + (_line("URL", vUri(url)) if url else b"")
    return Part(
        name=name,
        media_type="text/calendar; method=PUBLISH; charset=utf-8",
        content=head + own + tail,
    )


@lru_cache(maxsize=256)
def _entry(
    summary: str, description: str, *, due_at: datetime, stamp: datetime, remind_on: date
) -> tuple[bytes, bytes]:
    """The entry up to and from where its UID and URL stand: all that units in one batch share."""
    calendar = Calendar()
    calendar.add("prodid", "-//Don Doc//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = _deadline_event(summary, description, local(due_at))
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add_component(_alarm(summary, remind_on))
    calendar.add_component(event)
    calendar.add_component(_zone_of_vietnam())
    # No text of ours can hold this line: breaks in texts are escaped and folded lines indented.
    head, status, tail = calendar.to_ical().partition(STATUS)
    return head, status + tail


def _line(name: str, value: vText | vUri) -> bytes:
    octets = f"{name}:".encode() + value.to_ical()
    if _PLAIN.fullmatch(octets):
        # The library folds character by character, which takes as long as a whole letter.
        starts = range(0, len(octets), _FOLD_OCTETS)
        return b"\r\n ".join([octets[at : at + _FOLD_OCTETS] for at in starts]) + b"\r\n"
    line = Contentline(octets.decode())  # type: ignore[no-untyped-call]  # icalendar leaves it untyped
    return bytes(line.to_ical()) + b"\r\n"  # type: ignore[no-untyped-call]  # as above


def weekday_before(day: date) -> date:
    """Find the last Monday to Friday before a day; holidays are the caller's to know."""
    before = day - timedelta(days=1)
    return before - timedelta(days=max(before.weekday() - _FRIDAY, 0))


@cache
def _zone_of_vietnam() -> Timezone:
    # Working out a zone's history takes 30 ms, and every letter with a deadline carries it.
    return Timezone.from_tzid(VIETNAM.key)


def _deadline_event(summary: str, description: str, due_at: datetime) -> Event:
    event = Event()
    event.add("summary", summary)
    event.add("description", description)
    event.add("dtstart", due_at - LEAD_TIME)
    event.add("dtend", due_at)
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a deadline does not make its reader busy
    return event


def _alarm(summary: str, day: date) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    # RFC 5545 wants an absolute trigger in UTC.
    alarm.add("trigger", datetime.combine(day, ALARM_HOUR, VIETNAM).astimezone(UTC))
    return alarm
