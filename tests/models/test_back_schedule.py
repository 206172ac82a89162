"""Counting back from the province's deadline (domain.md 1.5)."""

from datetime import date, datetime, time

import pytest

from adapters.calendars import read_calendar
from models.back_schedule import BackSchedule, Milestone, back_schedule
from models.deadline_wording import parse_deadline
from models.plans import Agency, Buffers, Funding, Phase, Plan, Signer

CALENDAR = read_calendar()
IN_MAY = CALENDAR.at(date(2026, 5, 18), time(8))
BUFFERS = Buffers(
    synthesis_days=2, form_check_days=1, signing_days=1, issue_reserve_days=1, supplement_days=3
)


def a_phase(flow: str, ends_on: date, starts_on: date | None = None) -> Phase:
    return Phase(
        id=flow,
        name=flow,
        short_name=flow,
        starts_on=starts_on,
        ends_on=ends_on,
        flow=flow,
        items=(),
    )


def a_plan(**changes: object) -> Plan:
    agency = Agency(id="ubnd", name="UBND xã Bát Mọt")
    plan = Plan(
        id="kh-khcn-2026", code="KHCN-2026", commune="bat-mot", commune_tag="BATMOT",
        short_name="KH", type_name="Kế hoạch", title="Kế hoạch", campaign="", campaign_short="",
        agency=agency, parent=agency, channel=agency, timezone="Asia/Ho_Chi_Minh",
        symbol="KH-UBND", place="Bát Mọt", place_date_wording="", legal_basis=(),
        signer=Signer(full_name="Lê Văn Công", title="", authority_lines=(), source_wording=""),
        purposes=(), demands=(), funding=Funding(sources=(), rule=""), recipients=(),
        phases=(a_phase("reporting", date(2026, 6, 29), date(2026, 6, 15)),),
        content_groups=(), duty_holders=(), reporting_lines=(), requirements=(),
        report_deadline=parse_deadline("trước ngày 30/6/2026"), buffers=BUFFERS,
        coordinator="vhxh", authority="ubnd", form_checker="vp", register_file="",
        catalogue_file="", verbatim={},
    )  # fmt: skip
    return plan.model_copy(update=changes)


def scheduled(now: datetime = IN_MAY, **changes: object) -> BackSchedule:
    return back_schedule(a_plan(**changes), calendar=CALENDAR, now=now)


@pytest.mark.parametrize(
    ("milestone", "day", "hour"),
    [
        (Milestone.PROVINCE, date(2026, 6, 29), time(17)),
        (Milestone.ISSUE, date(2026, 6, 26), time(17)),
        (Milestone.FORM_CHECK, date(2026, 6, 25), time(17)),
        (Milestone.DRAFT, date(2026, 6, 25), time(17)),
        (Milestone.SYNTHESIS, date(2026, 6, 24), time(17)),
        (Milestone.SUPPLEMENT, date(2026, 6, 25), time(11, 30)),
        (Milestone.UNITS, date(2026, 6, 22), time(17)),
    ],
)
def test_bat_mot_is_scheduled_as_its_plan_needs(
    milestone: Milestone, day: date, hour: time
) -> None:
    assert scheduled().due_at(milestone) == CALENDAR.at(day, hour)


def test_every_proposal_tells_its_reason() -> None:
    schedule = scheduled()
    reasons = {p.milestone: p.reason for p in schedule.proposals}
    assert list(reasons) == list(Milestone)
    assert reasons[Milestone.UNITS].startswith("02 ngày làm việc trước ngày tổng hợp")
    assert "thứ Hai, ngày 29/6/2026" in reasons[Milestone.ISSUE]
    assert "Điều 18" in reasons[Milestone.ISSUE]
    assert "17 giờ 00 thứ Hai, ngày 29/6/2026" in reasons[Milestone.PROVINCE]
    assert all(p.name for p in schedule.proposals)


def test_the_weekend_before_the_last_day_is_pointed_out() -> None:
    (found,) = scheduled().collisions
    assert found.milestone is Milestone.ISSUE
    assert "chỉ còn 01 ngày làm việc" in found.text


def test_no_reserve_between_signing_and_the_deadline_is_a_collision() -> None:
    tight = BUFFERS.model_copy(update={"issue_reserve_days": 0, "supplement_days": 0})
    schedule = scheduled(buffers=tight)
    assert schedule.due_at(Milestone.ISSUE) == schedule.due_at(Milestone.PROVINCE)
    assert schedule.due_at(Milestone.SUPPLEMENT) == schedule.due_at(Milestone.UNITS)
    assert [c.text for c in schedule.collisions if "dự phòng" in c.text]
    assert schedule.proposals[5].reason.startswith("cùng ngày gửi cấp trên")


def test_a_reserve_without_a_weekend_collides_with_nothing() -> None:
    deadline = parse_deadline("trước ngày 26/6/2026")
    assert scheduled(report_deadline=deadline).collisions == ()


def test_a_proposal_in_the_past_is_a_collision() -> None:
    late = CALENDAR.at(date(2026, 6, 24), time(8))
    texts = [c.text for c in scheduled(now=late).collisions]
    assert [t for t in texts if t.startswith("hạn đơn vị") and "đã qua" in t]
    assert not [t for t in texts if t.startswith("hạn tổng hợp")]


def test_a_proposal_before_its_phase_is_a_collision() -> None:
    reporting = a_phase("reporting", date(2026, 6, 29), date(2026, 6, 24))
    found = [c.milestone for c in scheduled(phases=(reporting,)).collisions]
    assert found == [Milestone.UNITS, Milestone.ISSUE]


def test_a_phase_that_starts_with_the_plan_waits_for_its_day() -> None:
    reporting = a_phase("reporting", date(2026, 6, 29))
    assert len(scheduled(phases=(reporting,)).collisions) == 1
    issued = scheduled(phases=(reporting,), issued_on=date(2026, 6, 23))
    assert Milestone.UNITS in {c.milestone for c in issued.collisions}


def test_activities_that_outlast_the_units_deadline_are_pointed_out() -> None:
    texts = [
        c.text
        for c in scheduled(phases=(a_phase("activities", date(2026, 6, 30)),)).collisions
        if "đang thực hiện" in c.text
    ]
    assert len(texts) == 1
    assert "22/6/2026" in texts[0]


def test_a_year_without_official_notices_is_pointed_out() -> None:
    deadline = parse_deadline("trước ngày 30/6/2028")
    texts = [c.text for c in scheduled(report_deadline=deadline).collisions]
    assert [t for t in texts if "năm 2028 chưa đối chiếu" in t]
