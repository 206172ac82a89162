from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.documents import Paragraph, Table
from models.figure_books import FigureBook
from models.final_report import reconcile
from models.report_outline import ReportOutline
from models.submissions import FieldValue
from tests.final_report_samples import OUTLINE, REPORTS, built, lines, totals_of
from tests.report_samples import report


def test_prose_annexes_and_totals_agree() -> None:
    for report_ in (
        built(),
        built(partial=True, number=7, include_internal=True),
        built(outline=None),
    ):
        assert reconcile(report_, totals_of()) == ()


def test_totals_that_moved_after_the_draft_are_found() -> None:
    later = totals_of((*REPORTS, report("th-th", {"TT01": 1})))
    assert any("TT01" in line and "1506" in line for line in reconcile(built(), later))


def test_a_sentence_changed_by_hand_is_found() -> None:
    report_ = built()
    body = tuple(
        replace(b, runs=(replace(b.runs[0], text="- Đài xã phát 1.600 lượt."),))
        if isinstance(b, Paragraph) and "Đài xã" in b.text
        else b
        for b in report_.document.body
    )
    forged = report_.model_copy(
        update={"document": report_.document.model_copy(update={"body": body})}
    )
    found = reconcile(forged, totals_of())
    assert any("không còn câu" in line for line in found)
    assert any("Số 1.600" in line for line in found)


def test_a_changed_annex_cell_is_found() -> None:
    report_ = built()
    annex = report_.document.annexes[0]
    table = annex.blocks[0]
    assert isinstance(table, Table)
    rows = tuple(
        replace(r, cells=tuple("9.999" if c == "1.505" else c for c in r.cells)) for r in table.rows
    )
    forged_annex = annex.model_copy(update={"blocks": (table.model_copy(update={"rows": rows}),)})
    document = report_.document.model_copy(update={"annexes": (forged_annex,)})
    assert any(
        "TT01" in line
        for line in reconcile(report_.model_copy(update={"document": document}), totals_of())
    )


def test_the_office_may_write_with_figures_that_stay_traceable() -> None:
    report_ = built(
        edits={
            "bai_hoc": "- Phát {TT01} lượt, tốt\nTừ ngày 05/6/2026, theo Nghị quyết số 57-NQ/TW",
            "nhiem_vu": "Mở 25 lớp",
        }
    )
    told = lines(report_.document)
    assert "- Phát 1.505 lượt, tốt." in told
    assert "Mở 25 lớp." in told
    assert any(
        figure.place == "bai_hoc" and figure.indicator_id == "TT01" for figure in report_.figures
    )
    assert reconcile(report_, totals_of()) == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Có 99 hộ tham gia", "Số 99"),
        ("Phát {TT01} lượt và 98 buổi", "Số 98"),
        ("Phát {XX} lượt", "chưa điền"),
        ("Dài {TT02} phút", "chưa điền"),
    ],
)
def test_an_unsourced_number_in_the_offices_text_is_named_not_fatal(text: str, fault: str) -> None:
    found = reconcile(built(edits={"bai_hoc": text}), totals_of())
    assert len(found) == 1
    assert fault in found[0]


counts: st.SearchStrategy[dict[str, FieldValue]] = st.fixed_dictionaries(
    {},
    optional={
        id_: st.integers(0, 10**7) for id_ in ("TT01", "TT02", "TT06", "HD03", "KP01", "KP02")
    },
)


@pytest.mark.slow
@given(counts, counts, st.sampled_from([OUTLINE, None]))
def test_no_figure_stands_without_a_source(
    one: dict[str, FieldValue], other: dict[str, FieldValue], outline: ReportOutline | None
) -> None:
    totals = totals_of((report("kt", one), report("vhxh", other)))
    report_ = built(totals, outline=outline)
    assert reconcile(report_, totals) == ()
    book = FigureBook(totals=totals, coverage=report_.coverage, quotes=report_.quotes)
    for figure in report_.figures:
        assert book.value(figure.indicator_id) == figure.value
