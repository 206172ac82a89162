"""A draft is one contact's own, replaces its earlier one, counts for nothing, ends when it is sent."""

from datetime import datetime

import pytest
from sqlalchemy import Engine

from adapters.database import transaction
from adapters.ledger import read_obligation
from models.calendars import WorkingCalendar
from models.drafts import MOST_CHARACTERS, Draft
from models.errors import RefusedError
from models.submissions import Answer, Attachment, Channel
from services.drafts import find_draft, find_saved, save_draft, throw_away
from services.submissions import submit
from tests.services.stage import at, owed_by

pytestmark = pytest.mark.usefixtures("active_plan")
NOW = at((20, 5))
FILE = Attachment(sha256="a" * 64, name="a.pdf", size=1, notes=("chưa quét vi-rút",))


def draft(contact: str, *, text: str = "12", saved_at: datetime = NOW) -> Draft:
    return Draft(
        obligation_id=owed_by("thon-01"), contact_id=contact, fields={"v.TT01": (text,)},
        attachments=(FILE,), started_from=0, nonce="n", saved_at=saved_at,
    )  # fmt: skip


def test_a_draft_is_kept_replaced_and_thrown_away(engine: Engine) -> None:
    mine = owed_by("thon-01")
    save_draft(engine, draft("a"))
    save_draft(engine, draft("b"))
    newer = draft("a", text="13", saved_at=at((21, 5)))
    save_draft(engine, newer)
    assert find_draft(engine, mine, "a") == newer
    assert find_saved(engine, [mine], "a") == {mine: at((21, 5))}
    throw_away(engine, mine, "a")
    throw_away(engine, mine, "a")
    assert find_draft(engine, mine, "a") is None
    assert find_draft(engine, mine, "b") == draft("b")


def test_a_draft_counts_for_nothing_and_ends_when_its_writer_sends(
    engine: Engine, calendar: WorkingCalendar
) -> None:
    mine = owed_by("thon-01")
    save_draft(engine, draft("a"))
    save_draft(engine, draft("b"))
    with transaction(engine) as connection:
        obligation = read_obligation(connection, mine)
    assert (obligation.is_open, obligation.version) == (True, 0)
    submit(engine, mine, Answer(nil_reason="Không có"), channel=Channel.PORTAL, sent_by="a",
           nonce="1", calendar=calendar, now=NOW)  # fmt: skip
    assert find_draft(engine, mine, "a") is None
    assert find_draft(engine, mine, "b") is not None


def test_a_draft_longer_than_any_form_is_refused(engine: Engine) -> None:
    with pytest.raises(RefusedError, match="quá dài"):
        save_draft(engine, draft("a", text="x" * (MOST_CHARACTERS + 1)))
    assert find_draft(engine, owed_by("thon-01"), "a") is None
