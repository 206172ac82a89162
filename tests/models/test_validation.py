from typing import Any

import pytest

from models.indicators import IndicatorCatalogue
from models.plans import RequirementKind
from models.submissions import Answer, FieldValue, Finding
from models.validation import asked_indicators, validate_answer
from tests.report_samples import (
    CATALOGUE,
    UNITS,
    dossier,
    event,
    event_list,
    indicator,
    report,
    requirement,
    rule,
)

CHECKED = IndicatorCatalogue(
    id="k",
    title="",
    sections={"A": "A"},
    indicators=(
        indicator("N", rules=(rule("range", low=1, high=10),)),
        indicator("LOW", rules=(rule("range", low=2),)),
        indicator("HIGH", rules=(rule("range", high=5),)),
        indicator("POS", rules=(rule("positive_if", others=("N",)),)),
        indicator(
            "MOST", rules=(rule("at_most_sum", others=("N",), factor=2, severity="warning"),)
        ),
        indicator("SUM", rules=(rule("equals_sum", others=("N", "HIGH")),)),
        indicator("RATE", rules=(rule("ratio", low=5, high=50, others=("L",)),)),
        indicator("B", type="bool", rules=(rule("describe_if_positive"),)),
        indicator("M", type="money", unit_of_measure="đồng"),
        indicator("P", type="pct"),
        indicator("MAP", type="map_int", keys=("a", "b"), rules=(rule("range", low=0, high=9),)),
        indicator("FREE", type="map_int"),
        event_list("L", keys=("x",), rules=(rule("row_fields", fields=("event_id", "place")),)),
        indicator("E", type="enum_list", keys=("lua", "rung")),
        indicator("T", type="text", rules=(rule("max_length", high=5),)),
        indicator(
            "C",
            aggregation="computed",
            formula="N + HIGH",
            rules=(rule("equals_sum", others=("N",)),),
        ),
    ),
)


def findings(values: dict[str, FieldValue], **answer: object) -> tuple[Finding, ...]:
    asked = tuple(one for one in CHECKED.indicators if one.id != "C")
    given = Answer.model_validate({"values": values} | answer)
    return validate_answer(given, asked=asked, catalogue=CHECKED, requirement=requirement())


def errors(values: dict[str, FieldValue], **answer: object) -> list[str]:
    return [f.field for f in findings(values, **answer) if f.is_error]


def warnings(values: dict[str, FieldValue], **answer: object) -> list[str]:
    return [f.field for f in findings(values, **answer) if not f.is_error]


@pytest.mark.parametrize(
    "values",
    [
        {"N": 5, "POS": 1},
        {"LOW": 2, "HIGH": 5},
        {"N": 5, "POS": 1, "MOST": 10},
        {"MOST": 100},
        {"N": 1, "POS": 1, "HIGH": 5, "SUM": 6},
        {"SUM": 6},
        {"RATE": 7},
        {"L": (event("a", type="x"),), "RATE": 40},
        {"B": False},
        {"M": 1_500_000},
        {"P": 100},
        {"MAP": {"a": 1, "b": 9}, "FREE": {"c": 1}},
        {"E": "lua; rung"},
        {"E": {"lua": 1, "rung": 0}},
        {"E": ({"choice": "lua"},)},
        {"T": "năm c"},
        {"N": 5, "POS": 1, "C": 5},
    ],
)
def test_a_right_answer_has_no_remark(values: dict[str, FieldValue]) -> None:
    assert findings(values) == ()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"N": True}, "N"),
        ({"N": "5"}, "N"),
        ({"N": -1}, "N"),
        ({"N": 10**16}, "N"),
        ({"N": 11, "POS": 1}, "N"),
        ({"LOW": 1}, "LOW"),
        ({"HIGH": 6}, "HIGH"),
        ({"N": 5, "POS": 0}, "POS"),
        ({"N": 5, "POS": 1, "SUM": 6}, "SUM"),
        ({"L": (event("a"),), "RATE": 4}, "RATE"),
        ({"L": (event("a"),), "RATE": 51}, "RATE"),
        ({"B": True}, "B"),
        ({"B": 1}, "B"),
        ({"M": "1 triệu"}, "M"),
        ({"P": 101}, "P"),
        ({"P": -1}, "P"),
        ({"MAP": 3}, "MAP"),
        ({"MAP": {"c": 1}}, "MAP"),
        ({"MAP": {"a": -1}}, "MAP"),
        ({"MAP": {"a": 10}}, "MAP"),
        ({"L": 3}, "L"),
        ({"L": (event(""),)}, "L"),
        ({"L": (event("a", participants=-1),)}, "L"),
        ({"L": (event("a", participants="nhiều"),)}, "L"),
        ({"L": (event("a", role="tham dự"),)}, "L"),
        ({"L": (event("a", date="2026-02-30"),)}, "L"),
        ({"L": (event("a", place=""),)}, "L"),
        ({"L": (event("a", type="z"),)}, "L"),
        ({"L": (event("a", title="x" * 60_000),)}, "L"),
        ({"E": 3}, "E"),
        ({"E": "lúa"}, "E"),
        ({"T": 3}, "T"),
        ({"T": "dài quá"}, "T"),
        ({"T": "x" * 60_000}, "T"),
        ({"N": 5, "POS": 1, "C": 6}, "C"),
        ({"KHAC": 1}, "KHAC"),
    ],
)
def test_a_wrong_value_is_named_by_its_field(values: dict[str, FieldValue], field: str) -> None:
    found = [f for f in findings(values) if f.is_error]
    assert {f.field for f in found} == {field}
    assert all("đề nghị" in f.message and field in f.message for f in found)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"M": 1_500}, "M"),
        ({"N": 5, "POS": 1, "MOST": 11}, "MOST"),
        ({"N": 5}, "POS"),
        ({"L": (event("a"), event("A "))}, "L"),
        ({"L": (event("a", role="phối hợp", place=""),)}, "L"),
    ],
)
def test_a_doubtful_value_is_only_asked_about(values: dict[str, FieldValue], field: str) -> None:
    assert errors(values) == []
    assert warnings(values) == [field]


def test_nothing_to_report_needs_a_reason_and_no_values() -> None:
    assert findings({}, nil_reason="Không tổ chức") == ()
    assert errors({}, nil_reason=" ") == ["nil_reason"]
    assert errors({"N": 5, "POS": 1}, nil_reason="Không tổ chức") == ["nil_reason"]


def test_an_empty_answer_is_refused_unless_it_only_acknowledges() -> None:
    assert errors({}) == ["answer"]
    acknowledged = validate_answer(
        Answer(),
        asked=(),
        catalogue=CHECKED,
        requirement=requirement(kind=RequirementKind.ACKNOWLEDGEMENT),
    )
    assert acknowledged == ()


def test_a_text_without_figures_is_asked_for_them() -> None:
    assert warnings({}, narrative={"ket_qua": "Đã tổ chức"}) == ["answer"]


def test_zeros_beside_a_story_are_asked_about() -> None:
    assert warnings({"HIGH": 0}, narrative={"ket_qua": "Đã tổ chức 3 buổi"}) == ["answer"]
    assert warnings({"HIGH": 0, "T": "tốt"}) == ["answer"]
    assert findings({"HIGH": 0}) == ()


def test_an_endless_text_is_refused() -> None:
    assert errors({"HIGH": 1}, notes={"HIGH": "x" * 60_000}) == ["HIGH"]


def test_a_figure_nobody_asked_the_unit_for_is_refused() -> None:
    found = validate_answer(
        Answer(values={"N": 5}),
        asked=(CHECKED.indicator("M"),),
        catalogue=CHECKED,
        requirement=requirement(),
    )
    assert [f.field for f in found if f.is_error] == ["N"]


def asked(unit_id: str, **changes: Any) -> list[str]:
    return [
        one.id for one in asked_indicators(dossier(), requirement(**changes), UNITS.unit(unit_id))
    ]


def test_units_are_asked_what_their_part_in_the_plan_asks() -> None:
    assert "UD08" in asked("kt")
    assert "CD02" not in asked("kt")
    assert "CD02" in asked("th-th")
    assert "KP03" not in asked("kt")  # computed
    assert asked("kt", asks_indicators=False) == []


def test_a_requirement_may_name_its_indicators() -> None:
    assert asked("thon-01", indicators=("TT02", "KP03", "TT01")) == ["TT02", "TT01"]
    with pytest.raises(KeyError):
        asked("thon-01", indicators=("XX",))


def test_a_unit_outside_the_plan_is_asked_nothing() -> None:
    bare = dossier(duty_holders=())
    assert asked_indicators(bare, requirement(), UNITS.unit("kt")) == (CATALOGUE.indicator("UD08"),)


def test_reports_of_the_samples_are_valid() -> None:
    answer = report("kt", {"TT01": 5, "TT02": 50}).answer
    indicators = asked_indicators(dossier(), requirement(), UNITS.unit("kt"))
    assert (
        validate_answer(answer, asked=indicators, catalogue=CATALOGUE, requirement=requirement())
        == ()
    )
