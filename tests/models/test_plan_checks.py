"""Plan checks: each contradiction is found at its field, and sound plans have none."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapters.plan_files import read_dossier
from models.deadline_days import last_fixed_day
from models.deadline_wording import parse_deadline
from models.faults import field_name
from models.plan_checks import find_faults
from models.plans import PlanDossier

PLANS = Path(__file__).parents[2] / "config" / "plans"
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def sound() -> dict[str, Any]:
    return read_dossier(PLANS / "bat-mot-2026.yaml").model_dump(mode="json")


def put(path: str, value: object) -> Edit:
    """Set one field of a dossier; numbers in the path are list indexes."""

    def edit(dossier: dict[str, Any]) -> None:
        *way, last = [int(s) if s.isdigit() else s for s in path.split("/")]
        at: Any = dossier
        for step in way:
            at = at[step]
        at[last] = value

    return edit


def faults(sound: dict[str, Any], *edits: Edit) -> list[tuple[str, str]]:
    wrong = deepcopy(sound)
    for edit in edits:
        edit(wrong)
    found = find_faults(PlanDossier.model_validate(wrong))
    return [(field_name(fault.path), fault.message) for fault in found]


def deadline(wording: str) -> dict[str, Any]:
    return parse_deadline(wording).model_dump(mode="json")


@pytest.mark.parametrize("name", ["bat-mot-2026.yaml", "dong-hoa-2026.yaml"])
def test_a_sound_plan_has_no_fault(name: str) -> None:
    assert find_faults(read_dossier(PLANS / name)) == ()


REQUIREMENTS = "plan/requirements"

CASES = [
    # ids
    ("plan/phases/1/id", "P1", "plan.phases[1].id", "đã dùng ở trên"),
    ("plan/phases/1/items/0/id", "P1.1", "plan.phases[1].items[0].id", "đã dùng ở trên"),
    ("plan/content_groups/1/id", "G1", "plan.content_groups[1].id", "đã dùng ở trên"),
    ("plan/content_groups/1/activities/0/id", "G1.A1", "plan.content_groups[1].activities[0].id", "đã dùng"),
    ("plan/content_groups/0/channels/1/id", "CH-TT", "plan.content_groups[0].channels[1].id", "đã dùng"),
    ("plan/duty_holders/1/duties/0/id", "UBND-1", "plan.duty_holders[1].duties[0].id", "đã dùng ở trên"),
    ("plan/reporting_lines/1/id", "R1", "plan.reporting_lines[1].id", "đã dùng ở trên"),
    ("plan/recipients/1/id", "so-khcn", "plan.recipients[1].id", "đã dùng ở trên"),
    (f"{REQUIREMENTS}/1/id", "XN", "plan.requirements[1].id", "đã dùng ở trên"),
    (f"{REQUIREMENTS}/2/periods/1/id", "1", "plan.requirements[2].periods[1].id", "đã dùng ở trên"),
    ("units/units/3/id", "kt", "units.units[3].id", "đã dùng ở trên"),
    ("units/units/3/contacts/0/id", "kt.contact", "units.units[3].contacts[0].id", "đã dùng ở trên"),
    ("catalogue/indicators/1/id", "CD01", "catalogue.indicators[1].id", "đã dùng ở trên"),
    (f"{REQUIREMENTS}/0/id", "X/N", "plan.requirements[0].id", "chỉ được gồm"),
    ("plan/commune_tag", "BÁT MỌT", "plan.commune_tag", "chỉ được gồm"),
    ("plan/duty_holders/6/id", "bn-ca", "plan.duty_holders[6].id", "mã của một đơn vị khác"),
    ("units/units/1/contacts/0/email", "a@b.vn\nBcc: c@d.vn", "units.units[1].contacts[0].email", "địa chỉ thư"),
    ("units/commune", "khac", "units.commune", "danh bạ là của"),
    # references
    ("plan/coordinator", "vhx", "plan.coordinator", "có phải “vhxh”"),
    ("plan/authority", "dtt", "plan.authority", "không có đơn vị “dtt”"),
    ("plan/duty_holders/1/unit", "xx", "plan.duty_holders[1].unit", "không có đơn vị “xx”"),
    ("plan/phases/0/items/0/draft_by", "zz", "plan.phases[0].items[0].draft_by", "không có đơn vị “zz”"),
    ("plan/content_groups/3/lead/id", "", "plan.content_groups[3].lead.id", "không có đơn vị “”"),
    ("plan/content_groups/0/channels/0/operator", "zz", "plan.content_groups[0].channels[0].operator", "“zz”"),
    ("plan/duty_holders/2/duties/1/lead", "zz", "plan.duty_holders[2].duties[1].lead", "“zz”"),
    ("plan/reporting_lines/3/via", "zz", "plan.reporting_lines[3].via", "“zz”"),
    ("plan/recipients/0/units", ["zz"], "plan.recipients[0].units[0]", "“zz”"),
    (f"{REQUIREMENTS}/0/holders", ["ubnd-tinhh"], "plan.requirements[0].holders[0]", "“ubnd-tinh”"),
    (f"{REQUIREMENTS}/1/reviewed_by", "dtt", "plan.requirements[1].reviewed_by", "“dtt”"),
    (f"{REQUIREMENTS}/1/phase", "P9", "plan.requirements[1].phase", "không có giai đoạn “P9”"),
    (f"{REQUIREMENTS}/1/line", "R9", "plan.requirements[1].line", "không có tuyến báo cáo “R9”"),
    (f"{REQUIREMENTS}/6/opens_on_receipt_of", "KH", "plan.requirements[6].opens_on_receipt_of", "“KH”"),
    (f"{REQUIREMENTS}/4/indicators/0", "TT99", "plan.requirements[4].indicators[0]", "không có chỉ tiêu “TT99”"),
    ("plan/duty_holders/1/duties/0/groups", ["G9"], "plan.duty_holders[1].duties[0].groups[0]", "“G9”"),
    ("plan/duty_holders/1/duties/0/phases", ["P9"], "plan.duty_holders[1].duties[0].phases[0]", "“P9”"),
    ("plan/demands", ["YC-9"], "plan.demands[0]", "không có nguyên văn “YC-9”"),
    ("catalogue/indicators/0/by", ["zz"], "catalogue.indicators[0].by[0]", "“zz”"),
    ("catalogue/indicators/0/section", "Z", "catalogue.indicators[0].section", "không có mục “Z”"),
    ("catalogue/indicators/4/rules/1/others", ["TT1"], "catalogue.indicators[4].rules[1].others[0]", "“TT1”"),
    # nobody
    ("plan/duty_holders/6/member_kinds", [], "plan.duty_holders[6].member_kinds", "không có đơn vị nào"),
    ("plan/duty_holders/1/member_kinds", ["school"], "plan.duty_holders[1].member_kinds", "vừa là một đơn vị"),
    ("plan/duty_holders/2/duties/1/lead", None, "plan.duty_holders[2].duties[1].lead", "không nêu đơn vị chủ trì"),
    (f"{REQUIREMENTS}/7/holders", [], "plan.requirements[7].holders", "không giao cho đơn vị nào"),
    ("catalogue/indicators/2/by", ["ubnd"], "catalogue.indicators[2].by", "không đơn vị nào phải báo cáo"),
    # days
    ("plan/timezone", "", "plan.timezone", "không có múi giờ"),
    ("plan/timezone", "../etc", "plan.timezone", "không có múi giờ"),
    ("plan/phases/0/flow", "tiec", "plan.phases[0].flow", "không có luồng “tiec”"),
    ("plan/phases/1/starts_on", "2026-07-01", "plan.phases[1].ends_on", "trước ngày bắt đầu 01/7/2026"),
    ("plan/number", 12, "plan.number", "cùng có hoặc cùng để trống"),
    ("plan/number", 0, "plan.number", "từ 1 trở lên"),
    ("plan/issued_on", "2026-06-02", "plan.issued_on", "nằm ngoài khoảng"),
    ("plan/issue_window", ["2026-05-31", "2026-05-01"], "plan.issue_window", "bị ngược"),
    (f"{REQUIREMENTS}/3/supplement_until", "2026-06-25T11:30:00", "plan.requirements[3].supplement_until", "múi giờ"),
    (f"{REQUIREMENTS}/2/periods/0/cutoff", "2026-05-29T17:00:00", "plan.requirements[2].periods[0].cutoff", "múi giờ"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "field", "message"), CASES)
def test_a_contradiction_is_found_at_its_field(  # noqa: PLR0917 - one row of the table
    sound: dict[str, Any], path: str, value: object, field: str, message: str
) -> None:
    found = faults(sound, put(path, value))
    assert any(at == field and message in said for at, said in found), found


@pytest.mark.parametrize(
    ("requirement", "wording", "message"),
    [
        (3, "chậm nhất ngày 30/6/2026", "nằm ngoài giai đoạn “P3”"),
        (3, "chậm nhất ngày 21/6/2026", "nằm ngoài giai đoạn “P3”"),
        (3, "trong tháng 6/2026", "nằm ngoài giai đoạn “P3”"),
        (1, "chậm nhất ngày 30/4/2026", "nằm ngoài giai đoạn “P1”"),
        (0, "trong thời hạn 3 ngày làm việc", "không nói kể từ ngày nào"),
        (0, "trong thời hạn 3 ngày kể từ ngày nhận được", "cần opens_on_receipt_of"),
    ],
)
def test_a_deadline_stands_inside_its_phase_and_has_an_anchor(
    sound: dict[str, Any], requirement: int, wording: str, message: str
) -> None:
    edit = put(f"{REQUIREMENTS}/{requirement}/periods/0/deadline", deadline(wording))
    ((at, said),) = faults(sound, edit)
    assert at == f"plan.requirements[{requirement}].periods[0].deadline"
    assert message in said


def test_a_phase_that_starts_at_issue_takes_any_earlier_day_when_no_window_is_known(
    sound: dict[str, Any],
) -> None:
    early = put(f"{REQUIREMENTS}/1/periods/0/deadline", deadline("chậm nhất ngày 30/4/2026"))
    assert faults(sound, put("plan/issue_window", None), early) == []


def test_the_day_of_issue_bounds_the_first_phase(sound: dict[str, Any]) -> None:
    issued = [put("plan/number", 5), put("plan/issued_on", "2026-05-30")]
    assert [at for at, _ in faults(sound, *issued)] == ["plan.requirements[1].periods[0].deadline"]


def test_several_contradictions_are_told_together(sound: dict[str, Any]) -> None:
    found = faults(
        sound, put("plan/timezone", "Mars"), put("plan/coordinator", "zz"), put("plan/number", 1)
    )
    assert {at for at, _ in found} == {"plan.timezone", "plan.coordinator", "plan.number"}


def test_a_group_is_empty_when_its_kinds_left_the_register(sound: dict[str, Any]) -> None:
    def no_villages(dossier: dict[str, Any]) -> None:
        units = dossier["units"]["units"]
        dossier["units"]["units"] = [u for u in units if u["kind"] != "village"]

    found = faults(sound, no_villages)
    assert "plan.duty_holders[6].member_kinds" in {at for at, _ in found}


def test_an_indicator_asked_of_everyone_needs_a_report_that_asks(sound: dict[str, Any]) -> None:
    edits = [put(f"{REQUIREMENTS}/{i}/asks_indicators", value=False) for i in (3, 4, 5)]
    found = faults(sound, *edits)
    assert len(found) == 54  # all but the two computed ones


@pytest.mark.parametrize(
    ("wording", "day"),
    [
        ("trước ngày 01/3/2028", date(2028, 2, 29)),
        ("đến hết ngày 30/6/2026", date(2026, 6, 30)),
        ("trong tháng 2/2026", date(2026, 2, 28)),
        ("trong thời hạn 5 ngày kể từ ngày ban hành", None),
    ],
)
def test_the_last_day_follows_from_the_wording(wording: str, day: date | None) -> None:
    assert last_fixed_day(parse_deadline(wording)) == day
