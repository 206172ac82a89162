"""No table and no column of files is forgotten when personal data are redacted."""

import re
from pathlib import Path

from adapters import tables
from services.redaction_files import references

DECISION = (
    Path(__file__).parents[2] / "docs/decisions/0034-personal-data-is-redacted-not-deleted.md"
)
OF_NO_FILE = {
    "plans.sha256", "submissions.sha256", "reports.sha256", "decisions.sha256", "passings.sha256",
    "sign_offs.sha256", "frozen_letters.sha256", "files_to_remove.sha256", "questions.answer",
}  # fmt: skip


def test_every_column_that_may_name_a_file_is_asked_before_a_file_goes() -> None:
    asked = {str(column) for column, _ in references()}
    named = {"sha256", "attachment", "attachments", "parts", "context", "answer"}
    columns = [column for table in tables.metadata.sorted_tables for column in table.columns]
    assert {str(c) for c in columns if c.name in named} - asked == OF_NO_FILE


def test_the_decision_says_of_every_table_what_becomes_of_it() -> None:
    said = set(re.findall(r"`(\w+)`", DECISION.read_text()))
    assert set(tables.metadata.tables) - said == set()
