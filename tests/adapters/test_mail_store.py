"""The catcher's folder, read back."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.mail_contents import read_letter, read_part
from adapters.mail_store import EMPTIED, UNREADABLE, fold, list_letters
from adapters.mime import build_message, message_id_for
from models.addresses import Mailbox
from models.errors import UsageError
from models.letters import Composed, Part

ENVELOPE = b"X-Envelope-From: a@x.vn\r\nX-Envelope-To: b@x.vn\r\nX-Received-At: 2026-06-22T07:30:00+07:00\r\n"
PDF = Part(name="Báo cáo tổng kết.pdf", media_type="application/pdf", content=b"%PDF-1.7")


def name(number: int) -> str:
    return f"{number:05d}-{number:032x}"


def keep(
    folder: Path,
    number: int,
    *,
    subject: str = "Nhắc hạn gửi báo cáo",
    text: str = "Kính gửi: Thôn Vịn",
) -> None:
    octets = build_message(
        composed=Composed(subject=subject, text=text, html="<p>Kính gửi</p>", parts=(PDF,)),
        sender=Mailbox(address="a@x.vn", name="Phòng Văn hóa - Xã hội"),
        recipient=Mailbox(address="b@x.vn", name="Thôn Vịn"),
        reply_to="a@x.vn",
        message_id=message_id_for(b"k", str(number), "E03", "x.vn"),
        date=datetime(2026, 6, 22, tzinfo=UTC),
        headers={"X-Dondoc-Kind": "E03"},
    )
    (folder / f"{name(number)}.eml").write_bytes(ENVELOPE + octets)


def test_letters_are_listed_newest_first(tmp_path: Path) -> None:
    for number in (9, 100000, 10):
        keep(tmp_path, number)
    (tmp_path / "note.eml").write_text("not ours")
    (tmp_path / f"{name(11)}.tmp").write_text("half written")
    letters = list_letters(tmp_path)
    assert [letter.number for letter in letters] == [100000, 10, 9]
    assert letters[0].subject == "Nhắc hạn gửi báo cáo"
    assert letters[0].recipient == "Thôn Vịn <b@x.vn>"
    assert letters[0].kind == "E03"
    assert letters[0].received_at == datetime(2026, 6, 22, 0, 30, tzinfo=UTC)
    assert "thon vin" in letters[0].words


def test_no_folder_is_no_letters(tmp_path: Path) -> None:
    assert list_letters(tmp_path / "none") == ()


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\0\xff" * 50,
        b"no headers at all",
        b"Subject: x\r\n\r\n",
        b"X-Received-At: yesterday\r\n\r\nx",
    ],
)
def test_a_broken_file_is_listed_as_unreadable_and_still_opens(
    tmp_path: Path, octets: bytes
) -> None:
    (tmp_path / f"{name(1)}.eml").write_bytes(octets)
    (letter,) = list_letters(tmp_path)
    assert (letter.is_readable, letter.subject) == (False, UNREADABLE if octets else EMPTIED)
    assert read_letter(tmp_path, letter.id).html == ""


def test_a_letter_is_read_whole(tmp_path: Path) -> None:
    keep(tmp_path, 1)
    detail = read_letter(tmp_path, name(1))
    assert detail.text == "Kính gửi: Thôn Vịn"
    assert detail.html == "<p>Kính gửi</p>"
    assert detail.letter.subject == "Nhắc hạn gửi báo cáo"
    assert [(p.name, p.media_type, p.size) for p in detail.parts] == [(PDF.name, PDF.media_type, 8)]
    assert "X-Envelope-To: b@x.vn" in detail.source
    assert read_part(tmp_path, name(1), 0) == PDF


@pytest.mark.parametrize(
    "letter_id", ["", "..", "../secret", "00001", name(2), name(1) + "\n", name(1) + "/../x"]
)
def test_an_id_that_is_no_letter_is_refused(tmp_path: Path, letter_id: str) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (tmp_path / "secret.eml").write_text("secret")
    keep(folder, 1)
    with pytest.raises(UsageError):
        read_letter(folder, letter_id)


@pytest.mark.parametrize("number", [-1, 1])
def test_an_attachment_that_does_not_exist_is_refused(tmp_path: Path, number: int) -> None:
    keep(tmp_path, 1)
    with pytest.raises(UsageError):
        read_part(tmp_path, name(1), number)


def test_an_unknown_charset_is_read_as_utf8(tmp_path: Path) -> None:
    letter = (
        ENVELOPE
        + b"Subject: =?x-unknown?B?eA==?=\r\nContent-Type: text/plain; charset=x-unknown\r\n\r\n"
        + "Bát".encode()
    )
    (tmp_path / f"{name(1)}.eml").write_bytes(letter)
    assert read_letter(tmp_path, name(1)).text == "Bát"
    assert list_letters(tmp_path)[0].is_readable


def test_search_words_have_neither_case_nor_diacritics() -> None:
    assert fold("ĐÔN ĐỐC Ủy ban") == "don doc uy ban"


@pytest.mark.slow
def test_a_thousand_letters_are_listed_quickly_the_second_time(tmp_path: Path) -> None:
    for number in range(1, 1001):
        keep(tmp_path, number)
    first = list_letters(tmp_path)
    started = time.perf_counter()
    assert list_letters(tmp_path) == first
    assert time.perf_counter() - started < 0.5
