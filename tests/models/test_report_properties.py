"""The report depends on what is accepted and on the office's words, never on how it came about."""

from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.final_report import FinalReport, reconcile
from models.submissions import FieldValue
from models.totals import AcceptedReport
from tests.final_report_samples import built, totals_of
from tests.report_samples import event, report

UNITS = ("kt", "vhxh", "dt-hnd", "th-th", "thon-01")
PLACES = ("bai_hoc", "nhiem_vu", "uu_diem")
counts = st.integers(0, 10**6)
values: st.SearchStrategy[dict[str, FieldValue]] = st.fixed_dictionaries(
    {},
    optional={
        "TT01": counts, "TT06": counts, "KP01": counts, "KP02": counts, "CD02": st.booleans(),
        "TT04": st.dictionaries(st.sampled_from(["facebook", "zalo"]), counts),
        "HD01": st.lists(
            st.builds(event, st.sampled_from("abc"), role=st.sampled_from(["chủ trì", "phối hợp"])),
            max_size=3,
        ).map(tuple),
        "HD03": counts, "HD04": st.sampled_from(["lua", "lua; rung"]),
        "DG01": st.sampled_from(["Tốt", "Khá; đạt 7 việc", "Tốt."]),
    },
)  # fmt: skip
submissions = st.lists(st.tuples(st.sampled_from(UNITS), values), min_size=1, max_size=12)
edits = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(["", "Phát {TT01} lượt", "- Lời xã"])),
    max_size=6,
)


@dataclass
class Desk:
    """What the office does: versions come in, go back, come again; drafts are made in between."""

    versions: dict[str, int] = field(default_factory=dict)
    accepted: dict[str, AcceptedReport] = field(default_factory=dict)
    edits: dict[str, str] = field(default_factory=dict)

    def submit(self, unit: str, given: dict[str, FieldValue]) -> None:
        """Take in the next version, in the place of the one there was."""
        self.versions[unit] = self.versions.get(unit, 0) + 1
        self.accepted[unit] = report(unit, given)

    def draft(self) -> FinalReport:
        """Make the report, in whatever order the answers are at hand."""
        reports = tuple(self.accepted.values())
        return built(totals_of(reports), edits=self.edits)


@pytest.mark.slow
@given(submissions, edits, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_any_order_gives_the_same_report_for_the_same_versions(
    given_: list[tuple[str, dict[str, FieldValue]]], written: list[tuple[str, str]], chance: Random
) -> None:
    straight, crooked = Desk(), Desk()
    last = dict(given_)
    for unit, said in last.items():
        straight.submit(unit, said)
    straight.edits = dict(written)
    steps: list[tuple[str, dict[str, FieldValue]]] = [*given_, *given_]
    chance.shuffle(steps)
    for unit, said in steps:  # returned and sent again, drafts made all the while
        crooked.submit(unit, said)
        crooked.draft()
    for unit in chance.sample(sorted(last), len(last)):
        crooked.submit(unit, last[unit])
    for place, text in written:
        crooked.edits[place] = text
        crooked.draft()
    assert crooked.draft() == straight.draft()
    assert crooked.draft().model_dump_json() == straight.draft().model_dump_json()


@pytest.mark.slow
@given(submissions, edits)
@settings(max_examples=60)
def test_every_report_reconciles_with_its_sources(
    given_: list[tuple[str, dict[str, FieldValue]]], written: list[tuple[str, str]]
) -> None:
    desk = Desk(edits=dict(written))
    for unit, said in given_:
        desk.submit(unit, said)
    totals = totals_of(tuple(desk.accepted.values()))
    faults = reconcile(desk.draft(), totals)
    assert FinalReport.model_validate_json(desk.draft().model_dump_json()) == desk.draft()
    # An edit may name a figure that nobody reported: that is told, and nothing else is wrong.
    assert all("chưa điền" in fault for fault in faults)


@pytest.mark.slow
@given(submissions)
@settings(max_examples=60)
def test_an_altered_figure_never_passes(given_: list[tuple[str, dict[str, FieldValue]]]) -> None:
    desk = Desk()
    for unit, said in given_:
        desk.submit(unit, said)
    made, totals = desk.draft(), totals_of(tuple(desk.accepted.values()))
    for total in totals.totals:
        if isinstance(total.value, int):
            moved = total.model_copy(update={"value": total.value + 1})
            changed = tuple(moved if t is total else t for t in totals.totals)
            assert reconcile(made, totals.model_copy(update={"totals": changed}))
    assert replace(desk).draft() == made
