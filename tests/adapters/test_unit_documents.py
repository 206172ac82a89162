"""A unit's own report and a village's sheet: sound in form, whole in content, one page where so."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from defusedxml.ElementTree import fromstring
from pypdf import PdfReader

from adapters.document_layout import lay_out
from adapters.document_reading import read_document
from adapters.document_text import printed_lines
from adapters.docx import write_docx
from adapters.outlines import read_outline, read_unit_outline
from adapters.pdf import write_pdf
from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.documents import Block, OfficialDocument, Table
from models.indicators import IndicatorType
from models.obligations import Obligation, ObligationState
from models.plans import PlanDossier, RequirementKind
from models.printed_letters import drawable
from models.submissions import Answer
from models.unit_documents import KINDS, UnitCase, build_unit_document, paragraphs_of, unit_case
from models.units import Unit
from tests.adapters.test_hostile_texts import HOSTILE
from tests.nd30_seeds import judged
from tests.unit_answers import EVENT, full_answer, with_signers

AT = datetime(2026, 6, 20, tzinfo=UTC)
DUE = datetime(2026, 6, 22, 10, tzinfo=UTC)
PLANS = {
    name: read_dossier(CONFIG_FOLDER / "plans" / f"{name}.yaml")
    for name in ("bat-mot-2026", "dong-hoa-2026")
}
BAT_MOT = PLANS["bat-mot-2026"]


def case_of(dossier: PlanDossier, unit: Unit, requirement_id: str) -> UnitCase:
    issued = {"number": 58, "issued_on": date(2026, 5, 11)}
    dossier = dossier.model_copy(update={"plan": dossier.plan.model_copy(update=issued)})
    wanted = dossier.plan.requirement(requirement_id)
    owed = Obligation(
        id=f"{dossier.plan.id}/{wanted.id}/{unit.id}/1", plan_id=dossier.plan.id,
        requirement_id=wanted.id, kind=wanted.kind, unit_id=unit.id, period="1",
        phase_id=wanted.phase, due_at=DUE, opened_at=AT, state=ObligationState.OWED,
    )  # fmt: skip
    outline = read_outline(dossier.catalogue.id)
    return unit_case(
        dossier, owed, outline=read_unit_outline(dossier.catalogue.id),
        labels=outline.labels if outline else {},
    )  # fmt: skip


def cases(dossier: PlanDossier) -> Iterator[UnitCase]:
    """Every unit of the plan with each of its reports."""
    for wanted in dossier.plan.requirements:
        if wanted.kind in KINDS:
            for holder in wanted.holders:
                for unit in dossier.members(holder, date(2026, 6, 1)):
                    yield case_of(dossier, unit, wanted.id)


def filled(case: UnitCase) -> UnitCase:
    return case.model_copy(update={"answer": full_answer(case.asked)})


def case(unit_id: str, requirement_id: str = "BC") -> UnitCase:
    dossier = with_signers(BAT_MOT)
    return case_of(dossier, dossier.units.unit(unit_id), requirement_id)


def text_of(document: OfficialDocument) -> str:
    return "\n".join(printed_lines(lay_out(document)))


def _short(block: Block) -> Block:
    assert isinstance(block, Table)
    return block.model_copy(update={"rows": block.rows[:3]})


def short(document: OfficialDocument) -> OfficialDocument:
    """The document with few rows in its annexes."""
    annexes = tuple(
        annex.model_copy(update={"blocks": tuple(_short(block) for block in annex.blocks)})
        for annex in document.annexes
    )
    return document.model_copy(update={"annexes": annexes})


@pytest.mark.slow
@pytest.mark.parametrize("plan", PLANS)
def test_no_unit_gets_a_document_with_a_breach(plan: str) -> None:
    seen: set[str] = set()
    for one in cases(with_signers(PLANS[plan])):
        for kind in (one, filled(one)):
            document = build_unit_document(kind)
            is_new = one.unit.kind not in seen  # of each kind of unit one document whole
            content = write_docx(document if is_new else short(document), modified=AT)
            assert judged(content).breaches == (), kind.obligation.id
        seen.add(one.unit.kind)
    assert len(seen) > 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit_id", "requirement_id"),
    [("th-th", "BC"), ("dt-mttq", "BC"), ("bn-ca", "BC"), ("bn-yt", "BC"), ("vhxh", "SL"),
     ("thon-01", "PSL")],
)  # fmt: skip
def test_the_pdf_has_no_breach_either(unit_id: str, requirement_id: str) -> None:
    blank = case(unit_id, requirement_id)
    for one in (blank, filled(blank)):
        content = write_pdf(build_unit_document(one), timestamp=AT)
        assert judged(content, name="mau.pdf").breaches == ()


def test_a_blank_form_names_the_unit_the_plan_and_every_indicator_asked() -> None:
    blank = case("th-th")
    told = text_of(build_unit_document(blank))
    for said in (
        "TRƯỜNG TIỂU HỌC", "UBND XÃ BÁT MỌT", "/BC-TH-TH", "Kế hoạch số 58/KH-UBND", "HIỆU TRƯỞNG",
        "(qua Phòng Văn hóa - Xã hội).", *(o.name for o in blank.asked if o.type != "text"),
    ):  # fmt: skip
        assert said in told
    assert "1.500" not in told


def test_a_filled_report_says_all_the_unit_said() -> None:
    one = filled(case("th-th"))
    told = text_of(build_unit_document(one))
    for said in (
        "Số: 08/BC-THBM", "ngày 19 tháng 6 năm 2026", "Lò Thị Hoa", "Kế hoạch số 05/KH-TH",
        "Facebook: 3", "2.500.000 đồng", "Người dân hưởng ứng.", "Đơn vị phối hợp tốt.",
        str(EVENT["title"]), "02/6/2026", "Phối hợp", "Sản phẩm",
    ):  # fmt: skip
        assert said in told
    numbers = [o for o in one.asked if o.type is IndicatorType.INT]
    assert numbers
    assert all(f"- {o.name}: 1.500 {o.unit_of_measure}." in told for o in numbers)


def test_who_has_no_name_in_the_register_gets_a_document_to_complete() -> None:
    document = build_unit_document(filled(case_of(BAT_MOT, BAT_MOT.units.unit("th-th"), "BC")))
    assert (document.number, document.issued_on, document.signer_name) == (None, None, "")


def test_what_is_not_a_number_of_a_document_leaves_room_for_one() -> None:
    one = case("th-th")
    odd = full_answer(one.asked).model_copy(update={"document_number": "số tám"})
    document = build_unit_document(one.model_copy(update={"answer": odd}))
    assert (document.number, document.symbol) == (None, "BC-TH-TH")


def test_a_unit_that_reports_nil_says_so_with_its_reason() -> None:
    nil = case("th-th").model_copy(update={"answer": Answer(nil_reason="Trường nghỉ hè.")})
    document = build_unit_document(nil)
    told = text_of(document)
    assert "không phát sinh" in told
    assert "Trường nghỉ hè." in told
    assert "KẾT QUẢ THỰC HIỆN" not in told


def test_the_sheet_of_a_village_has_no_number_and_one_page() -> None:
    one = case("thon-01", "PSL")
    for kind in (one, filled(one)):
        document = build_unit_document(kind)
        assert (document.type_name, document.recipients, document.annexes) == (
            "PHIẾU SỐ LIỆU",
            (),
            (),
        )
        assert "Số:" not in text_of(document)
        read = read_document(write_pdf(document, timestamp=AT), name="phieu.pdf")
        assert read.package.page_count == 1


def test_without_an_outline_of_its_own_a_catalogue_gives_a_plain_one() -> None:
    dossier = PLANS["dong-hoa-2026"]
    assert read_unit_outline(dossier.catalogue.id) is None
    wanted = next(r for r in dossier.plan.requirements if r.kind is RequirementKind.UNIT_REPORT)
    (unit, *_) = dossier.members(wanted.holders[0], date(2026, 9, 1))
    one = filled(case_of(dossier, unit, wanted.id))
    told = text_of(build_unit_document(one))
    assert all(o.name in told for o in one.asked if o.type != "text")


def test_every_indicator_has_its_place_in_the_outline() -> None:
    outline = read_unit_outline("khcn-2026")
    assert outline is not None
    named = [id_ for s in outline.sections for part in s.parts for id_ in part.indicators]
    assert len(named) == len(set(named))
    asked = {o.id for o in BAT_MOT.catalogue.indicators if o.aggregation != "computed"}
    assert asked - set(named) == {"MC01"}  # evidence stands in its own list


def test_a_line_too_long_for_a_paragraph_goes_on_and_loses_nothing() -> None:
    words = " ".join(f"từ{n}" for n in range(20_000))
    for text in (words, "a" * 90_000):
        pieces = [paragraph.text for paragraph in paragraphs_of(text)]
        assert max(map(len, pieces)) < 50_000
        joined = (" " if " " in text else "").join(pieces)
        assert joined == text


def test_rows_of_tables_are_never_wider_than_their_tables() -> None:
    for one in cases(BAT_MOT):
        for annex in build_unit_document(filled(one)).annexes:
            for block in annex.blocks:
                assert isinstance(block, Table)
                assert all(len(row.cells) <= len(block.columns) for row in block.rows)


def saying(text: str) -> UnitCase:
    """A school whose every word, note and row is that text."""
    one = case("th-th")
    told = full_answer(one.asked)
    row = dict.fromkeys(("event_id", "title", "place", "topic"), text) | {"date": "2026-06-02"}
    values = {
        i.id: text if i.type is IndicatorType.TEXT else (row,) if i.type is IndicatorType.LIST
        else told.values[i.id] for i in one.asked
    }  # fmt: skip
    changed = {"values": values, "notes": {"CD01": text}, "narrative": {"thuyet_minh": text}}
    return one.model_copy(update={"answer": told.model_copy(update=changed)})


def shape(one: UnitCase) -> Counter[str]:
    """Count what the body of the DOCX is built of; a row of a long text may break."""
    with ZipFile(BytesIO(write_docx(build_unit_document(one), modified=AT))) as package:
        tags = (e.tag for e in fromstring(package.read("word/document.xml")).iter())
    return Counter(tag.rpartition("}")[2] for tag in tags)


@pytest.mark.parametrize("text", [text for text in HOSTILE if len(text.splitlines()) == 1])
def test_hostile_words_shape_no_document_of_a_unit(text: str) -> None:
    assert shape(saying(text)) == shape(saying("Lời bình thường"))


@pytest.mark.slow
def test_the_pdf_of_hostile_words_is_set_as_text() -> None:
    text = " ".join(drawable(text) for text in HOSTILE)
    made = write_pdf(build_unit_document(saying(text)), timestamp=AT)
    assert "{{7*7}}" in "".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def narrated(words: Sequence[str]) -> OfficialDocument:
    one = case("th-th")
    answer = full_answer(one.asked).model_copy(
        update={"narrative": {"thuyet_minh": " ".join(words)}}
    )
    return build_unit_document(one.model_copy(update={"answer": answer}))


@pytest.mark.slow
def test_a_narrative_of_ten_megabytes_is_whole_in_the_docx() -> None:
    words = [f"từ{n:07d}" for n in range(900_000)]
    content = write_docx(narrated(words), modified=AT)
    with ZipFile(BytesIO(content)) as package:
        told = package.read("word/document.xml").decode()
    assert sum(len(word.encode()) + 1 for word in words) > 10_000_000
    assert re.findall(r"từ\d{7}", told) == words


@pytest.mark.slow
def test_a_long_narrative_is_whole_in_a_pdf_set_in_parts() -> None:
    words = [f"từ{n:07d}" for n in range(70_000)]
    made = PdfReader(BytesIO(write_pdf(narrated(words), timestamp=AT)))
    told = "".join(page.extract_text() for page in made.pages)
    assert re.findall(r"từ\d{7}", told) == words
