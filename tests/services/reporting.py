"""The reporting desk of the service tests: units report, the office assembles, the leader decides."""

from dataclasses import dataclass
from datetime import date, datetime

from adapters.blobs import BlobStore
from adapters.outlines import read_outline
from adapters.rule_sets import read_rule_set
from models.submissions import Answer
from services import (
    decision_requests,
    decisions,
    dispatches,
    report_edits,
    report_numbers,
    reports,
    sign_offs,
)
from services.decisions import Verdict
from services.reports import ReportRecord
from tests.services.mailroom import excuse
from tests.services.stage import PLAN, SHEET, Office, at, owed_by

RULES = read_rule_set()
REPORTED = at((20, 6))
DRAFTED = at((25, 6), "07:30")
ISSUED = date(2026, 6, 26)


@dataclass(frozen=True)
class Reporting:
    """What happens to the final report, in one line each."""

    office: Office
    blobs: BlobStore

    def report(self, unit_id: str = "thon-01", answer: Answer = SHEET, requirement: str = "PSL",
               now: datetime = REPORTED) -> None:  # fmt: skip
        """Have a unit's answer submitted and accepted."""
        self.office.submit(owed_by(unit_id, requirement), answer, now=now)
        self.office.accept(owed_by(unit_id, requirement), now=now)

    def excuse_the_rest(self) -> None:
        """Free every unit that still owes a report that is counted."""
        kinds = {"unit_report", "village_sheet"}
        owed = [o.id for o in self.office.obligations() if o.is_open and o.kind in kinds]
        excuse(self.office, *owed)

    def assemble(self, now: datetime = DRAFTED) -> ReportRecord:
        """Assemble the report by the plan's outline."""
        return reports.assemble(
            self.office.engine, PLAN, outline=read_outline("khcn-2026"), blobs=self.blobs,
            actor="vhxh", now=now,
        )  # fmt: skip

    def edit(self, place: str, text: str) -> None:
        """Keep the office's own words for a part of the outline."""
        report_edits.edit_place(
            self.office.engine, PLAN, place=place, text=text, outline=read_outline("khcn-2026"),
            by="vhxh", now=DRAFTED,
        )  # fmt: skip

    def sign_off(self, now: datetime = DRAFTED, plan_id: str = PLAN) -> None:
        """Have content and form of the newest version answered for, unless it is decided."""
        made = reports.find_report(self.office.engine, plan_id)
        assert made is not None
        done = sign_offs.find_sign_offs(self.office.engine, made.id)
        if made.verdict is not None or len(done) == len(sign_offs.SignOffKind):
            return
        engine, seen = self.office.engine, made.sha256
        sign_offs.sign_off_content(
            engine, plan_id, version=made.version, sha256_prefix=seen, by="Trưởng phòng", now=now
        )
        sign_offs.sign_off_form(
            engine, plan_id, version=made.version, sha256_prefix=seen, by="Chánh Văn phòng",
            now=now, rules=RULES, blobs=self.blobs, note="đạt",
        )  # fmt: skip

    def ask(self, now: datetime = DRAFTED) -> bool:
        """Put the newest version before the leader."""
        self.sign_off(now)
        return decision_requests.ask_decision(
            self.office.engine, PLAN, calendar=self.office.calendar, now=now
        )

    def decide(
        self,
        verdict: Verdict = Verdict.APPROVED,
        *,
        version: int = 1,
        sha256: str | None = None,
        comment: str = "",
    ) -> bool:
        """Decide on a version as seen, by default on the newest content."""
        seen = sha256 or self.newest().sha256[:12]
        self.sign_off()
        return decisions.decide(
            self.office.engine, PLAN, version=version, sha256_prefix=seen, verdict=verdict,
            by="Lê Văn Công", now=DRAFTED, calendar=self.office.calendar, comment=comment,
        )  # fmt: skip

    def number(
        self, number: int = 112, issued_on: date = ISSUED, plan_id: str = PLAN
    ) -> ReportRecord:
        """Enter the number and day, on the day of issue or on that day if it is later."""
        return report_numbers.number_report(
            self.office.engine, plan_id, number=number, issued_on=issued_on, by="vt",
            blobs=self.blobs, now=at(max(issued_on, ISSUED)),
        )  # fmt: skip

    def dispatch(self, *, now: datetime) -> int:
        """Send the report up; returns how many letters are new."""
        return dispatches.dispatch_report(
            self.office.engine, PLAN, by="vt", blobs=self.blobs, calendar=self.office.calendar,
            now=now,
        )  # fmt: skip

    def dispatch_if_ready(self, *, now: datetime) -> int:
        """Send the report up if it is approved and numbered."""
        return dispatches.dispatch_if_ready(
            self.office.engine, PLAN, by="vt", blobs=self.blobs, calendar=self.office.calendar,
            now=now,
        )  # fmt: skip

    def newest(self) -> ReportRecord:
        """The newest version."""
        found = reports.find_report(self.office.engine, PLAN)
        assert found is not None
        return found
