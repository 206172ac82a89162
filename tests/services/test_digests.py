"""One letter tells one reader everything that is owed, over all plans."""

import pytest
from sqlalchemy import Engine

from adapters.ledger import PlanRecord
from models.letters import LetterKind
from models.plans import PlanDossier
from models.standings import working_days_left
from models.submissions import Answer
from services import phases, plans
from services.extensions import request_extension
from tests.services.mailroom import FEW, Mailroom, body_of, excuse, second_plan, with_units
from tests.services.stage import ISSUED_ON, NIL, Office, at, owed_by

CDS = "kh-cds-2026"
LEADER_DAY = at((25, 6), "07:30")  # T+3 of the reports


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def second(engine: Engine, active_plan: PlanRecord, office: Office) -> PlanRecord:
    """A second plan in force in the same commune."""
    plans.import_plan(engine, second_plan(active_plan.dossier), actor="quản trị", now=at((11, 5)))
    plan = plans.activate_plan(
        engine, CDS, number=16, issued_on=ISSUED_ON, actor="quản trị", now=at(ISSUED_ON),
        day=ISSUED_ON,
    )  # fmt: skip
    phases.open_phase(engine, CDS, "P3", calendar=office.calendar, now=at(ISSUED_ON))
    return plan


@pytest.mark.slow
@pytest.mark.usefixtures("second")
def test_one_letter_speaks_of_both_plans(mailroom: Mailroom, office: Office) -> None:
    excuse(office, owed_by("dt-mttq", "XN"))
    mailroom.plan(at((15, 6), "07:30"))
    mailroom.send(at((15, 6), "07:30"))
    (reminder,) = [x for x in mailroom.letters("<dt-mttq@") if x["X-Dondoc-Kind"] == "E02"]
    assert "báo cáo chuyển đổi số" in body_of(reminder).casefold()
    assert "báo cáo kết quả thực hiện kế hoạch" in body_of(reminder).casefold()
    assert "(KHCN-2026)" in body_of(reminder) or "(CDS-2026)" in body_of(reminder)
    assert "và 1 nội dung khác" in str(reminder["Subject"])
    days = [row.day for row in mailroom.rows(contact="dt-mttq.contact") if row.day]
    assert len(days) == 1


@pytest.mark.slow
def test_the_leader_is_told_who_sent_on_time_who_late_and_who_not(
    mailroom: Mailroom, office: Office
) -> None:
    excuse(office, owed_by("vhxh", "BCDK"), owed_by("vhxh", "BCDK", "2"))
    mailroom.plan(at((23, 6), "07:30"))
    mailroom.send(at((23, 6), "07:30"))
    office.submit(owed_by("thon-02"), NIL, now=at((23, 6), "09:00"))
    office.submit(owed_by("vp", "SL"), Answer(nil_reason="Không có số liệu."), now=at((22, 6)))
    for unit in ("dt-mttq", "th-thcs"):
        office.submit(owed_by(unit, "BC"), Answer(nil_reason="Không có."), now=at((22, 6)))
    request_extension(
        office.engine, owed_by("thon-01"), reason="trưởng thôn đi họp", now=at((23, 6), "10:00"),
        requested_by="thon-01.head", proposed_due_at=None,
    )  # fmt: skip
    mailroom.plan(LEADER_DAY)
    mailroom.send(LEADER_DAY)
    leaders = [x for x in mailroom.letters("<lanhdao.ubnd@") if x["X-Dondoc-Kind"] == "E09"]
    (told,) = leaders
    body, _, blocking = body_of(told).partition("Việc còn lại để gửi báo cáo tỉnh")
    # PSL: thon-02 late, thon-01 missing; SL: vp on time, vhxh, kt and cudv missing.
    assert ": 6; đã gửi: 2 (đúng hạn 1, quá hạn 1); chưa gửi: 4" in body
    assert "Thôn" in body
    assert "trưởng thôn đi họp" in body
    assert "Mặt trận" not in body
    assert "còn 02 ngày làm việc" in body
    for blocker in ("đơn vị chưa gửi báo cáo", "Chưa tổng hợp dự thảo", "chưa cấp số, ngày"):
        assert blocker in " ".join(blocking.split())
    assert mailroom.row(LetterKind.LEADER_INFORMED, contact="ubnd.head").unit_id == "ubnd"
    assert mailroom.row(LetterKind.LEADER_INFORMED, contact="vhxh.head").unit_id == "vhxh"


@pytest.mark.slow
@pytest.mark.usefixtures("active_plan")
def test_the_head_reads_who_of_the_unit_was_silent(mailroom: Mailroom) -> None:
    mailroom.plan(at((23, 6), "07:30"))
    mailroom.plan(at((23, 6), "14:00"))
    mailroom.send(at((23, 6), "14:00"))
    (told,) = [x for x in mailroom.letters("<lanhdao.dt-mttq@") if x["X-Dondoc-Kind"] == "E08"]
    assert "Cán bộ đầu mối" in body_of(told)


def test_days_are_counted_as_people_count_them(office: Office) -> None:
    def left(due: tuple[int, int]) -> int:
        return working_days_left(
            at(due, "17:00"), calendar=office.calendar, now=at((17, 6), "07:30")
        )

    assert [left((22, 6)), left((17, 6)), left((16, 6)), left((12, 6))] == [3, 0, -1, -3]
