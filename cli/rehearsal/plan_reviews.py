"""Compliance reviews in a rehearsal: the form filled as the office fills it, from the checks."""

from adapters.rule_sets import read_rule_set
from cli.rehearsal.play import Play
from models.compliance import POINTS, ComplianceRow, Mark, Result, Suggestion
from models.obligations import Obligation
from models.scenarios import ReturnCase
from services.compliance import judge_plan, read_forms, suggest
from services.review_items import read_review_item

OPENED = "Đã mở bản kế hoạch để đối chiếu; nội dung này đạt."
RETURNED_POINT = 12  # who is in charge, when, where: what units leave out


def judge(
    play: Play, obligation: Obligation, reviewer: str, *, returned: ReturnCase | None
) -> None:
    """Sign the form of twelve points over a detailed plan: passed, or returned for one point."""
    item = read_review_item(
        play.engine, obligation.id, commune=play.desk.commune, calendar=play.calendar, now=play.now
    )
    assert item.latest is not None
    found = suggest(
        item.plan, item.unit, item.latest, blobs=play.desk.blobs, rules=read_rule_set(),
        calendar=play.calendar,
    )  # fmt: skip
    forms = read_forms(play.engine, obligation.id, commune=play.desk.commune)
    wanted = {} if returned is None else {RETURNED_POINT: returned.remark}
    day = play.calendar.add_working_days(play.today, returned.due_in_days) if returned else None
    judge_plan(
        play.engine, obligation.id, seen=obligation.version,
        seen_editions=sum(form.version == obligation.version for form in forms),
        rows=[_row(number, found.get(number), wanted.get(number)) for number in POINTS],
        result=Result.PASS if returned is None else Result.RETURN, by=reviewer, unit_id=None,
        due_at=play.calendar.close_of(day) if day else None, now=play.now,
    )  # fmt: skip


def _row(number: int, found: Suggestion | None, wanted: str | None) -> ComplianceRow:
    """One point: as it is returned, else as the check found it, else opened and found in order."""
    if wanted is not None:
        return ComplianceRow(number=number, mark=Mark.FAIL, remark=wanted, suggestion=found)
    if found is None or found.mark is Mark.FAIL:
        remark = "" if found is None else OPENED
        return ComplianceRow(number=number, mark=Mark.PASS, remark=remark, suggestion=found)
    return ComplianceRow(number=number, mark=found.mark, suggestion=found)
