from models.documents import Paragraph, ParagraphStyle, Run
from models.final_report import FinalReport
from models.linked_documents import LinkedParagraph, LinkedTable, linked
from tests.final_report_samples import built, totals_of
from tests.report_samples import event, report


def prose(made: FinalReport) -> dict[str, list[tuple[str, str]]]:
    found = linked(made.document, made.figures)
    return {
        "".join(p.text for p in block.runs): [
            (p.text, p.reference) for p in block.runs if p.reference
        ]
        for block in found.body
        if isinstance(block, LinkedParagraph)
    }


def test_every_figure_of_the_prose_is_a_link_at_its_place() -> None:
    told = prose(built(partial=True))
    assert told["- Đài xã phát 1.505 lượt."] == [("1.505", "TT01")]
    assert told["- Đăng 02 tin, Zalo 02."] == [("02", "TT04"), ("02", "TT04.zalo")]
    assert told["- Không xảy ra vụ việc nào."] == [("Không xảy ra vụ việc nào", "TT06")]
    assert [pair for line, pairs in told.items() if line.startswith("(Số liệu") for pair in pairs] == [
        ("4", "coverage.reported"), ("5", "coverage.owing"),
    ]  # fmt: skip


def test_figures_of_tables_are_links_in_their_cells() -> None:
    made = built()
    first, second = linked(made.document, made.figures).annexes
    (table,), (events,) = first.blocks, second.blocks
    assert isinstance(table, LinkedTable)
    assert isinstance(events, LinkedTable)
    links = [p.reference for row in table.rows for cell in row.cells for p in cell if p.reference]
    assert {"TT01", "units.TT01", "TT04.zalo"} <= set(links)
    assert [[p.reference for cell in row.cells for p in cell if p.reference] for row in events.rows] == [
        ["HD01"], ["people.HD01.e"],
    ]  # fmt: skip


def test_rows_that_read_the_same_keep_their_own_sources() -> None:
    twice = report("vhxh", {"HD01": (event("a", title="Tên"), event("b", title="Tên"))})
    made = built(totals_of((twice,)))
    events = linked(made.document, made.figures).annexes[-1].blocks[0]
    assert isinstance(events, LinkedTable)
    found = [p.reference for row in events.rows for cell in row.cells for p in cell if p.reference]
    assert found == ["HD01", "people.HD01.a", "people.HD01.b"]


def test_a_figure_whose_sentence_is_gone_does_not_hide_the_others() -> None:
    made = built()
    body = tuple(
        b for b in made.document.body if not (isinstance(b, Paragraph) and "Đài xã" in b.text)
    )
    two_faces = Paragraph(style=ParagraphStyle.BODY, runs=(Run(text="a", bold=True), Run(text="b")))
    document = made.document.model_copy(update={"body": (two_faces, *body)})
    told = prose(made.model_copy(update={"document": document}))
    assert told["- Đăng 02 tin, Zalo 02."] == [("02", "TT04"), ("02", "TT04.zalo")]
    assert told["ab"] == []
