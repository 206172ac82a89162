"""A desk is what the settings say."""

from pathlib import Path

from pydantic import SecretStr

from adapters.smtp import TlsMode
from config.settings import Settings
from services.desk import open_desk
from tests.services.stage import at

NOW = at((17, 6))


def test_with_nothing_configured_letters_stay_on_this_machine(tmp_path: Path) -> None:
    with open_desk(Settings(home=tmp_path, mail_port=4999), now=NOW) as desk:
        relay = desk.relay
        assert (relay.host, relay.port, relay.tls) == ("127.0.0.1", 4999, TlsMode.NONE)
        assert (desk.now, desk.commune, desk.policy.name) == (NOW, "bat-mot", "default")
        assert desk.locks == tmp_path / "locks"
        assert desk.composer().letterhead == desk.letterhead


def test_a_configured_relay_is_used_with_its_password(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, smtp_host="relay.example", smtp_port=465, smtp_tls="implicit",
        smtp_username="dondoc", smtp_password=SecretStr("mật khẩu"),
    )  # fmt: skip
    with open_desk(settings, now=NOW) as desk:
        relay = desk.relay
    assert (relay.host, relay.port, relay.tls) == ("relay.example", 465, TlsMode.IMPLICIT)
    assert relay.password is not None
    assert (relay.username, relay.password.get_secret_value()) == ("dondoc", "mật khẩu")


def test_the_letterhead_is_the_settings_and_the_key_stays(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, sender_name="UBND xã", sender_address="a@batmot.example",
        reply_address="b@batmot.example", officer_phone="0237", public_url="https://x.example/",
    )  # fmt: skip
    with open_desk(settings, now=NOW) as desk:
        head = desk.letterhead
    assert (head.sender.name, head.reply_to, head.domain) == (
        "UBND xã", "b@batmot.example", "batmot.example",
    )  # fmt: skip
    assert (head.portal_url, head.officer_phone) == ("https://x.example", "0237")
    with open_desk(settings, now=NOW) as desk:
        assert desk.letterhead.key == head.key
