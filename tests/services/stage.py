"""The stage of the service tests: the plan of Bát Mọt, instants in its zone, and quick answers."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Table, func, select

from adapters.database import transaction
from adapters.ledger import read_obligation, read_obligations
from models.boards import Board
from models.calendars import WorkingCalendar
from models.compliance import POINTS, ComplianceRow, Mark, Result
from models.obligations import Obligation
from models.submissions import Answer, Channel
from services import boards, reviews, submissions
from services.compliance import judge_plan
from services.submissions import Receipt

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
COMMUNE = "bat-mot"
PLAN = "kh-khcn-2026"
NUMBER = 15
ISSUED_ON = date(2026, 5, 11)
SHEET = Answer(values={"TT01": 3, "TT02": 30, "TT10": 2, "TT12": 80})
DETAILED_PLAN = Answer(document_number="05/KH-HND", document_date=date(2026, 5, 20))
ALL_PASSED = tuple(ComplianceRow(number=number, mark=Mark.PASS) for number in POINTS)
NIL = Answer(nil_reason="Thôn không tổ chức hoạt động nào trong kỳ.")


def at(day: date | tuple[int, int], hour: str = "08:00") -> datetime:
    """The aware instant of that hour on a day, or on (day, month) of 2026, in the plan's zone."""
    found = day if isinstance(day, date) else date(2026, day[1], day[0])
    return datetime.combine(found, time.fromisoformat(hour), tzinfo=ZONE)


def owed_by(unit_id: str, requirement_id: str = "PSL", period: str = "1") -> str:
    """The id of an obligation of the plan."""
    return f"{PLAN}/{requirement_id}/{unit_id}/{period}"


@dataclass(frozen=True)
class Office:
    """What people of the commune do, in one line each."""

    engine: Engine
    calendar: WorkingCalendar

    def submit(
        self, obligation_id: str, answer: Answer = SHEET, *, now: datetime, nonce: str | None = None
    ) -> Receipt:
        """Send an answer through the portal; the nonce is made of obligation and instant."""
        return submissions.submit(
            self.engine,
            obligation_id,
            answer,
            channel=Channel.PORTAL,
            sent_by=f"{obligation_id.split('/')[2]}.contact",
            nonce=nonce or f"{obligation_id} {now.isoformat()}",
            calendar=self.calendar,
            now=now,
        )

    def accept(self, obligation_id: str, *, now: datetime) -> bool:
        """Accept the latest version; a detailed plan by its form."""
        if "/KHCT/" in obligation_id:
            judge_plan(
                self.engine, obligation_id, seen=self.obligation(obligation_id).version,
                seen_editions=0, rows=ALL_PASSED, result=Result.PASS, by="vhxh", unit_id=None,
                due_at=None, now=now,
            )  # fmt: skip
            return True
        return reviews.accept(self.engine, obligation_id, reviewer="vhxh", now=now)

    def give_back(
        self, obligation_id: str, *, due: datetime, now: datetime, is_formal_defect: bool = False
    ) -> bool:
        """Return the latest version because of one field."""
        return reviews.return_to_unit(
            self.engine,
            obligation_id,
            remarks={"TT12": "Số lượt người chưa khớp danh sách."},
            due_at=due,
            reviewer="vhxh",
            now=now,
            is_formal_defect=is_formal_defect,
        )

    def obligation(self, obligation_id: str) -> Obligation:
        """The obligation as stored."""
        with transaction(self.engine) as connection:
            return read_obligation(connection, obligation_id)

    def obligations(self, plan_id: str = PLAN, commune: str = COMMUNE) -> tuple[Obligation, ...]:
        """All obligations of a plan as stored."""
        with transaction(self.engine) as connection:
            return read_obligations(connection, commune=commune, plan_id=plan_id)

    def board(self, as_of: datetime, plan_id: str = PLAN) -> Board:
        """The plan's board as of an instant."""
        return boards.read_board(self.engine, plan_id, calendar=self.calendar, as_of=as_of)

    def count(self, table: Table) -> int:
        """How many rows a table has."""
        with transaction(self.engine) as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()
