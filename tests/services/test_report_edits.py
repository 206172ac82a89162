"""The office's texts are versions that survive regeneration and say what changed beneath them."""

import pytest

from adapters import tables
from adapters.database import transaction
from adapters.ledger import read_plan
from adapters.outlines import read_outline
from models.documents import Paragraph
from models.errors import ConflictError, RefusedError, UsageError
from models.final_report import reconcile
from models.plans import PlanDossier
from models.report_edits import MAX_CHARACTERS, EditedPlace
from models.submissions import Answer
from models.word_differences import Change
from services.journal import read_journal
from services.report_edits import confirm_place, edit_place, read_places
from services.report_records import ReportRecord
from services.report_traces import refuse_unreconciled
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import DRAFTED, Reporting
from tests.services.stage import COMMUNE, PLAN, SHEET, at

OUTLINE = read_outline("khcn-2026")
SAID = Answer(values=SHEET.values | {"DG02": "Mưa lũ kéo dài 04 ngày, nhiều buổi phải lùi."})


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def place_of(reporting: Reporting, place: str) -> EditedPlace:
    places = read_places(reporting.office.engine, PLAN, outline=OUTLINE)
    return next(one for one in places if one.place == place)


def edit(reporting: Reporting, place: str, text: str, *, seen: int | None = None) -> bool:
    return edit_place(
        reporting.office.engine, PLAN, place=place, text=text, outline=OUTLINE, by="Lê Thị Hoa",
        now=at((25, 6), "09:00"), seen=seen,
    )  # fmt: skip


def confirm(reporting: Reporting, found: EditedPlace, *, draft: str | None = None) -> bool:
    return confirm_place(
        reporting.office.engine, PLAN, place=found.place, outline=OUTLINE,
        seen=found.edits[0].id if found.edits else 0,
        draft=found.draft.text if draft is None else draft, by="Lê Thị Hoa", now=DRAFTED,
    )  # fmt: skip


def texts(report: ReportRecord) -> list[str]:
    return [b.text for b in report.document.body if isinstance(b, Paragraph)]


def test_the_engines_text_stands_beside_with_places_for_its_figures(reporting: Reporting) -> None:
    reporting.report()
    found = place_of(reporting, "tuyen_truyen")
    assert (
        "- Hệ thống truyền thanh xã đã phát 03 lượt, tổng thời lượng 30 phút." in found.draft.text
    )
    assert "đã phát {TT01} lượt, tổng thời lượng {TT02} phút." in found.draft.template
    assert found.own is None
    edit(reporting, "tuyen_truyen", found.draft.template)
    told = texts(reporting.assemble())
    assert set(found.draft.text.splitlines()) <= set(told)


def test_every_version_is_kept_with_who_and_when(reporting: Reporting) -> None:
    reporting.report()
    assert edit(reporting, "bai_hoc", "Lần một")
    assert not edit(reporting, "bai_hoc", " Lần\u200b một \n\n")
    assert edit(reporting, "bai_hoc", "Lần hai")
    assert edit(reporting, "bai_hoc", "")
    found = place_of(reporting, "bai_hoc")
    assert [e.text for e in found.edits] == ["", "Lần hai", "Lần một"]
    assert {(e.by, e.at) for e in found.edits} == {("Lê Thị Hoa", at((25, 6), "09:00"))}
    assert found.own is None
    assert "bai_hoc" in reporting.assemble().content.report.unfilled
    entries = read_journal(reporting.office.engine, commune=COMMUNE, subject_prefix=PLAN)
    actions = [e.action for e in entries if e.action.startswith("report.")]
    assert actions.count("report.edited") == 2
    assert actions.count("report.unedited") == 1


def test_regenerating_keeps_the_text_follows_its_figures_and_shows_what_changed(
    reporting: Reporting,
) -> None:
    reporting.report()
    edit(reporting, "tuyen_truyen", "- Đài xã phát {TT01} lượt, nội dung phong phú")
    assert reporting.assemble().content.report.unconfirmed == ()
    reporting.report("thon-02")
    made = reporting.assemble()
    assert "- Đài xã phát 06 lượt, nội dung phong phú." in texts(made)
    assert made.content.report.unconfirmed == ("Tuyên truyền, phổ biến chủ trương, chính sách",)
    assert any("xác nhận trên trang biên tập" in doubt for doubt in made.content.doubts)
    found = place_of(reporting, "tuyen_truyen")
    assert found.is_unconfirmed
    changed = [(s.change, s.text.strip()) for s in found.changes if s.change != Change.KEPT]
    assert changed[:2] == [(Change.REMOVED, "03"), (Change.ADDED, "06")]


def test_an_unconfirmed_text_stops_the_report_until_it_is_confirmed(reporting: Reporting) -> None:
    reporting.report()
    edit(reporting, "tuyen_truyen", "- Đài xã phát {TT01} lượt")
    reporting.report("thon-02")
    made = reporting.assemble()
    assert len(reconcile(made.content.report, made.content.totals)) == 1
    with transaction(reporting.office.engine) as connection:
        plan = read_plan(connection, PLAN)
        with pytest.raises(RefusedError, match="xác nhận"):
            refuse_unreconciled(connection, plan, made)
    found = place_of(reporting, "tuyen_truyen")
    with pytest.raises(ConflictError, match="vừa thay đổi"):
        confirm(reporting, found, draft="lời khác")
    assert confirm(reporting, found, draft=found.draft.text.replace("\n", "\r\n"))
    assert not confirm(reporting, place_of(reporting, "tuyen_truyen"))
    again = reporting.assemble()
    assert again.version == made.version + 1
    assert again.content.report.unconfirmed == ()
    assert place_of(reporting, "tuyen_truyen").edits[0].text.startswith("- Đài xã")


def test_saving_the_same_words_again_confirms_them(reporting: Reporting) -> None:
    reporting.report()
    edit(reporting, "tuyen_truyen", "Như trên")
    reporting.report("thon-02")
    assert edit(reporting, "tuyen_truyen", "Như trên")
    assert not place_of(reporting, "tuyen_truyen").is_unconfirmed


def test_of_two_writers_the_second_is_told_and_nothing_is_overwritten(
    reporting: Reporting,
) -> None:
    reporting.report()
    edit(reporting, "bai_hoc", "Người thứ nhất", seen=0)
    with pytest.raises(ConflictError, match="Lê Thị Hoa đã sửa lúc"):
        edit(reporting, "bai_hoc", "Người thứ hai", seen=0)
    first = place_of(reporting, "bai_hoc").edits[0]
    assert edit(reporting, "bai_hoc", "Người thứ hai", seen=first.id)
    with pytest.raises(ConflictError, match="đã có thay đổi"):
        edit(reporting, "nhiem_vu", "x", seen=first.id)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a" * (MAX_CHARACTERS + 1), "20.001 ký tự"),
        ("Rất tốt 👍", "“👍”"),
        ("- Mưa lũ kéo dài (Thôn Vịn)", "phải đặt trong dấu ngoặc kép"),
        ("- “Mưa lũ kéo dài” (Thôn Vịn)", "không đúng lời"),
        ("- “Mưa lũ kéo dài 4 ngày […]” (Thôn Vịn)", "không đúng lời"),
    ],
)
def test_a_text_that_cannot_stand_is_refused_and_not_kept(
    reporting: Reporting, text: str, fault: str
) -> None:
    reporting.report("thon-01", SAID)
    with pytest.raises(RefusedError, match=fault):
        edit(reporting, "ton_tai", text)
    assert reporting.office.count(tables.report_edits) == 0


def test_a_units_words_may_be_shortened_with_a_mark(reporting: Reporting) -> None:
    reporting.report("thon-01", SAID)
    found = place_of(reporting, "ton_tai")
    assert found.draft.text == "- “Mưa lũ kéo dài 04 ngày, nhiều buổi phải lùi” (Thôn Vịn)."
    edit(reporting, "ton_tai", "- “Mưa lũ […] 04 ngày […]” (Thôn Vịn)")
    made = reporting.assemble()
    assert "- “Mưa lũ […] 04 ngày […]” (Thôn Vịn)." in texts(made)
    assert reconcile(made.content.report, made.content.totals) == ()


def test_hostile_words_are_cleaned_and_stay_words(reporting: Reporting) -> None:
    reporting.report()
    edit(reporting, "bai_hoc", "\u202eA & <b>\x00 {{lời}}\r\n=HYPERLINK(x)\n#typst[*đậm*] \ud800")
    told = texts(reporting.assemble())
    assert {"A & <b> {{lời}}.", "=HYPERLINK(x).", "#typst[*đậm*]."} <= set(told)


@pytest.mark.slow
def test_an_unknown_part_is_named_and_an_approved_report_is_left_alone(
    reporting: Reporting,
) -> None:
    with pytest.raises(UsageError, match="không có mục 'xx'; các mục: chi_dao"):
        edit(reporting, "xx", "y")
    reporting.report()
    reporting.assemble()
    reporting.sign_off()
    reporting.decide()
    with pytest.raises(RefusedError, match="đã được phê duyệt"):
        edit(reporting, "bai_hoc", "muộn")
