"""The flows, as real runs on a real Prefect server: what happens, and what does not twice."""

import json
from datetime import date

import pytest
from prefect.client.orchestration import get_client

from flows.activities import activities
from flows.chase import chase
from flows.decide import decide
from flows.extend import extend
from flows.issue_report import issue_report
from flows.mailroom import mailroom
from flows.preparation import preparation
from flows.receive import receive
from flows.reporting import reporting
from flows.sign_off import sign_off
from flows.waive import waive
from models.obligations import ObligationState
from models.submissions import Answer, Channel
from services import boards, reports, reviews, submissions
from tasks.vocabulary import DecisionChoice, SignOffChoice
from tests.flows.conftest import PLAN, Commune, artifacts, newest_run

pytestmark = [pytest.mark.slow, pytest.mark.anyio]


async def test_preparation_opens_assigns_and_shows_and_the_second_run_adds_nothing(
    commune: Commune,
) -> None:
    await preparation()
    sent = commune.letters
    desk = commune.desk()
    board = boards.read_board(desk.engine, PLAN, calendar=desk.calendar, as_of=desk.now)
    assert sent == 43  # 26 contacts and the 17 heads who are not the contact themselves
    assert len(board.rows) == 69
    await preparation()
    again = boards.read_board(desk.engine, PLAN, calendar=desk.calendar, as_of=desk.now)
    assert commune.letters == sent
    assert again.rows == board.rows
    desk.engine.dispose()


async def test_a_run_is_named_by_phase_plan_and_day(commune: Commune) -> None:
    commune.go_to("22/6/2026")
    await reporting(plan=PLAN)
    assert newest_run().name == "Báo cáo · KH Bát Mọt 2026 · 22/6/2026"


async def test_the_table_names_every_unit_that_owes_with_its_status(commune: Commune) -> None:
    await preparation()
    commune.go_to("1/6/2026", "14:00")
    await chase()
    with get_client(sync_client=True) as client:
        table = json.loads(str(artifacts(client, f"don-vi-{PLAN}")[0].data))
        summary = str(artifacts(client, f"chung-{PLAN}")[0].data)
    schools = {row["Đơn vị"]: row for row in table}
    assert schools["Trường Tiểu học Bát Mọt"]["Kế hoạch chi tiết"] == "quá hạn 1 ngày làm việc"
    assert "Trường Tiểu học Bát Mọt" in summary


async def test_a_run_for_a_past_day_only_shows(commune: Commune) -> None:
    await preparation()
    sent = commune.letters
    commune.go_to("29/5/2026", "10:00")
    await preparation(plan=PLAN, day=date(2026, 5, 20))
    assert commune.letters == sent
    with get_client(sync_client=True) as client:
        summary = str(artifacts(client, f"tom-tat-{PLAN}-p1")[0].data)
    assert "20/5/2026" in summary
    assert "đã qua" in summary


async def test_outside_its_window_a_phase_does_nothing(commune: Commune) -> None:
    await reporting()
    await activities()
    assert commune.letters == 0


async def test_on_a_day_off_and_outside_office_hours_nobody_is_reminded(commune: Commune) -> None:
    await preparation()
    sent = commune.letters
    commune.go_to("22/5/2026", "12:00")  # noon
    await chase()
    await mailroom()
    assert commune.letters == sent
    commune.go_to("22/5/2026", "13:50")
    await mailroom()
    reminded = commune.letters
    assert reminded > sent
    commune.go_to("23/5/2026", "08:00")  # a Saturday
    await chase()
    assert commune.letters == reminded


async def test_the_report_goes_from_the_units_to_the_province(commune: Commune) -> None:
    await preparation()
    _answer_everything(commune)
    commune.go_to("22/6/2026")
    await reporting()
    desk = commune.desk()
    report = reports.find_report(desk.engine, PLAN)
    assert report is not None
    assert report.verdict is None
    before = commune.letters
    for matter, by in ((SignOffChoice.CONTENT, "Trưởng phòng"), (SignOffChoice.FORM, "Chánh VP")):
        assert commune.letters == before  # the leader is asked when both are there
        await sign_off(
            plan=PLAN, version=report.version, content=report.sha256[:12], matter=matter, by=by,
            note="đạt",
        )  # fmt: skip
    assert commune.letters == before + 1
    await decide(
        plan=PLAN, version=report.version, content=report.sha256[:12],
        decision=DecisionChoice.APPROVE, by="Lê Văn Công",
    )  # fmt: skip
    commune.go_to("26/6/2026", "14:00")
    await issue_report(PLAN, 112, date(2026, 6, 26), "Văn thư")
    await reporting()
    assert commune.dispatched == 2  # one to each recipient, and no second time
    commune.go_to("29/6/2026", "08:00")
    await receive(PLAN, "ubnd-tinh", "Văn thư")
    await receive(PLAN, "so-khcn", "Văn thư")
    desk.engine.dispose()
    desk = commune.desk()
    board = boards.read_board(desk.engine, PLAN, calendar=desk.calendar, as_of=desk.now)
    final = next(row for row in board.rows if row.requirement_id == "BCTK")
    assert final.state is ObligationState.ACCEPTED
    desk.engine.dispose()


async def test_the_administrator_extends_and_waives_by_form(commune: Commune) -> None:
    await preparation()
    await extend(f"{PLAN}/KHCT/th-th/1", date(2026, 6, 3), "Quản trị", "Tập huấn hè")
    await waive(f"{PLAN}/KHCT/bn-bp/1", "Quản trị", "Không có hoạt động trên địa bàn")
    desk = commune.desk()
    board = boards.read_board(desk.engine, PLAN, calendar=desk.calendar, as_of=desk.now)
    rows = {row.obligation_id: row for row in board.rows}
    assert rows[f"{PLAN}/KHCT/th-th/1"].due_at.date() == date(2026, 6, 3)
    assert rows[f"{PLAN}/KHCT/bn-bp/1"].state is ObligationState.WAIVED
    desk.engine.dispose()


def _answer_everything(commune: Commune) -> None:
    commune.go_to("19/6/2026", "10:00")
    desk = commune.desk()
    board = boards.read_board(desk.engine, PLAN, calendar=desk.calendar, as_of=desk.now)
    for row in board.rows:
        if row.requirement_id in {"BC", "PSL", "SL"}:
            submissions.submit(
                desk.engine, row.obligation_id, Answer(nil_reason="Không phát sinh"),
                channel=Channel.PORTAL, sent_by="đơn vị", nonce=row.obligation_id,
                calendar=desk.calendar, now=desk.now,
            )  # fmt: skip
            reviews.accept(desk.engine, row.obligation_id, reviewer="VH-XH", now=desk.now)
    desk.engine.dispose()
