"""Every number of the report leads back to submissions, and what does not agree is told."""

import pytest
from sqlalchemy import select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import read_plan
from models.documents import Table
from models.errors import RefusedError, UsageError
from models.plans import PlanDossier
from models.submissions import Answer, Row
from models.total_values import Source, Total
from services.report_records import ReportRecord, content_hash, read_report
from services.report_traces import reconcile_report, refuse_unreconciled, trace_figure
from tests.figure_proofs import prove
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import Reporting
from tests.services.stage import NIL, PLAN, SHEET, at, owed_by


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def event(role: str, people: int) -> Row:
    return {
        "event_id": "TD-01", "title": "Tọa đàm 57 về lúa", "date": "2026-06-10",
        "place": "Nhà văn hóa thôn 2", "participants": people, "role": role, "topic": "nong_nghiep",
    }  # fmt: skip


REQUIREMENTS = {"vhxh": "SL", "kt": "SL", "dt-mttq": "BC", "th-thcs": "BC"}
DETAIL = {
    "document_number": "05/BC",
    "document_date": "2026-06-19",
    "narrative": {"x": "Đã làm"},
    "notes": {
        "KP02": "Doanh nghiệp ủng hộ",
        "UD08": "Đến ngày 15/6/2026",
        "CD02": "Số 02/KH ngày 20/5/2026",
        "DG01": "x",
    },
}
ANSWERS = {
    "vhxh": {
        "CD01": 4, "CD03": 6, "TT03": 12, "TT04": {"facebook": 88, "zalo": 452}, "PL01": 2,
        "HD01": (event("chủ trì", 60),), "HD03": 60, "HD04": "nong_nghiep; moi_truong", "AT01": 0,
        "KP01": 58_000_000, "KP02": 28_450_000, "DG01": "Có 12 mô hình hay, đạt 100%.",
        "DG02": "Mưa lũ 04 ngày.",
    },
    "kt": {"HD01": (event("phối hợp", 25),), "UD08": 3, "KP01": 1_000_000, "AT01": 0,
           "DG02": "Mưa lũ 04 ngày."},
    "dt-mttq": {"CD01": 1, "CD02": True, "TT11": 3, "TT12": 120, "DG02": "Mưa lũ 04 ngày."},
    "th-thcs": {"CD01": 0, "CD02": False, "HD05": ({**event("chủ trì", 310), "event_id": "CT", "type": "truong_hoc"},),
                "HD06": 310, "DG02": "Mưa lũ 04 ngày"},
}  # fmt: skip


@pytest.fixture
def made(reporting: Reporting) -> ReportRecord:
    """The report on units that led, supported, had nothing, and did not report."""
    for unit, values in ANSWERS.items():
        answer = Answer.model_validate({"values": values} | DETAIL)
        reporting.report(unit, answer, requirement=REQUIREMENTS[unit])
    reporting.report("thon-01")
    reporting.report("thon-02", NIL)
    reporting.edit("bai_hoc", "- Phát {TT01} lượt vào ngày 05/6/2026")
    return reporting.assemble()


def test_every_number_of_the_report_is_traced_or_no_figure(
    reporting: Reporting, made: ReportRecord
) -> None:
    with transaction(reporting.office.engine) as connection:
        plan = read_plan(connection, PLAN)
        rows = connection.execute(select(tables.submissions.c.id, tables.submissions.c.answer))
        answers = {row.id: Answer.model_validate(row.answer) for row in rows}
        assert prove(plan, made, answers) > 100
        assert reconcile_report(connection, plan, made) == ()
        stored = read_report(connection, PLAN)
        assert content_hash(stored.content, stored.version) == made.sha256
        refuse_unreconciled(connection, plan, made)


def test_a_trace_tells_who_entered_what_and_when_and_why_it_counts(
    reporting: Reporting, made: ReportRecord
) -> None:
    found = trace_figure(reporting.office.engine, PLAN, "HD01")
    assert (found.value, found.recomputed, found.agrees) == (1, 1, True)
    lead, support, *others = found.sources
    assert (lead.unit_name, lead.counted, lead.field) == ("Phòng Văn hóa - Xã hội", True, "HD01[1]")
    assert lead.sent_by
    assert lead.received_at is not None
    assert not support.counted
    assert "chủ trì" in support.why
    assert [one.why for one in others] == [f"không phát sinh: {NIL.nil_reason}"]
    assert made.id.endswith("/1")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reference", "value"),
    [("coverage.missing", 2), ("units.KP01", 2), ("KP03", 87_450_000), ("TT04.zalo", 452),
     ("HD05.truong_hoc", 1), ("people.HD01.td-01", 60), ("quotes.ton_tai.1", 1)],
)  # fmt: skip
@pytest.mark.usefixtures("made")
def test_any_kind_of_figure_is_traced(reporting: Reporting, reference: str, value: int) -> None:
    found = trace_figure(reporting.office.engine, PLAN, reference)
    assert (found.value, found.agrees) == (value, True)
    assert found.name
    assert found.units or any(source.counted for source in found.sources)


@pytest.mark.usefixtures("made")
def test_a_rate_is_made_anew_from_its_counts(reporting: Reporting) -> None:
    found = trace_figure(reporting.office.engine, PLAN, "rate.CD02")
    assert found.value == 50
    assert found.inputs == ("CD02", "units.CD02")
    assert any("đạt 50%" in text for text in found.statements)


@pytest.mark.parametrize("reference", ["XX", "coverage.x", "quotes.x.1", "units.X", "people.X.y"])
@pytest.mark.usefixtures("made")
def test_a_figure_that_is_not_there_is_refused(reporting: Reporting, reference: str) -> None:
    with pytest.raises(UsageError, match="Không có chỉ tiêu"):
        trace_figure(reporting.office.engine, PLAN, reference)


def test_versions_that_do_not_count_are_named_with_the_reason(reporting: Reporting) -> None:
    office, sheet = reporting.office, owed_by("thon-01")
    office.submit(sheet, SHEET, now=at((18, 6)))
    office.give_back(sheet, due=at((20, 6), "17:00"), now=at((18, 6)))
    reporting.report("thon-01", Answer(values=SHEET.values | {"TT01": 5}), now=at((19, 6)))
    office.submit(owed_by("thon-02"), SHEET, now=at((19, 6)))
    reporting.assemble()
    whys = {s.submission_id: s.why for s in trace_figure(office.engine, PLAN, "TT01").sources}
    assert whys == {
        f"{sheet}@2": "",
        f"{sheet}@1": "đã thay bằng bản 2",
        f"{owed_by('thon-02')}@1": "đang rà soát, chưa được chấp nhận",
    }
    office.give_back(owed_by("thon-02"), due=at((26, 6), "17:00"), now=at((25, 6)))
    office.submit(owed_by("thon-02"), SHEET, now=at((26, 6)))
    later = {s.submission_id: s.why for s in trace_figure(office.engine, PLAN, "TT01").sources}
    assert later[f"{owed_by('thon-02')}@2"] == "nhận sau khi lập dự thảo này"


def faults(reporting: Reporting, made: ReportRecord) -> str:
    with transaction(reporting.office.engine) as connection:
        plan = read_plan(connection, PLAN)
        found = reconcile_report(connection, plan, made)
        with pytest.raises(RefusedError, match="chưa khớp"):
            refuse_unreconciled(connection, plan, made)
    return "\n".join(found)


def altered(made: ReportRecord, total: Total) -> ReportRecord:
    totals = tuple(total if t.indicator_id == total.indicator_id else t
                   for t in made.content.totals.totals)  # fmt: skip
    changed = made.content.totals.model_copy(update={"totals": totals})
    return made.model_copy(update={"content": made.content.model_copy(update={"totals": changed})})


@pytest.mark.parametrize("other_key", ["", " bis"])
def test_an_event_counted_by_two_units_is_caught(
    reporting: Reporting, made: ReportRecord, other_key: str
) -> None:
    total = made.content.totals.total("HD01")

    def counted(source: Source) -> Source:
        key = source.key if source.counted else f"{source.key}{other_key}"
        return source.model_copy(update={"counted": True, "key": key})

    sources = tuple(map(counted, total.sources))
    doubled = total.model_copy(update={"value": 2, "sources": sources})
    assert "HD01" in faults(reporting, altered(made, doubled))


def test_a_figure_altered_in_one_annex_cell_is_caught(
    reporting: Reporting, made: ReportRecord
) -> None:
    report = made.content.report
    annex = report.document.annexes[0]
    table = annex.blocks[0]
    assert isinstance(table, Table)
    rows = tuple(
        type(row)(cells=tuple("59.000.001" if c == "59.000.000" else c for c in row.cells))
        if "59.000.000" in row.cells
        else row
        for row in table.rows
    )
    assert rows != table.rows
    forged = annex.model_copy(update={"blocks": (table.model_copy(update={"rows": rows}),)})
    document = report.document.model_copy(
        update={"annexes": (forged, *report.document.annexes[1:])}
    )
    content = made.content.model_copy(
        update={"report": report.model_copy(update={"document": document})}
    )
    assert "KP01" in faults(reporting, made.model_copy(update={"content": content}))


def test_a_version_replaced_but_still_counted_is_caught(
    reporting: Reporting, made: ReportRecord
) -> None:
    o = tables.obligations
    with transaction(reporting.office.engine) as connection:
        connection.execute(update(o).where(o.c.id == owed_by("kt", "SL")).values(version=2))
    assert f"{owed_by('kt', 'SL')}@1 được cộng nhưng không còn là" in faults(reporting, made)


def test_an_answer_altered_in_the_ledger_is_caught(
    reporting: Reporting, made: ReportRecord
) -> None:
    s, id_ = tables.submissions, f"{owed_by('kt', 'SL')}@1"
    answer = Answer.model_validate({"values": ANSWERS["kt"] | {"KP01": 7_000}} | DETAIL)
    with transaction(reporting.office.engine) as connection:
        changed = answer.model_dump(mode="json")
        connection.execute(update(s).where(s.c.id == id_).values(answer=changed))
    assert "KP01: báo cáo ghi 59000000, tính lại từ các bản nộp là 58007000" in faults(
        reporting, made
    )
    assert not trace_figure(reporting.office.engine, PLAN, "KP01").agrees
    gone = made.content.totals.total("UD08")
    named = tuple(x.model_copy(update={"submission_id": "x@9"}) for x in gone.sources)
    told = faults(reporting, altered(made, gone.model_copy(update={"sources": named})))
    assert "x@9 được cộng nhưng không có trong cơ sở dữ liệu" in told
