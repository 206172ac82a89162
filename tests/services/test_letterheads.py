"""Who writes, and the personal link of each reader."""

from datetime import timedelta

import pytest

from adapters.ledger import PlanRecord, RegisteredContact
from adapters.links import read_link_token
from models.errors import RefusedError
from models.units import ContactRole
from services.letterheads import LINK_LIFE, Letterhead, frame_for, personal_url
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
    head, _, token = url.rpartition("/d/")
    scope = read_link_token(letterhead.key, token, now=at((29, 6)))
    assert head == "http://127.0.0.1:4280"
    assert (scope.unit_id, scope.contact_id, scope.commune) == ("kt", "kt.contact", "bat-mot")
    assert scope.expires_at == at(ISSUED_ON) + LINK_LIFE
    with pytest.raises(RefusedError):
        read_link_token(letterhead.key, token, now=scope.expires_at + timedelta(seconds=1))
    assert personal_url(letterhead, active_plan, contact_of("kt")) == url
    assert personal_url(letterhead, active_plan, contact_of("vp")) != url


def test_a_draft_plan_has_links_too(letterhead: Letterhead, imported_plan: PlanRecord) -> None:
    assert personal_url(letterhead, imported_plan, contact_of("kt")).count("/d/") == 1


def test_units_get_links_and_superiors_get_none(
    letterhead: Letterhead, active_plan: PlanRecord
) -> None:
    mine = frame_for(letterhead, active_plan, contact_of("kt"))
    assert mine.acknowledge_url == f"{mine.page_url}#xac-nhan"
    assert (mine.plan_number, mine.reply_to) == ("15/KH-UBND", "vhxh@batmot.example")
    above = frame_for(letterhead, active_plan, contact_of("so-khcn"))
    assert (above.page_url, above.acknowledge_url, above.extension_url) == (None, None, None)


def test_message_ids_come_from_the_senders_domain(letterhead: Letterhead) -> None:
    assert letterhead.domain == "batmot.example"
