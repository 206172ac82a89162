from datetime import date, timedelta

from models.assignment_annex import build_assignment_annex
from models.coverage import Coverage, CoveredUnit
from models.documents import OfficialDocument, Paragraph, Table
from models.periodic_report import Progress, build_periodic_report
from models.plans import Phase
from models.totals import Totals, compute_totals
from models.units import UnitRegister
from models.urging_letter import build_urging_letter, build_urging_letters
from tests.report_samples import AS_OF, CATALOGUE, UNITS, dossier, report, requirement

ROOM = "\u00a0" * 6  # no line ends within a blank


def lines(document: OfficialDocument) -> list[str]:
    return [block.text for block in document.body if isinstance(block, Paragraph)]


def tables(document: OfficialDocument) -> list[list[tuple[str, ...]]]:
    return [
        [row.cells for row in block.rows] for block in document.body if isinstance(block, Table)
    ]


def totals(**values: int) -> Totals:
    return compute_totals(CATALOGUE, [report("kt", dict(values))], constants={"SO_THON": 10})


COVERAGE = Coverage(on_time=(CoveredUnit(unit_id="kt", name="Phòng Kinh tế"),))
PROGRESS = (
    Progress(
        requirement_id="BC", total=4, done=2, waiting=1, due_soon=0, overdue_units=("Thôn Vịn",)
    ),
)


def periodic(previous: Totals | None = None, **edits: str) -> OfficialDocument:
    return build_periodic_report(
        dossier(), period="kỳ 2", totals=totals(TT01=8, UD08=3), previous=previous, coverage=COVERAGE,
        progress=PROGRESS, cutoff=AS_OF, edits=edits,
    )  # fmt: skip


def test_the_periodic_report_goes_from_the_coordinator_to_the_committee() -> None:
    document = periodic()
    assert document.parent_line == "UBND XÃ MẪU"
    assert document.agency_lines == ("PHÒNG VĂN HÓA - XÃ HỘI",)
    assert document.symbol == "BC-VHXH"
    assert document.addressees == ("Ủy ban nhân dân xã Mẫu",)
    assert document.signer_name == "Vi Văn Đức"
    assert "(Số liệu tính đến 17 giờ 00 ngày 25/6/2026)" in lines(document)


def test_the_periodic_report_tells_what_the_turn_added() -> None:
    first, second = (
        {row[0]: row for row in tables(d)[0]}
        for d in (periodic(), periodic(totals(TT01=5, UD08=2)))
    )
    assert first["Số TT01"][2:4] == ("8", "8")
    assert second["Số TT01"][2:4] == ("3", "8")
    assert second["Số UD08"][2:4] == ("-", "3")  # a maximum does not grow by subtraction
    assert second["Số PT01"][2:4] == ("-", "80")
    assert second["Số KP03"][2] == "Chưa có số liệu"
    assert second["Số TT06"][5] == "Số ước tính"


def test_the_periodic_report_tells_products_and_duties() -> None:
    products, duties = tables(periodic())[1:]
    assert products[0][1:] == (
        "báo cáo kết quả",
        "chậm nhất ngày 22/6/2026",
        "2/4",
        "1; 0",
        "1: Thôn Vịn",
    )
    assert duties[1] == (
        "Việc của ubnd",
        "Báo cáo",
        "Đến 29/6/2026",
        "Đang trong thời gian thực hiện",
    )


def test_duties_before_and_after_their_time_say_so() -> None:
    for cutoff, standing in (
        (AS_OF - timedelta(days=30), "Chưa đến"),
        (AS_OF + timedelta(days=9), "Đã hết"),
    ):
        document = build_periodic_report(
            dossier(),
            period="kỳ 1",
            totals=totals(),
            coverage=COVERAGE,
            progress=(),
            cutoff=cutoff,
            number=3,
        )
        assert tables(document)[2][1][3].startswith(standing)
        assert document.draft_mark is None


def test_a_phase_from_the_day_of_issue_has_no_first_day() -> None:
    open_phase = Phase(
        id="P9", name="", short_name="", ends_on=date(2026, 6, 29), flow="reporting", items=()
    )
    document = build_periodic_report(
        dossier(phases=(open_phase,), issued_on=None), period="kỳ 1", totals=totals(), coverage=COVERAGE,
        progress=(), cutoff=AS_OF - timedelta(days=60),
    )  # fmt: skip
    assert tables(document)[2][1][3] == "Đang trong thời gian thực hiện"


def test_what_the_office_did_not_write_is_not_said_for_it() -> None:
    assert not any("KHÓ KHĂN" in line for line in lines(periodic()))
    told = lines(periodic(ky_toi="- Đôn đốc các thôn\n\nHoàn thiện báo cáo"))
    assert told[-4:-1] == [
        "IV. NHIỆM VỤ TRỌNG TÂM KỲ TỚI",
        "- Đôn đốc các thôn",
        "- Hoàn thiện báo cáo",
    ]


def test_a_coordinator_without_a_known_head_signs_by_title() -> None:
    units = UnitRegister(
        commune="mau", units=tuple(u.model_copy(update={"contacts": ()}) for u in UNITS.units)
    )
    document = build_periodic_report(
        dossier().model_copy(update={"units": units}),
        period="kỳ 1",
        totals=totals(),
        coverage=COVERAGE,
        progress=(),
        cutoff=AS_OF,
    )
    assert (document.authority_lines, document.signer_name) == (("TRƯỞNG PHÒNG",), "")


def urged(*ids: str) -> tuple[OfficialDocument, ...]:
    return build_urging_letters(
        dossier(),
        requirement=requirement(),
        units=[UNITS.unit(id_) for id_ in ids],
        new_due=AS_OF,
        as_of=AS_OF,
    )


def test_mass_organisations_are_only_asked_and_in_a_letter_of_their_own() -> None:
    ordered, asked = urged("dt-hnd", "thon-01", "th-th")
    assert ordered.addressees == ("Trường Tiểu học Mẫu", "Thôn Vịn")
    assert asked.addressees == ("Hội Nông dân xã",)
    assert any(line.startswith("2. Người đứng đầu") for line in lines(ordered))
    assert not any("Người đứng đầu" in line or "yêu cầu" in line for line in lines(asked))
    assert any("trân trọng đề nghị" in line for line in lines(asked))


def test_the_urging_letter_is_a_dispatch_with_its_facts() -> None:
    (letter,) = urged("th-th")
    assert letter.type_name is None
    assert letter.symbol == "UBND-VHXH"
    assert letter.subject == "đôn đốc gửi báo cáo kết quả (Kế hoạch số 15/KH-UBND)"
    told = " ".join(lines(letter))
    for fact in (
        "Ngày 20 tháng 5 năm 2026",
        "chậm nhất ngày 22/6/2026",
        "còn 01 đơn vị",
        "trước 17 giờ 00 ngày 25/6/2026",
    ):
        assert fact in told
    assert told.endswith("./.")
    assert urged() == ()


def test_a_mixed_letter_leaves_item_two_out() -> None:
    both = [UNITS.unit("th-th"), UNITS.unit("dt-hnd")]
    letter = build_urging_letter(
        dossier(issued_on=None),
        requirement=requirement(),
        units=both,
        new_due=AS_OF,
        as_of=AS_OF,
        period="9",
        number=245,
    )
    assert not any("Người đứng đầu" in line for line in lines(letter))
    assert letter.draft_mark is None


def test_the_assignment_names_every_duty_and_every_product() -> None:
    document = build_assignment_annex(dossier(issue_window=(date(2026, 5, 1), date(2026, 5, 31))))
    duties, products = document.annexes
    rows = [row.cells for block in duties.blocks if isinstance(block, Table) for row in block.rows]
    assert [row[0] for row in rows if row[0].startswith("4.")] == ["4. Đơn vị dtt"]
    assert rows[1] == (
        "1",
        "Việc của ubnd",
        "Chủ trì",
        "",
        "Báo cáo",
        "Đến 29/6/2026",
        "Đơn vị ubnd",
    )
    owed = [
        row.cells for block in products.blocks if isinstance(block, Table) for row in block.rows
    ]
    assert owed == [
        ("1", "Báo cáo kết quả", "Đơn vị kt; Đơn vị dtt", "chậm nhất ngày 22/6/2026", "Đơn vị vhxh")
    ]
    assert duties.landscape
    assert "Phụ lục I và Phụ lục II" in lines(document)[0]


def test_an_issued_assignment_carries_its_number() -> None:
    document = build_assignment_annex(dossier(), number=20, issued_on=date(2026, 5, 21))
    assert (
        document.annexes[0].reference
        == f"(Kèm theo Thông báo số{ROOM}/TB-UBND ngày{ROOM}tháng{ROOM}năm{ROOM}của Ủy ban nhân dân xã Mẫu)"
    )
    assert document.draft_mark is None
