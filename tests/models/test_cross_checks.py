from datetime import date

from models.cross_checks import CrossFinding, cross_check
from models.report_events import events_of
from models.submissions import FieldValue
from models.totals import AcceptedReport, compute_totals
from tests.report_samples import CATALOGUE, dossier, event, report


def doubts(*reports: AcceptedReport, **ceilings: int) -> tuple[CrossFinding, ...]:
    totals = compute_totals(CATALOGUE, reports)
    return cross_check(
        dossier(), reports, totals, events=events_of(CATALOGUE, totals), ceilings=ceilings
    )


def codes(values: dict[str, FieldValue], **answer: object) -> list[str]:
    return [doubt.code for doubt in doubts(report("kt", values, **answer))]


def test_sound_reports_raise_no_doubt() -> None:
    assert codes({"HD01": (event("e"),), "HD03": 40, "KP01": 1_000}, narrative={"x": "Tốt"}) == []


def test_an_event_outside_the_plan_is_doubted() -> None:
    assert codes({"HD01": (event("e", date="2026-06-30"),)}) == ["V1"]
    assert codes({"HD01": (event("e", date="2026-05-19"),)}) == ["V1"]
    assert codes({"HD01": (event("e", date="2026-05-20"),)}) == []
    assert codes({"HD01": (event("e", date="chưa rõ"),)}) == []


def test_one_event_led_twice_under_two_codes_is_asked_about_not_merged() -> None:
    one = report("kt", {"HD01": (event("e1", title="Tọa đàm ứng dụng KHCN"),)})
    alike = event("e2", title="Toạ đàm ứng dụng KHCN", date="2026-06-11", place="nhà văn hoá xã")
    found = doubts(one, report("vhxh", {"HD01": (alike,)}))
    assert [(doubt.code, doubt.units) for doubt in found] == [("V2", ("kt", "vhxh"))]
    for other in (
        {"date": "2026-06-13"},
        {"place": "Thôn Vịn"},
        {"title": "Hội thi"},
        {"date": ""},
    ):
        assert doubts(one, report("vhxh", {"HD01": ({**alike, **other},)})) == ()


def test_two_like_events_of_one_lead_are_two() -> None:
    assert codes({"HD01": (event("e1", title="Tọa đàm"), event("e2", title="Tọa đàm"))}) == []


def test_people_told_unlike_people_listed_are_doubted() -> None:
    rows = (event("e1"), event("e2", role="phối hợp", participants=5))
    assert codes({"HD01": rows, "HD03": 45}) == ["V3"]
    assert codes({"HD01": rows, "HD03": 40}) == []
    assert codes({"HD01": (event("e", participants="nhiều"),), "HD03": 45}) == []


def test_zeros_beside_a_story_and_broken_money_are_doubted() -> None:
    assert codes({"TT01": 0, "DG01": "Đã tổ chức"}) == ["V5"]
    assert codes({"KP01": 1_500}) == ["V7"]


def test_more_than_the_commune_has_is_doubted() -> None:
    told = report("kt", {"TT01": 10})
    assert [doubt.code for doubt in doubts(told, TT01=9, TT02=9)] == ["V8"]
    assert doubts(told, TT01=10) == ()


def test_a_plan_without_days_has_no_first_day() -> None:
    told = report("kt", {"HD01": (event("e", date="2020-01-01"),)})
    totals = compute_totals(CATALOGUE, [told])
    for window, expected in ((None, 0), ((date(2026, 5, 1), date(2026, 5, 31)), 1)):
        undated = dossier(issued_on=None, issue_window=window)
        assert len(cross_check(undated, [told], totals, events=())) == expected


def test_events_stand_by_day_under_their_lead_with_those_that_supported() -> None:
    totals = compute_totals(
        CATALOGUE,
        [
            report(
                "dt-hnd",
                {
                    "HD01": (
                        event("e1", role="phối hợp", title="khác"),
                        event("e3", role="phối hợp", date=""),
                    )
                },
            ),
            report("vhxh", {"HD01": (event("e1"),)}),
            report("kt", {"HD01": (event("e2", date="2026-06-01", participants="?"),)}),
        ],
    )
    events = events_of(CATALOGUE, totals)
    assert [(e.event_id, e.lead, e.support) for e in events] == [
        ("e2", "kt", ()),
        ("e1", "vhxh", ("dt-hnd",)),
        ("e3", None, ("dt-hnd",)),
    ]
    assert events[0].participants is None
    assert events[1].title == "Tọa đàm e1"
