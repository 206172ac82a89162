"""The report of a whole rehearsal: every number of it leads back to the submissions."""

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import open_engine, transaction
from adapters.ledger import read_plan
from models.submissions import Answer
from services.report_records import read_report
from services.report_traces import reconcile_report
from tests.cli.rehearsals import PLAYS, Rehearsal
from tests.figure_proofs import prove

PLAN = "kh-khcn-2026"


@pytest.mark.slow
@PLAYS
def test_every_number_of_the_typical_report_is_traced(typical: Rehearsal) -> None:
    (database,) = typical.out.rglob("dondoc.sqlite3")
    engine = open_engine(f"sqlite:///{database}")
    with transaction(engine) as connection:
        plan, report = read_plan(connection, PLAN), read_report(connection, PLAN)
        rows = connection.execute(select(tables.submissions.c.id, tables.submissions.c.answer))
        answers = {row.id: Answer.model_validate(row.answer) for row in rows}
        assert prove(plan, report, answers) > 150
        assert reconcile_report(connection, plan, report) == ()
    engine.dispose()
