from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar, vDDDTypes, vText
from icalendar.parser import Contentline

from adapters.ics import deadline_invitation, weekday_before
from models.letters import Part
from models.vietnamese import VIETNAM

DUE = datetime(2026, 6, 22, 17, tzinfo=VIETNAM)


def invitation(summary: str = "Hạn gửi báo cáo kết quả", remind_on: date | None = None) -> Part:
    return deadline_invitation(
        uid="kh-khcn-2026/BCKQ/th-thcs/1@batmot.example",
        summary=summary,
        description="Báo cáo kết quả thực hiện Kế hoạch; đề nghị gửi trước 17 giờ 00.",
        due_at=DUE,
        stamp=datetime(2026, 5, 15, 1, tzinfo=UTC),
        url="http://127.0.0.1:8400/c/x",
        remind_on=remind_on,
    )


def test_the_entry_ends_at_the_deadline_in_vietnams_zone() -> None:
    calendar = Calendar.from_ical(invitation().content)
    event = calendar.events[0]
    assert calendar["METHOD"] == "PUBLISH"
    assert event.start == DUE - timedelta(hours=1)
    assert event.end == DUE
    assert event["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert event["SUMMARY"] == "Hạn gửi báo cáo kết quả"
    assert event["URL"] == "http://127.0.0.1:8400/c/x"


@pytest.mark.parametrize(
    ("remind_on", "expected"),
    [(None, date(2026, 6, 19)), (date(2026, 6, 18), date(2026, 6, 18))],
)
def test_the_alarm_rings_in_the_morning_of_the_working_day_before(
    remind_on: date | None, expected: date
) -> None:
    alarm = Calendar.from_ical(invitation(remind_on=remind_on).content).walk("VALARM")[0]
    rings = alarm["TRIGGER"]
    assert isinstance(rings, vDDDTypes)
    assert rings.dt == datetime(expected.year, expected.month, expected.day, 8, tzinfo=VIETNAM)


def test_the_same_deadline_gives_the_same_bytes() -> None:
    assert invitation() == invitation()


def test_lines_are_folded_without_breaking_vietnamese() -> None:
    summary = "Hạn gửi báo cáo kết quả thực hiện Kế hoạch hưởng ứng Ngày Khoa học, Công nghệ " * 3
    part = invitation(summary)
    assert all(len(line) <= 75 for line in part.content.split(b"\r\n"))
    assert Calendar.from_ical(part.content).events[0]["SUMMARY"] == summary.strip()


def test_a_hostile_summary_adds_no_property() -> None:
    part = invitation("Hạn\r\nATTENDEE:mailto:x@y\r\nEND:VEVENT")
    event = Calendar.from_ical(part.content).events[0]
    assert "ATTENDEE" not in event
    assert event["SUMMARY"] == "Hạn ATTENDEE:mailto:x@y END:VEVENT"


def test_entries_of_two_units_differ_in_name_and_link_only() -> None:
    parts = [
        deadline_invitation(
            uid=uid, summary="a", description="b", due_at=DUE, stamp=DUE, url=f"http://x/{uid}"
        )
        for uid in ("kh/BC/kt/1@x.vn", "kh/BC/" + "thôn, vịn; " * 12 + "/1@x.vn")
    ]
    events = [Calendar.from_ical(part.content).events[0] for part in parts]
    assert [event["UID"] for event in events] == [
        "kh/BC/kt/1@x.vn",
        "kh/BC/" + "thôn, vịn; " * 12 + "/1@x.vn",
    ]
    assert [event["URL"] for event in events] == [f"http://x/{event['UID']}" for event in events]
    assert all(len(line) <= 75 for part in parts for line in part.content.split(b"\r\n"))
    assert len({(event.start, event.end, event["SUMMARY"]) for event in events}) == 1


@pytest.mark.parametrize(
    "tail", ["", "x" * 57, "x" * 58, "y" * 300, "a;^b\\," * 40, "đ" * 60], ids=len
)
def test_links_and_ids_are_folded_as_the_library_folds(tail: str) -> None:
    link, uid = f"https://x.vn/{tail}", f"{tail}@x.vn"
    part = deadline_invitation(
        uid=uid, summary="Hạn", description="Gửi", due_at=DUE, stamp=DUE, url=link
    )
    for line in (f"UID:{vText(uid).to_ical().decode()}", f"URL:{link}"):
        folded: bytes = Contentline(line).to_ical()  # type: ignore[no-untyped-call]  # icalendar leaves it untyped
        assert b"\r\n" + folded + b"\r\n" in part.content


def test_an_entry_may_have_no_link() -> None:
    part = deadline_invitation(
        uid="x", summary="a", description="b", due_at=DUE, stamp=DUE, url=None
    )
    assert b"URL" not in part.content


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 6, 22), date(2026, 6, 19)),
        (date(2026, 6, 21), date(2026, 6, 19)),
        (date(2026, 6, 23), date(2026, 6, 22)),
        (date(2026, 6, 20), date(2026, 6, 19)),
    ],
)
def test_the_weekday_before_skips_the_weekend(day: date, before: date) -> None:
    assert weekday_before(day) == before
