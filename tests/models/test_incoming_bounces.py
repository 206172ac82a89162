"""What a report means for an address: dead, full, late, or the letter's own fault."""

import pytest

from models.incoming import DeliveryAction, DeliveryReport
from models.incoming_bounces import Gravity, gravity, report_in_words

FAILED, DELAYED = DeliveryAction.FAILED, DeliveryAction.DELAYED


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "expected"),
    [
        (FAILED, "5.1.1", "", Gravity.DEAD_ADDRESS),
        (FAILED, "5.1.10", "550 5.1.10 RecipientNotFound", Gravity.DEAD_ADDRESS),
        (FAILED, "5.1.1", "user is full of it; quota", Gravity.DEAD_ADDRESS),
        (FAILED, "5.1.2", "", Gravity.DEAD_ADDRESS),
        (FAILED, "5.1.7", "sender address", Gravity.LETTER_REFUSED),
        (FAILED, "5.1.8", "sender domain", Gravity.LETTER_REFUSED),
        (FAILED, "5.2.1", "", Gravity.DEAD_ADDRESS),
        (FAILED, "5.2.3", "", Gravity.LETTER_REFUSED),
        (FAILED, "5.7.1", "relay access denied", Gravity.DEAD_ADDRESS),
        (FAILED, "5.7.1", "blocked by policy reason", Gravity.LETTER_REFUSED),
        (FAILED, "5.7.26", "", Gravity.LETTER_REFUSED),
        (FAILED, "5.6.0", "", Gravity.LETTER_REFUSED),
        (FAILED, "5.4.4", "", Gravity.DEAD_ADDRESS),
        (FAILED, "5.0.0", "no such user", Gravity.DEAD_ADDRESS),
        (FAILED, "5.0.0", "message too large", Gravity.LETTER_REFUSED),
        (FAILED, "", "no such user", Gravity.DEAD_ADDRESS),
        (FAILED, "5.2.2", "", Gravity.MAILBOX_FULL),
        (FAILED, "4.2.2", "", Gravity.MAILBOX_FULL),
        (FAILED, "5.0.0", "hộp thư của người nhận đã đầy", Gravity.MAILBOX_FULL),
        (FAILED, "4.4.1", "", Gravity.DELAYED),
        (DELAYED, "4.2.2", "", Gravity.MAILBOX_FULL),
        (DELAYED, "5.1.1", "", Gravity.DELAYED),
        (DeliveryAction.RELAYED, "2.0.0", "", Gravity.DELIVERED),
    ],
)
def test_a_report_means_what_its_code_and_words_say(
    action: DeliveryAction, status: str, diagnostic: str, expected: Gravity
) -> None:
    assert gravity(DeliveryReport(action=action, status=status, diagnostic=diagnostic)) is expected


def test_words_give_address_code_and_the_letter_returned() -> None:
    told = report_in_words(
        "Your message to vp@batmot.example couldn't be delivered.\n550 No such user\n"
        "--- copy\nMessage-ID: <a@batmot.example>",
        subject="Undeliverable",
    )
    assert told is not None
    assert (told.recipient, told.status) == ("vp@batmot.example", "5.0.0")
    assert told.message_id == "<a@batmot.example>"


def test_words_without_any_failure_are_no_bounce() -> None:
    assert report_in_words("Đã nhận được thư.", subject="Cảm ơn") is None


def test_words_without_a_code_have_no_status() -> None:
    told = report_in_words("Không gửi được thư.", subject="")
    assert told is not None
    assert (told.status, told.recipient, told.message_id) == ("", "", None)
