"""A whole rehearsal: its dates, its escalations, its outputs; and the folder it plays in."""

import json
import sys
from pathlib import Path

import pytest

from cli.rehearsal.campaign import find_dossier
from cli.rehearsal.home import Progress, open_progress, save_progress, sole_player
from models.errors import UsageError
from tests.cli.rehearsals import PLAYS, Rehearsal, message_ids

pytestmark = PLAYS
PLAN = "kh-khcn-2026"
RUNGS = ("T-7", "T-3", "T-1", "T+1", "T+2", "T+3")
# domain.md 1.5; of the final report only what comes before its dispatch on 26/6.
TABLE = {
    "KHCT/dt-ccb/1": ("05-22", "05-26", "05-28", "06-01", "06-02", "06-03"),
    "BCDK/vhxh/1": ("05-25", "05-27", "05-29", "06-02", "06-03", "06-04"),
    "BCDK/vhxh/2": ("06-09", "06-11", "06-15", "06-17", "06-18", "06-19"),
    "BC/dt-dtn/1": ("06-15", "06-17", "06-19", "06-23", "06-24", "06-25"),
    "BCTK/ubnd/1": ("06-22", "06-24", "06-26"),
}
DUE = {
    "KHCT/dt-ccb/1": "05-29",
    "BCDK/vhxh/1": "06-01",
    "BCDK/vhxh/2": "06-16",
    "BC/dt-dtn/1": "06-22",
}
Reminded = dict[tuple[str, str], str]


def reminders_of(rehearsal: Rehearsal, product: str) -> Reminded:
    """When each rung of a product reached each audience: (rung, audience) -> "06-22T07:30"."""
    found = {}
    for row in rehearsal.letters():
        for item in row["items"]:
            obligation, rung, audience = item.split()
            if obligation == f"{PLAN}/{product}":
                found[rung, audience] = row["instant"][5:16]
    return found


def kinds_of(rehearsal: Rehearsal, product: str) -> dict[tuple[str, str], str]:
    """The kind of letter that led with a rung of the product, by day and hour and recipient."""
    rows = (r for r in rehearsal.letters() if r["obligation"] == f"{PLAN}/{product}" and r["rung"])
    return {(r["rung"], r["recipient"]): r["what"] for r in rows}


@pytest.mark.slow
@pytest.mark.parametrize("product", TABLE)
def test_every_reminder_falls_on_the_day_of_the_timetable(typical: Rehearsal, product: str) -> None:
    found = reminders_of(typical, product)
    days = {rung: at[:5] for (rung, _), at in found.items()}
    assert tuple(days.get(rung) for rung in RUNGS[: len(TABLE[product])]) == TABLE[product]
    assert days.get("T") == DUE.get(product)


@pytest.mark.slow
@pytest.mark.parametrize("product", ["KHCT/dt-ccb/1", "BC/dt-dtn/1"])
def test_a_late_unit_is_escalated_step_by_step(typical: Rehearsal, product: str) -> None:
    unit = product.split("/")[1]
    contact, head = f"{unit}@batmot.example", f"lanhdao.{unit}@batmot.example"
    kinds = kinds_of(typical, product)
    assert kinds["T+1", contact] == "E06"
    assert kinds["T+1pm", head] == "E08"
    assert kinds["T+2", contact] == kinds["T+2", head] == "E07"
    found = reminders_of(typical, product)
    assert found["T+1pm", "head"].endswith("T14:00")
    assert {"leader", "coordinator_head"} == {a for r, a in found if r == "T+3"}


@pytest.mark.slow
def test_from_t4_the_head_is_written_to_until_nobody_is_chased(typical: Rehearsal) -> None:
    assert reminders_of(typical, "KHCT/dt-ccb/1")["T+4", "head"] == "06-04T07:30"
    assert not [r for r, _ in reminders_of(typical, "BC/dt-dtn/1") if r in {"T+4", "T+5"}]


@pytest.mark.slow
def test_the_leader_gets_one_letter_a_day_for_all_units(typical: Rehearsal) -> None:
    days = [r["instant"][:10] for r in typical.letters("E09") if r["unit"] == "ubnd"]
    assert days == sorted(set(days))
    (of_reports,) = (r for r in typical.letters("E09") if r["instant"][:10] == "2026-06-25"
                     and r["unit"] == "ubnd")  # fmt: skip
    assert len(of_reports["items"]) == 2


@pytest.mark.slow
def test_nobody_is_reminded_twice_a_day_or_outside_office_hours(typical: Rehearsal) -> None:
    letters = [r for r in typical.letters() if r["items"]]
    days = [(r["recipient"], r["instant"][:10]) for r in letters]
    assert len(days) == len(set(days))
    assert {r["instant"][11:16] for r in letters} <= {"07:30", "14:00"}


@pytest.mark.slow
def test_the_report_goes_up_on_friday_and_is_received_on_monday(typical: Rehearsal) -> None:
    summary = typical.summary
    assert summary["dispatched_at"] == "2026-06-26T15:00:00+07:00"
    assert summary["received_at"].startswith("2026-06-29")
    assert (summary["plan_state"], summary["report_number"]) == ("closed", 112)
    assert [r["what"] for r in typical.timeline if r["kind"] == "decision"] == [
        "returned",
        "approved",
    ]
    assert len(summary["reports"]["missing"]) == 2


@pytest.mark.slow
def test_a_dead_mailbox_hands_over_to_the_head(typical: Rehearsal) -> None:
    rows = [r for r in typical.timeline if r["unit"] == "bn-bp" and r["kind"] == "letter"]
    assert [r["what"] for r in rows if r["state"] == "refused"] == ["E01"]
    sent = [r for r in rows if r["state"] == "accepted" and r["what"] == "E01"]
    assert {r["recipient"] for r in sent} == {"lanhdao.bn-bp@batmot.example"}
    assert not [r for r in rows if r["state"] == "accepted" and r["recipient"].startswith("bn-bp@")]


@pytest.mark.slow
def test_the_folder_holds_what_a_person_wants_to_see(typical: Rehearsal) -> None:
    page = (typical.out / "timeline.html").read_text()
    assert "Hội Cựu chiến binh" in page
    assert "http" not in page
    names = {Path(name).suffix for name in typical.summary["files"]}
    assert names == {".docx", ".pdf"}
    assert all((typical.out / name).stat().st_size > 10_000 for name in typical.summary["files"])
    assert json.loads((typical.out / "summary.json").read_text()) == typical.summary
    to_units = [id_ for id_ in message_ids(typical.out).elements() if ".E20@" not in id_]
    assert len(to_units) == len(typical.letters())  # alarms go to the administrator alone


@pytest.mark.slow
def test_the_typical_rehearsal_is_made_of_real_flow_runs(typical: Rehearsal) -> None:
    sys.stderr.write(f"\ntypical: {typical.seconds:.0f} s, {typical.summary['flow_runs']} runs\n")
    assert int(str(typical.summary["flow_runs"])) > 100


def progress(**changes: object) -> Progress:
    known = Progress(plan_id="a", scenario_id="typical", digest="1")
    return known.model_copy(update=changes)


def test_an_interrupted_rehearsal_is_continued(tmp_path: Path) -> None:
    save_progress(tmp_path, progress(done=7))
    assert open_progress(tmp_path, progress()).done == 7


@pytest.mark.parametrize("known", [{"is_finished": True}, {"digest": "2"}])
def test_a_finished_or_altered_rehearsal_begins_afresh(
    tmp_path: Path, known: dict[str, object]
) -> None:
    save_progress(tmp_path, progress(done=7, **known))
    (tmp_path / "mail").mkdir()
    (tmp_path / "cua-toi.txt").write_text("giữ lại")
    assert open_progress(tmp_path, progress()).done == 0
    assert [path.name for path in tmp_path.iterdir()] == ["cua-toi.txt"]


@pytest.mark.parametrize("other", [{"plan_id": "b"}, {"scenario_id": "worst"}])
def test_another_rehearsals_folder_is_refused(tmp_path: Path, other: dict[str, object]) -> None:
    save_progress(tmp_path, progress(**other))
    with pytest.raises(UsageError, match="--out"):
        open_progress(tmp_path, progress())


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bao-cao.docx").write_text("quan trọng")
    with pytest.raises(UsageError, match=r"bao-cao\.docx"):
        open_progress(tmp_path, progress())


def test_two_rehearsals_never_share_a_folder(tmp_path: Path) -> None:
    with sole_player(tmp_path), pytest.raises(UsageError, match="đang chạy"), sole_player(tmp_path):
        pass


@pytest.mark.slow
def test_a_plan_is_found_by_path_file_name_or_id() -> None:
    by_name = find_dossier("bat-mot-2026")
    assert find_dossier("kh-khcn-2026") == by_name
    assert find_dossier("config/plans/bat-mot-2026.yaml") == by_name
    with pytest.raises(UsageError, match="bat-mot-2026, dong-hoa-2026"):
        find_dossier("khong-co")
