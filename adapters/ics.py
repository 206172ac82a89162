"""Calendar entries: a deadline as an iCalendar part that phones and calendars understand."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from icalendar import Alarm, Calendar, Event, Timezone

from models.letters import Part
from models.vietnamese import VIETNAM, clean_text, local

LEAD_TIME = timedelta(hours=1)  # the entry stands in the last hour before the deadline
ALARM_HOUR = time(8, 0)
_FRIDAY = 4


def deadline_invitation(
    *,
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
    calendar = Calendar()
    calendar.add("prodid", "-//Don Doc//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = _deadline_event(summary, description, local(due_at))
    event.add("uid", clean_text(uid))
    event.add("dtstamp", stamp.astimezone(UTC))
    if url is not None:
        event.add("url", url)
    event.add_component(_alarm(summary, remind_on or weekday_before(local(due_at).date())))
    calendar.add_component(event)
    calendar.add_component(_zone_of_vietnam())
    return Part(
        name="thoi-han.ics",
        media_type="text/calendar; method=PUBLISH; charset=utf-8",
        content=calendar.to_ical(),
    )


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
    event.add("summary", clean_text(summary))
    event.add("description", clean_text(description))
    event.add("dtstart", due_at - LEAD_TIME)
    event.add("dtend", due_at)
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a deadline does not make its reader busy
    return event


def _alarm(summary: str, day: date) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", clean_text(summary))
    # RFC 5545 wants an absolute trigger in UTC.
    alarm.add("trigger", datetime.combine(day, ALARM_HOUR, VIETNAM).astimezone(UTC))
    return alarm
