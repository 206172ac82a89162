"""Plan files: the shipped plans are sound, and every way to be wrong is told with its line."""

import re
import shutil
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml

from adapters.plan_files import read_dossier, read_dossiers
from adapters.yaml_tree import MAX_BYTES
from models.deadlines import Anchor, DeadlineKind, Origin
from models.errors import PlanInvalidError
from models.plans import PlanDossier
from models.problems import Problem
from models.units import ContactRole, UnitKind

CONFIG = Path(__file__).parents[2] / "config"
JUNE = date(2026, 6, 1)
MINUTE_PLAN = "plans/bat-mot-2026.yaml"


@pytest.fixture(scope="module")
def bat_mot() -> PlanDossier:
    return read_dossier(CONFIG / MINUTE_PLAN)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for folder in ("plans", "units", "indicators"):
        shutil.copytree(CONFIG / folder, tmp_path / folder)
    return tmp_path


def rewrite(file: Path, old: str, new: str) -> int:
    """Replace the first occurrence and tell its line."""
    text = file.read_text(encoding="utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(PlanInvalidError) as caught:
        read_dossier(path)
    return caught.value.problems


def collapsed(text: str) -> str:
    return " ".join(re.sub(r"[#*]", "", text).split())


# --- the first plan -------------------------------------------------------------------------------


def test_every_shipped_plan_is_sound() -> None:
    assert [d.plan.id for d in read_dossiers(CONFIG / "plans")] == ["kh-khcn-2026", "kh-cds-2026"]


def test_the_plan_has_the_counts_of_its_source(bat_mot: PlanDossier) -> None:
    plan = bat_mot.plan
    groups = plan.content_groups
    assert (len(plan.phases), sum(len(p.items) for p in plan.phases)) == (3, 8)
    assert [p.flow for p in plan.phases] == ["preparation", "activities", "reporting"]
    assert (len(groups), sum(len(g.activities) for g in groups)) == (4, 20)
    assert sum(len(g.channels) for g in groups) == 9
    assert [len(h.duties) for h in plan.duty_holders] == [3, 3, 2, 2, 3, 3, 2]
    assert [line.id for line in plan.reporting_lines] == ["R1", "R2", "R3", "R4", "R5", "R6"]
    assert (len(plan.purposes), len(plan.demands), len(plan.recipients)) == (3, 3, 5)
    assert len(bat_mot.catalogue.indicators) == 56


def test_the_source_text_stands_in_the_plan_word_for_word(bat_mot: PlanDossier) -> None:
    source = collapsed((CONFIG / "plans/sources/bat-mot-2026.md").read_text(encoding="utf-8"))
    missing = [name for name, text in bat_mot.plan.verbatim.items() if text not in source]
    assert missing == []
    duties = {d.id for h in bat_mot.plan.duty_holders for d in h.duties}
    items = {item.id for phase in bat_mot.plan.phases for item in phase.items}
    groups = {group.id for group in bat_mot.plan.content_groups}
    assert duties | items | groups | set(bat_mot.plan.demands) <= set(bat_mot.plan.verbatim)


def test_the_register_has_27_units_and_two_superiors(bat_mot: PlanDossier) -> None:
    units = bat_mot.units.units
    assert len([u for u in units if u.kind is not UnitKind.SUPERIOR]) == 27
    assert [u.order for u in units] == list(range(1, 30))
    names = [unit.short_name for unit in bat_mot.members("thon", JUNE)]
    assert " ".join(names).replace("Thôn ", "") == "Vịn Đục Phống Khẹo Chiềng Cạn Ruộng Dưn Hón"


def test_the_group_of_sectors_and_schools_leaves_the_service_centre_out(
    bat_mot: PlanDossier,
) -> None:
    members = [unit.id for unit in bat_mot.members("dtt", JUNE)]
    assert len(members) == 13
    assert "bn-pvhcc" in members
    assert "cudv" not in members


def test_every_address_is_a_placeholder_nobody_confirmed(bat_mot: PlanDossier) -> None:
    for unit in bat_mot.units.units:
        assert unit.contacts
        assert all(c.email.endswith(".example") and not c.confirmed for c in unit.contacts)
        emails = [c.email for c in unit.contacts]
        assert len(set(emails)) == len(emails)
        if unit.kind is UnitKind.VILLAGE:
            assert [c.role for c in unit.contacts] == [ContactRole.HEAD]
    named = [c.full_name for u in bat_mot.units.units for c in u.contacts if c.full_name]
    assert named == ["Lê Văn Công"]


def test_blanks_of_the_source_stay_blank(bat_mot: PlanDossier) -> None:
    plan = bat_mot.plan
    assert (plan.number, plan.issued_on, plan.funding.amount) == (None, None, None)
    assert plan.issue_window == (date(2026, 5, 1), date(2026, 5, 31))
    assert plan.signer.authority_lines == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")


@pytest.mark.parametrize(
    ("requirement", "days", "at"),
    [
        ("KHCT", [date(2026, 5, 29)], time(17)),
        ("BCDK", [date(2026, 6, 1), date(2026, 6, 16)], None),
        ("BC", [date(2026, 6, 22)], time(17)),
        ("PSL", [date(2026, 6, 22)], time(17)),
        ("SL", [date(2026, 6, 22)], time(17)),
        ("TH", [date(2026, 6, 24)], time(17)),
    ],
)
def test_internal_deadlines_are_marked_as_assumed(
    bat_mot: PlanDossier, requirement: str, days: list[date], at: time | None
) -> None:
    periods = bat_mot.plan.requirement(requirement).periods
    assert [p.deadline.day for p in periods] == days
    assert {p.deadline.at for p in periods} == {at}
    assert {p.deadline.origin for p in periods} == {Origin.DEFAULT}


def test_the_province_deadline_comes_from_the_source_and_excludes_its_day(
    bat_mot: PlanDossier,
) -> None:
    for deadline in (
        bat_mot.plan.report_deadline,
        bat_mot.plan.requirement("BCTK").periods[0].deadline,
    ):
        assert (deadline.kind, deadline.day) == (DeadlineKind.BEFORE, date(2026, 6, 30))
        assert deadline.origin is Origin.SOURCE


def test_periods_of_days_know_what_they_count_from(bat_mot: PlanDossier) -> None:
    found = {name: bat_mot.plan.requirement(name).periods[0].deadline for name in ("XN", "RS")}
    assert [(d.days, d.working_days, d.anchor) for d in found.values()] == [
        (3, True, Anchor.ISSUED),
        (2, True, Anchor.RECEIVED),
    ]


def test_supplements_close_at_a_named_instant(bat_mot: PlanDossier) -> None:
    until = bat_mot.plan.requirement("BC").supplement_until
    assert until == datetime.fromisoformat("2026-06-25T11:30:00+07:00")


def test_the_buffers_give_the_timetable_of_the_reference(bat_mot: PlanDossier) -> None:
    def back(day: date, count: int) -> date:
        while count:
            day -= timedelta(days=1)
            count -= day.weekday() < 5  # June 2026 has no holiday
        return day

    kept = bat_mot.plan.buffers
    signing = back(date(2026, 6, 29), kept.issue_reserve_days)
    form = back(signing, kept.signing_days)
    synthesis = back(form, kept.form_check_days)
    units = back(synthesis, kept.synthesis_days)
    assert [d.day for d in (units, synthesis, form, signing)] == [22, 24, 25, 26]


def test_the_catalogue_keeps_each_sentence_beside_its_rules(bat_mot: PlanDossier) -> None:
    indicators = bat_mot.catalogue.indicators
    silent = {i.id for i in indicators if not i.rules}
    assert silent == {"HD04"}
    assert {i.id for i in indicators if not i.source_wording} == {"UD10"}
    assert bat_mot.catalogue.indicator("KP03").formula == "KP01 + KP02"
    assert all(i.key for i in indicators if i.type == "list")


def test_the_second_plan_words_its_deadlines_otherwise() -> None:
    plan = read_dossier(CONFIG / "plans/dong-hoa-2026.yaml").plan
    kinds = {p.deadline.kind for r in plan.requirements for p in r.periods}
    assert kinds == {DeadlineKind.WITHIN, DeadlineKind.IN_MONTH, DeadlineKind.BY_END_OF}
    assert [p.flow for p in plan.phases] == ["preparation", "reporting"]


# --- wrong plans ----------------------------------------------------------------------------------

PLAN, UNITS, CATALOGUE = MINUTE_PLAN, "units/bat-mot.yaml", "indicators/khcn-2026.yaml"

WRONG = [
    (PLAN, "commune_tag: BATMOT\n", "commune_tag: 15607\n", "commune_tag", "phải là chữ"),
    (PLAN, "coordinator: vhxh", "coordinater: vhxh", "coordinater", "không có mục nào tên"),
    (PLAN, "    ends_on: 2026-05-31", "    ends_on: 2026-02-30", "phases[0].ends_on", "không tồn tại"),
    (PLAN, "    ends_on: 2026-05-31", "    ends_on: sớm", "phases[0].ends_on", "ngày có thật"),
    (PLAN, "role: phoi_hop", "role: phoihop", "duty_holders[2].duties[1].role", "dùng một trong: chi_dao"),
    (PLAN, "purposes: [MD-1, MD-2, MD-3]", "purposes: MD-1", "purposes", "phải là một danh sách"),
    (PLAN, "    asks_indicators: true", "    asks_indicators: có", "requirements[3].asks_indicators", "true hoặc false"),
    (PLAN, "  synthesis_days: 2", "  synthesis_days: hai", "buffers.synthesis_days", "số nguyên"),
    (PLAN, "signer:\n", "signer: Lê Văn Công\nold_signer:\n", "signer", "nhóm các mục"),
    (PLAN, "ngày 22/6/2026", "ngày 31/6/2026", "requirements[3].periods[0].deadline.wording", "không tồn tại"),
    (PLAN, "chậm nhất ngày 01/6/2026", "sớm nhất có thể", "requirements[2].periods[0].deadline.wording", "Không hiểu thời hạn"),
    (PLAN, "2026-05-29T17:00:00+07:00", "17 giờ", "requirements[2].periods[0].cutoff", "ngày giờ"),
    (PLAN, "holders: [dtt]", "holders: [dttt]", "requirements[1].holders[0]", "có phải “dtt”"),
    (PLAN, "Asia/Ho_Chi_Minh", "Asia/Sai_Gon_Moi", "timezone", "không có múi giờ"),
    (PLAN, "flow: activities", "flow: party", "phases[1].flow", "không có luồng"),
    (PLAN, "register_file: units/bat-mot.yaml", "register_file: units/mat.yaml", "register_file", "không có tệp"),
    (PLAN, "register_file: units/bat-mot.yaml", "register_file: ../../etc/passwd", "register_file", "bên trong thư mục"),
    (PLAN, "code: KHCN-2026", "code: &a KHCN-2026", "(tệp)", "neo và tham chiếu"),
    (PLAN, "code: KHCN-2026", "code: !!str KHCN-2026", "(tệp)", "thẻ kiểu"),
    (PLAN, "code: KHCN-2026", "code: [KHCN-2026", "(tệp)", "sai cú pháp YAML"),
    (PLAN, "code: KHCN-2026", 'code: "KHCN\\a2026"', "code", "không đọc được"),
    (PLAN, "code: KHCN-2026", "code: KHCN\x07", "(tệp)", ""),
    (PLAN, "number: null", "number: 9" + "9" * 30, "number", "không đọc được"),
    (PLAN, "number: null", "number: .inf", "number", "không đọc được"),
    (PLAN, "number: null", "number: 1.5", "number", "số nguyên"),
    (PLAN, "code: KHCN-2026", "[a, b]: 1\ncode: KHCN-2026", "(tệp)", "tên mục phải là một từ"),
    (UNITS, "    kind: office", "    kind: phòng", "units[1].kind", "dùng một trong: authority"),
    (UNITS, "email: vhxh@batmot.example", "email: vhxh", "units[1].contacts[0].email", "không phải là một địa chỉ thư"),
    (UNITS, "commune: bat-mot", "commune: xa-khac", "commune", "danh bạ là của"),
    (UNITS, "  - id: kt\n", "  - id: vhxh\n", "units[2].id", "đã dùng ở trên"),
    (CATALOGUE, "by: [cudv, thon]", "by: [cudvv]", "indicators[3].by[0]", "có phải “cudv”"),
    (CATALOGUE, "    type: int", "    type: integer", "indicators[0].type", "dùng một trong: int"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "field", "message"), WRONG)
def test_what_is_wrong_is_told_with_file_line_and_field(  # noqa: PLR0917 - one row of the table
    config: Path, file: str, old: str, new: str, field: str, message: str
) -> None:
    line = rewrite(config / file, old, new)
    found = [p for p in problems_of(config / PLAN) if p.field == field]
    assert found, problems_of(config / PLAN)
    assert found[0].file == str(config / file)
    assert abs(found[0].line - line) <= 1  # a list item stands below the key it belongs to
    assert message in found[0].message


def test_a_missing_field_is_told_at_what_lacks_it(config: Path) -> None:
    line = rewrite(config / PLAN, "    short_name: Chuẩn bị\n", "")
    (found,) = problems_of(config / PLAN)
    assert (found.field, found.message) == ("phases[0].short_name", "thiếu mục bắt buộc này")
    assert found.line == line - 2  # the dash of the phase


def test_a_key_written_twice_is_told_with_both_lines(config: Path) -> None:
    line = rewrite(config / PLAN, "symbol: KH-UBND", "code: KHAC")
    found = [p for p in problems_of(config / PLAN) if p.field == "code"]
    assert [p.line for p in found] == [line]
    assert "lần đầu ở dòng 5" in found[0].message


def test_a_problem_reads_as_an_editor_wants_it(config: Path) -> None:
    line = rewrite(config / PLAN, "flow: activities", "flow: party")
    (found,) = problems_of(config / PLAN)
    assert str(found).startswith(f"{config / PLAN}:{line}: phases[1].flow: không có luồng “party”")


def test_all_errors_come_at_once_in_the_order_of_files_and_lines(config: Path) -> None:
    rewrite(config / PLAN, "ngày 22/6/2026", "ngày 31/6/2026")
    rewrite(config / PLAN, "number: null", "number: một")
    rewrite(config / PLAN, "code: KHCN-2026", "code: 7")
    rewrite(config / UNITS, "kind: centre", "kind: center")
    rewrite(config / CATALOGUE, "section: A", "section: 1")
    found = problems_of(config / PLAN)
    assert [Path(p.file).name for p in found] == [
        *["bat-mot-2026.yaml"] * 3, "bat-mot.yaml", "khcn-2026.yaml",
    ]  # fmt: skip
    assert [p.line for p in found[:3]] == sorted(p.line for p in found[:3])


def test_an_unread_deadline_does_not_hide_contradictions_elsewhere(config: Path) -> None:
    rewrite(config / PLAN, "ngày 22/6/2026", "ngày 31/6/2026")
    rewrite(config / PLAN, "reviewed_by: vp", "reviewed_by: vpp")
    rewrite(config / UNITS, "  - id: kt\n", "  - id: vhxh\n")
    fields = {p.field for p in problems_of(config / PLAN)}
    assert {
        "requirements[3].periods[0].deadline.wording", "requirements[1].reviewed_by", "units[2].id",
    } <= fields  # fmt: skip


@pytest.mark.parametrize(
    ("new", "field", "message"),
    [
        ("deadline: trước ngày 30/6/2026", "report_deadline", "nhóm các mục"),
        ("deadline: {origin: source}", "report_deadline.wording", "thiếu mục"),
        ("deadline: {wording: trước ngày 30/6/2026, day: 2026-06-30}", "report_deadline.day", "không có mục"),
    ],
)  # fmt: skip
def test_a_deadline_is_written_by_its_wording_only(
    config: Path, new: str, field: str, message: str
) -> None:
    rewrite(config / "plans/dong-hoa-2026.yaml", "deadline: {wording: đến hết ngày 29/9/2026, origin: source, basis: IV.3}\nbuf", new + "\nbuf")  # fmt: skip
    (found,) = problems_of(config / "plans/dong-hoa-2026.yaml")
    assert found.field == field
    assert message in found.message


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "trống"),
        (b"- a\n- b\n", "khóa"),
        (b"id: a\n---\nid: b\n", "sai cú pháp"),
        (b"id: x\nname: \xff\xfe\n", "UTF-8"),
        (b"a: " + b"[" * 40 + b"]" * 40, "lồng nhau"),
        (b"#" * (MAX_BYTES + 1), "2 MB"),
    ],
)
def test_a_file_that_is_no_plan_at_all_is_refused(tmp_path: Path, raw: bytes, message: str) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(raw)
    (found,) = problems_of(file)
    assert message in found.message


def test_a_file_of_aliases_is_refused_before_it_grows(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 40))]
    file = tmp_path / "bomb.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert problems_of(file)[0].line == 1


def test_a_plan_that_is_not_there_is_told(tmp_path: Path) -> None:
    (found,) = problems_of(tmp_path / "no.yaml")
    assert "không đọc được tệp" in found.message


def test_the_register_may_stand_beside_the_plan(config: Path) -> None:
    shutil.copy(config / UNITS, config / "plans/danh-ba.yaml")
    rewrite(config / PLAN, "register_file: units/bat-mot.yaml", "register_file: danh-ba.yaml")
    assert len(read_dossier(config / PLAN).units.units) == 29


def test_two_plans_may_not_share_an_id(config: Path) -> None:
    line = rewrite(config / "plans/dong-hoa-2026.yaml", "id: kh-cds-2026", "id: kh-khcn-2026")
    with pytest.raises(PlanInvalidError) as caught:
        read_dossiers(config / "plans")
    (found,) = caught.value.problems
    assert (Path(found.file).name, found.line) == ("dong-hoa-2026.yaml", line)
    assert "bat-mot-2026.yaml" in found.message


def test_a_folder_tells_the_problems_of_all_its_plans(config: Path) -> None:
    rewrite(config / PLAN, "flow: activities", "flow: party")
    rewrite(config / "plans/dong-hoa-2026.yaml", "number: 52", "number: năm hai")
    with pytest.raises(PlanInvalidError) as caught:
        read_dossiers(config / "plans")
    assert len(caught.value.problems) == 2
    assert "2 lỗi" in str(caught.value)


def test_texts_are_composed_even_if_the_file_is_not(config: Path) -> None:
    import unicodedata  # noqa: PLC0415 - only here

    file = config / PLAN
    file.write_text(
        unicodedata.normalize("NFD", file.read_text(encoding="utf-8")), encoding="utf-8"
    )
    assert read_dossier(file).plan.place == "Bát Mọt"


def test_no_code_knows_a_plan_by_name() -> None:
    """The plans are data: neither their ids nor their communes occur in the code."""
    root = CONFIG.parent
    names = re.compile(r"bat-mot|Bát Mọt|kh-khcn-2026|dong-hoa|Đông Hòa|kh-cds-2026")
    layers = ("models", "adapters", "services", "tasks", "flows", "portal")
    guilty = [
        f"{path.relative_to(root)}"
        for layer in layers
        for path in (root / layer).glob("*.py")
        if names.search(_code_only(path))
    ]
    assert guilty == []


def _code_only(path: Path) -> str:
    """The file without comments, docstrings and the examples that forms show."""
    return re.sub(r'(?i)#.*|"""(?:.|\n)*?"""|ví dụ.*', "", path.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_shipped_yaml_is_plain_yaml() -> None:
    for file in CONFIG.glob("*/*.yaml"):
        assert yaml.safe_load(file.read_text(encoding="utf-8")) is not None
