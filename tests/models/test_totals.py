from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UsageError
from models.indicators import IndicatorCatalogue
from models.submissions import FieldValue, Row
from models.total_sources import BY_FORMULA, LEAD_COUNTS, NO_KEY, NO_LEAD, ONLY_SUPPORTS, REPEATED
from models.totals import AcceptedReport, Totals, compute_totals, number_of, recheck, trace
from tests.report_samples import CATALOGUE, event, event_list, indicator, report, rule

UNITS = ("dt-hnd", "kt", "th-th", "thon-01", "vhxh")


def totals_of(*reports: AcceptedReport, **constants: int) -> Totals:
    return compute_totals(CATALOGUE, reports, constants=constants)


def value(totals: Totals, id_: str) -> object:
    return totals.total(id_).value


def test_numbers_of_all_units_add_up() -> None:
    totals = totals_of(report("kt", {"TT01": 5}), report("vhxh", {"TT01": 7}), report("th-th", {}))
    assert value(totals, "TT01") == 12
    assert totals.total("TT01").reporting_units == ("kt", "vhxh")
    assert [s.value for s in trace(totals, "TT01")] == [5, 7]


def test_silence_zero_and_nothing_to_report_are_three_answers() -> None:
    totals = totals_of(report("kt", {"TT01": 0}), report("vhxh", {}, nil_reason="Không tổ chức"))
    assert value(totals, "TT01") == 0
    assert value(totals, "TT02") is None
    assert totals.nil_units == ("vhxh",)


def test_maps_add_up_key_by_key() -> None:
    totals = totals_of(
        report("kt", {"TT04": {"zalo": 1, "facebook": 2}}), report("vhxh", {"TT04": {"zalo": 3}})
    )
    assert value(totals, "TT04") == {"facebook": 2, "zalo": 4}
    assert number_of(totals.total("TT04")) == 6


def test_yes_is_counted_the_largest_kept_and_texts_listed() -> None:
    totals = totals_of(
        report("kt", {"CD02": True, "UD08": 4, "DG01": " Tốt ", "HD04": "lua; rung"}),
        report("vhxh", {"CD02": False, "UD08": 3, "DG01": "", "HD04": "lua"}),
    )
    assert value(totals, "CD02") == 1
    assert value(totals, "UD08") == 4
    assert value(totals, "DG01") == ("Tốt",)
    assert value(totals, "HD04") == ("lua", "rung")
    assert number_of(totals.total("DG01")) is None


def test_a_joint_event_counts_once_under_its_lead() -> None:
    totals = totals_of(
        report("dt-hnd", {"HD01": (event("e1", role="phối hợp", participants=9),), "HD03": 9}),
        report("vhxh", {"HD01": (event("E1 "),), "HD03": 40}),
    )
    assert value(totals, "HD01") == 1
    lead, support = trace(totals, "HD01")
    assert (lead.unit_id, lead.counted) == ("vhxh", True)
    assert (support.unit_id, support.counted, support.why) == ("dt-hnd", False, LEAD_COUNTS)
    assert value(totals, "HD03") == 40
    assert trace(totals, "HD03")[1].why == ONLY_SUPPORTS


def test_an_event_no_lead_reported_counts_once_and_is_flagged() -> None:
    totals = totals_of(
        report("dt-hnd", {"HD01": (event("e1", role="phối hợp"),), "HD03": 9}),
        report("kt", {"HD01": (event("e1", role="phối hợp"),), "HD03": 8}),
    )
    assert value(totals, "HD01") == 1
    assert trace(totals, "HD01")[0].why == NO_LEAD
    assert value(totals, "HD03") == 9


def test_two_leads_of_one_event_count_once() -> None:
    totals = totals_of(
        report("kt", {"HD01": (event("e1"),)}), report("vhxh", {"HD01": (event("e1"),)})
    )
    assert value(totals, "HD01") == 1
    assert trace(totals, "HD01")[1].why == REPEATED


def test_a_household_helped_twice_counts_once_and_accents_tell_people_apart() -> None:
    first: Row = {"household": "Lò Văn Hoa", "village": "Vịn"}
    again: Row = {"household": " lò văn  hoa", "village": "Vịn"}
    other: Row = {"household": "Lò Văn Hòa", "village": "Vịn"}
    totals = totals_of(report("kt", {"UD01": (first, other)}), report("vhxh", {"UD01": (again,)}))
    assert value(totals, "UD01") == 2


def test_an_empty_list_says_zero_and_a_row_without_a_key_is_left_out() -> None:
    assert value(totals_of(report("kt", {"HD01": ()})), "HD01") == 0
    unkeyed = totals_of(report("kt", {"HD01": (event(""),)}))
    assert value(unkeyed, "HD01") is None
    assert trace(unkeyed, "HD01")[0].why == NO_KEY


def test_computed_figures_come_from_totals_and_never_from_reports() -> None:
    totals = totals_of(
        report("kt", {"KP01": 1_000, "KP03": 9_999, "TT01": 4}),
        report("vhxh", {"KP02": 2_000, "TT01": 4}),
        SO_THON=9,
    )
    assert value(totals, "KP03") == 3_000
    assert value(totals, "PT01") == Decimal("88.9")
    assert [s.why for s in trace(totals, "KP03") if not s.counted] == [BY_FORMULA]
    assert {s.field for s in trace(totals, "KP03") if s.counted} == {"KP01", "KP02"}


def test_a_percentage_without_its_denominator_is_absent() -> None:
    assert value(totals_of(report("kt", {"TT01": 4})), "PT01") is None
    assert value(totals_of(report("kt", {"TT01": 4}), SO_THON=0), "PT01") is None


def test_a_sum_says_which_term_it_lacks() -> None:
    total = totals_of(report("kt", {"KP01": 1_000})).total("KP03")
    assert (total.value, total.missing_inputs) == (1_000, ("KP02",))


@pytest.mark.parametrize(
    ("id_", "wrong"),
    [
        ("TT01", "5"),
        ("TT01", True),
        ("TT01", -5),
        ("TT04", 5),
        ("TT04", {"zalo": -1}),
        ("CD02", 1),
        ("HD01", 3),
        ("DG01", 3),
    ],
)
def test_a_value_of_the_wrong_kind_never_reaches_a_total(id_: str, wrong: FieldValue) -> None:
    totals = totals_of(report("kt", {id_: wrong}))
    assert value(totals, id_) is None
    assert all(s.why and not s.counted for s in trace(totals, id_))


def test_numbers_of_supporters_stay_out_through_parts_and_ceilings() -> None:
    catalogue = IndicatorCatalogue(
        id="x",
        title="",
        sections={"A": "A"},
        indicators=(
            event_list("L"),
            indicator(
                "ALL",
                rules=(
                    rule("ratio", low=1, high=9, others=("L",)),
                    rule("equals_sum", others=("ONE", "TWO")),
                ),
            ),
            *(
                indicator("ONE"),
                indicator("TWO"),
                indicator("FREE", rules=(rule("at_most_sum", others=("OTHER",)),)),
            ),
            *(
                indicator("OTHER"),
                indicator("PRIZES", rules=(rule("at_most_sum", others=("ONE",)),)),
            ),
        ),
    )
    given: dict[str, FieldValue] = {
        "L": (event("e", role="phối hợp"),),
        "ALL": 3,
        "ONE": 1,
        "TWO": 2,
        "PRIZES": 1,
        "FREE": 1,
    }
    totals = compute_totals(catalogue, [report("kt", given), report("vhxh", {"L": (event("e"),)})])
    assert [value(totals, id_) for id_ in ("ALL", "ONE", "TWO", "PRIZES", "FREE")] == [
        None,
        None,
        None,
        None,
        1,
    ]


def test_two_answers_to_one_obligation_are_refused() -> None:
    with pytest.raises(UsageError, match="hai bản"):
        totals_of(report("kt", {"TT01": 1}), report("kt", {"TT01": 2}))


def test_a_circular_formula_is_refused() -> None:
    circle = (
        indicator("A", aggregation="computed", formula="B"),
        indicator("B", aggregation="computed", formula="A"),
    )
    with pytest.raises(UsageError, match="quay vòng"):
        compute_totals(IndicatorCatalogue(id="x", title="", sections={}, indicators=circle), [])


def test_a_figure_changed_by_hand_is_found() -> None:
    totals = totals_of(report("kt", {"TT01": 5}))
    assert recheck(totals) == ()
    forged = totals.model_copy(
        update={
            "totals": tuple(
                t.model_copy(update={"value": 6}) if t.indicator_id == "TT01" else t
                for t in totals.totals
            )
        }
    )
    assert "TT01" in recheck(forged)[0]


def test_totals_survive_storage() -> None:
    totals = totals_of(
        report("kt", {"TT01": 4, "HD01": (event("e"),), "TT04": {"zalo": 1}, "CD02": True}),
        SO_THON=9,
    )
    assert Totals.model_validate_json(totals.model_dump_json()) == totals
    assert recheck(Totals.model_validate(totals.model_dump(mode="json"))) == ()


def test_an_unknown_figure_has_no_trace() -> None:
    with pytest.raises(KeyError):
        trace(totals_of(), "XX")


rows = st.lists(
    st.builds(
        event,
        st.sampled_from(["e1", "e2", "e3", "E1"]),
        role=st.sampled_from(["chủ trì", "phối hợp"]),
        participants=st.integers(0, 90),
    ),
    max_size=4,
).map(tuple)
answers: st.SearchStrategy[dict[str, FieldValue]] = st.fixed_dictionaries(
    {},
    optional={
        "TT01": st.integers(0, 99),
        "TT04": st.dictionaries(st.sampled_from(["zalo", "facebook"]), st.integers(0, 9)),
        "HD01": rows,
        "HD03": st.integers(0, 99),
        "CD02": st.booleans(),
        "UD08": st.integers(0, 9),
        "KP01": st.integers(0, 9).map(lambda n: n * 1_000),
    },
)
campaigns = st.dictionaries(st.sampled_from(UNITS), answers, max_size=5).map(
    lambda by_unit: [report(unit, values) for unit, values in by_unit.items()]
)


@pytest.mark.slow
@given(campaigns.flatmap(lambda reports: st.tuples(st.just(reports), st.permutations(reports))))
def test_any_order_of_reports_gives_the_same_totals(
    orders: tuple[Sequence[AcceptedReport], Sequence[AcceptedReport]],
) -> None:
    one, other = orders
    assert compute_totals(CATALOGUE, one) == compute_totals(CATALOGUE, other)


@pytest.mark.slow
@given(campaigns)
def test_every_figure_is_exactly_what_its_sources_say(reports: list[AcceptedReport]) -> None:
    totals = compute_totals(CATALOGUE, reports, constants={"SO_THON": 9})
    assert recheck(totals) == ()
    for total in totals.totals:
        counted = [s for s in trace(totals, total.indicator_id) if s.counted]
        assert (total.value is None) == (not counted)
        assert all(s.why for s in total.sources if not s.counted)
    for id_ in ("TT01", "HD03", "KP01"):
        total = totals.total(id_)
        assert (total.value or 0) == sum(int(str(s.value)) for s in total.counted)


@pytest.mark.slow
@given(campaigns)
def test_no_event_counts_twice(reports: list[AcceptedReport]) -> None:
    told = {
        str(row["event_id"]).casefold()
        for r in reports
        if isinstance(rows := r.answer.values.get("HD01", ()), tuple)
        for row in rows
    }
    assert (compute_totals(CATALOGUE, reports).total("HD01").value or 0) == len(told)
