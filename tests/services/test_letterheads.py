"""Who writes, and the personal link of each reader."""

from datetime import timedelta

import pytest

from adapters.ledger import PlanRecord, RegisteredContact
from adapters.links import read_link_token
from models.errors import RefusedError, UsageError
from models.letters import ANSWERS, LetterKind
from models.units import ContactRole, UnitKind
from services.letterheads import (
    LINK_LIFE,
    Letterhead,
    page_of,
    personal_url,
    plan_frame,
    with_links,
)
from tests.services.stage import ISSUED_ON, at


def contact_of(unit_id: str) -> RegisteredContact:
    return RegisteredContact(
        id=f"{unit_id}.contact", role=ContactRole.CONTACT, title="Đầu mối", unit_id=unit_id,
        email=f"{unit_id}@batmot.example",
    )  # fmt: skip


def test_a_personal_link_opens_the_page_of_its_reader_until_it_expires(
    letterhead: Letterhead, active_plan: PlanRecord
) -> None:
    url = personal_url(letterhead, active_plan, contact_of("kt"))
    head, _, token = url.rpartition("/l/")
    scope = read_link_token(letterhead.key, token, now=at((29, 6)))
    assert head == "http://127.0.0.1:4280"
    assert (scope.unit_id, scope.contact_id, scope.commune) == ("kt", "kt.contact", "bat-mot")
    assert scope.expires_at == at(ISSUED_ON) + LINK_LIFE
    with pytest.raises(RefusedError):
        read_link_token(letterhead.key, token, now=scope.expires_at + timedelta(seconds=1))
    assert personal_url(letterhead, active_plan, contact_of("kt")) == url
    assert personal_url(letterhead, active_plan, contact_of("vp")) != url


def test_a_draft_plan_has_links_too(letterhead: Letterhead, imported_plan: PlanRecord) -> None:
    assert personal_url(letterhead, imported_plan, contact_of("kt")).count("/l/") == 1


def test_units_get_links_and_superiors_get_none(
    letterhead: Letterhead, active_plan: PlanRecord
) -> None:
    frame = plan_frame(letterhead, active_plan)
    assert (frame.plan_number, frame.reply_to) == ("15/KH-UBND", "vhxh@batmot.example")
    page = page_of(letterhead, active_plan, contact_of("kt"), UnitKind.OFFICE)
    mine = with_links(frame, page)
    assert (mine.page_url, mine.extension_url) == (page, page)
    assert mine.acknowledge_url == f"{page}#xac-nhan"
    none = page_of(letterhead, active_plan, contact_of("so-khcn"), UnitKind.SUPERIOR)
    above = with_links(frame, none)
    assert (above.page_url, above.acknowledge_url, above.extension_url) == (None, None, None)


def test_message_ids_come_from_the_senders_domain(letterhead: Letterhead) -> None:
    assert letterhead.domain == "batmot.example"


TOKEN = "a" * 26


def test_answers_and_bounces_come_back_to_addresses_that_carry_the_token(
    letterhead: Letterhead,
) -> None:
    assert letterhead.reply_address(TOKEN) == f"vhxh+{TOKEN}@batmot.example"
    kind = LetterKind.REMIND_SOON
    assert letterhead.envelope_address(kind, TOKEN) == f"don-doc+{TOKEN}@batmot.example"


@pytest.mark.parametrize("kind", sorted(ANSWERS))
def test_an_answer_to_a_message_has_nobody_as_its_sender(
    letterhead: Letterhead, kind: LetterKind
) -> None:
    assert letterhead.envelope_address(kind, TOKEN) == ""


def test_a_server_without_plus_addresses_gets_plain_ones(letterhead: Letterhead) -> None:
    plain = letterhead.model_copy(update={"plus_addressing": False})
    assert plain.reply_address(TOKEN) == "vhxh@batmot.example"
    assert plain.envelope_address(LetterKind.REMIND_SOON, TOKEN) == "don-doc@batmot.example"
    assert plain.envelope_address(LetterKind.RECEIPT, TOKEN) == ""


def test_an_address_too_long_for_a_token_is_named_at_the_start(letterhead: Letterhead) -> None:
    long = {"reply_to": f"{'x' * 38}@batmot.example"}
    with pytest.raises(UsageError, match="DONDOC_PLUS_ADDRESSING"):
        Letterhead.model_validate(letterhead.model_dump() | long)
    Letterhead.model_validate(letterhead.model_dump() | long | {"plus_addressing": False})


def test_all_letters_of_a_plan_to_a_unit_share_a_thread(letterhead: Letterhead) -> None:
    one = letterhead.thread_id("kh-1", "kt")
    assert one == letterhead.thread_id("kh-1", "kt")
    assert one.endswith(".thread@batmot.example>")
    assert len({one, letterhead.thread_id("kh-2", "kt"), letterhead.thread_id("kh-1", "vp")}) == 3
