"""A small plan, its catalogue and reports, for the tests of totals and reports."""

from datetime import date, datetime, timedelta, timezone

from models.deadlines import Deadline, DeadlineKind
from models.indicators import Aggregation, Indicator, IndicatorCatalogue, IndicatorType, Rule
from models.plans import (
    Agency,
    Basis,
    Buffers,
    ContentGroup,
    Duty,
    DutyHolder,
    DutyRole,
    Funding,
    LegalBasis,
    Period,
    Phase,
    PhaseItem,
    Plan,
    PlanDossier,
    Requirement,
    RequirementKind,
    Signer,
)
from models.submissions import Answer, FieldValue, Row
from models.totals import AcceptedReport
from models.units import Contact, ContactRole, Unit, UnitKind, UnitRegister

VIETNAM = timezone(timedelta(hours=7))
AS_OF = datetime(2026, 6, 25, 17, tzinfo=VIETNAM)
DUE = Deadline(
    wording="chậm nhất ngày 22/6/2026", kind=DeadlineKind.BY_END_OF, day=date(2026, 6, 22)
)


def indicator(id_: str, **changes: object) -> Indicator:
    given: dict[str, object] = {
        "id": id_,
        "name": f"Số {id_}",
        "unit_of_measure": "lượt",
        "type": IndicatorType.INT,
        "aggregation": Aggregation.SUM,
        "by": ("all",),
        "section": "A",
    }
    return Indicator.model_validate(given | changes)


def event_list(id_: str, **changes: object) -> Indicator:
    given = {
        "type": "list",
        "aggregation": "distinct",
        "key": ("event_id",),
        "unit_of_measure": "cuộc",
    }
    return indicator(id_, **(given | changes))


def rule(kind: str, **values: object) -> Rule:
    return Rule.model_validate({"kind": kind} | values)


def event(id_: str, *, role: str = "chủ trì", **changes: str | int) -> Row:
    row: Row = {
        "event_id": id_,
        "title": f"Tọa đàm {id_}",
        "date": "2026-06-10",
        "place": "Nhà văn hóa xã",
        "participants": 40,
        "role": role,
    }
    return row | changes


CATALOGUE = IndicatorCatalogue(
    id="mau",
    title="Chỉ tiêu mẫu",
    sections={"A": "Tuyên truyền", "B": "Hoạt động", "C": "Kinh phí", "D": "Đánh giá"},
    indicators=(
        indicator("TT01", unit_of_measure="lượt phát"),
        indicator("TT02", unit_of_measure="phút", rules=(rule("positive_if", others=("TT01",)),)),
        indicator("TT04", type="map_int", aggregation="sum_by_key", keys=("facebook", "zalo")),
        indicator("TT06", estimated=True),
        indicator("CD02", type="bool", aggregation="count_true", by=("dtt",)),
        event_list("HD01", section="B", keys=("truong_hoc", "cong_dong")),
        indicator("HD03", section="B", rules=(rule("positive_if", others=("HD01",)),)),
        indicator(
            "HD04",
            section="B",
            type="enum_list",
            aggregation="list",
            keys=("lua", "rung"),
            unit_of_measure="",
        ),
        indicator("HD08", section="B", rules=(rule("at_most_sum", others=("HD03",)),)),
        event_list("UD01", section="B", key=("household", "village")),
        indicator("UD08", section="B", aggregation="max", by=("kt",)),
        indicator("KP01", section="C", type="money", unit_of_measure="đồng"),
        indicator("KP02", section="C", type="money", unit_of_measure="đồng"),
        indicator(
            "KP03",
            section="C",
            type="money",
            aggregation="computed",
            formula="KP01 + KP02",
            unit_of_measure="đồng",
        ),
        indicator(
            "PT01",
            section="C",
            type="pct",
            aggregation="computed",
            formula="100 * TT01 / SO_THON",
            unit_of_measure="%",
        ),
        indicator("DG01", section="D", type="text", aggregation="list", unit_of_measure=""),
    ),
)


def unit(id_: str, name: str, kind: UnitKind, order: int) -> Unit:
    head = Contact(
        id=f"{id_}-h",
        role=ContactRole.HEAD,
        title="Trưởng phòng",
        full_name="Vi Văn Đức",
        email=f"{id_}@example.org",
    )
    return Unit(
        id=id_,
        name=name,
        short_name=name,
        kind=kind,
        order=order,
        contacts=(head,),
        abbreviation=id_.upper(),
    )


UNITS = UnitRegister(
    commune="mau",
    units=(
        unit("ubnd", "Ủy ban nhân dân xã Mẫu", UnitKind.AUTHORITY, 1),
        unit("vhxh", "Phòng Văn hóa - Xã hội", UnitKind.OFFICE, 2),
        unit("kt", "Phòng Kinh tế", UnitKind.OFFICE, 3),
        unit("dt-hnd", "Hội Nông dân xã", UnitKind.MASS_ORGANISATION, 4),
        unit("th-th", "Trường Tiểu học Mẫu", UnitKind.SCHOOL, 5),
        unit("thon-01", "Thôn Vịn", UnitKind.VILLAGE, 6),
    ),
)


def holder(id_: str, number: int, **where: object) -> DutyHolder:
    duty = Duty(
        id=f"{id_}-1",
        role=DutyRole.LEAD,
        text=f"Việc của {id_}",
        phases=("P1",),
        deliverable="Báo cáo",
        to="ubnd",
    )
    given = {
        "id": id_,
        "seed_number": str(number),
        "number": number,
        "name": f"Đơn vị {id_}",
        "duties": (duty,),
    }
    return DutyHolder.model_validate(given | where)


def requirement(id_: str = "BC", **changes: object) -> Requirement:
    given: dict[str, object] = {
        "id": id_,
        "kind": RequirementKind.UNIT_REPORT,
        "name": "báo cáo kết quả",
        "short_name": "báo cáo",
        "phase": "P1",
        "holders": ("kt", "dtt"),
        "periods": (Period(id="1", deadline=DUE),),
        "asks_indicators": True,
        "reviewed_by": "vhxh",
    }
    return Requirement.model_validate(given | changes)


def plan(**changes: object) -> Plan:
    agency = Agency(
        id="ubnd", name="Ủy ban nhân dân xã Mẫu", header_lines=("ỦY BAN NHÂN DÂN", "XÃ MẪU")
    )
    phase = Phase(
        id="P1", name="Tháng 6", short_name="Tổ chức", starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 29),
        flow="reporting", items=(PhaseItem(id="P1.1", text="Tổ chức", owner="vhxh"),),
    )  # fmt: skip
    given: dict[str, object] = {
        "id": "kh-mau", "code": "MAU-2026", "commune": "mau", "commune_tag": "MAU", "short_name": "KH Mẫu",
        "type_name": "Kế hoạch", "title": "Kế hoạch mẫu", "campaign": "hoạt động mẫu", "campaign_short": "mẫu",
        "agency": agency,
        "parent": Agency(id="tinh", name="Ủy ban nhân dân tỉnh Mẫu"),
        "channel": Agency(id="so", name="Sở Mẫu"),
        "timezone": "Asia/Ho_Chi_Minh", "number": 15, "symbol": "KH-UBND", "issued_on": date(2026, 5, 20),
        "place": "Mẫu", "place_date_wording": "",
        "legal_basis": (LegalBasis(type_name="Công văn", number="7834/UBND", issued_on=date(2026, 4, 30), agency="UBND tỉnh Mẫu", subject="về việc Tổ chức"),),
        "signer": Signer(full_name="Lê Văn Công", title="Phó Chủ tịch", authority_lines=("KT. CHỦ TỊCH",), source_wording=""),
        "purposes": (), "demands": (), "funding": Funding(sources=(), rule=""), "recipients": (),
        "phases": (phase,),
        "content_groups": (ContentGroup(id="G1", name="Nhóm", lead=Basis(id="vhxh", basis=""), activities=()),),
        "duty_holders": (
            holder("ubnd", 1, unit="ubnd"), holder("vhxh", 2, unit="vhxh"), holder("kt", 3, unit="kt"),
            holder("dtt", 4, member_kinds=("mass_organisation", "school")), holder("thon", 5, member_kinds=("village",)),
        ),
        "reporting_lines": (), "requirements": (requirement(),), "report_deadline": DUE,
        "buffers": Buffers(synthesis_days=2, form_check_days=1, signing_days=1, issue_reserve_days=1),
        "coordinator": "vhxh", "authority": "ubnd", "form_checker": "kt",
        "register_file": "", "catalogue_file": "", "verbatim": {},
    }  # fmt: skip
    return Plan.model_validate(given | changes)


def dossier(**changes: object) -> PlanDossier:
    return PlanDossier(plan=plan(**changes), units=UNITS, catalogue=CATALOGUE)


def report(unit_id: str, values: dict[str, FieldValue], **answer: object) -> AcceptedReport:
    return AcceptedReport(
        unit_id=unit_id,
        submission_id=f"kh/BC/{unit_id}/1@1",
        obligation_id=f"kh/BC/{unit_id}/1",
        answer=Answer.model_validate({"values": values} | answer),
    )
