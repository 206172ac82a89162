"""Texts typed in TCVN3 or VNI are recognised and converted; Unicode and foreign words are not."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.legacy_encodings import (
    _TCVN3,
    _VNI,
    LegacyEncoding,
    convert_legacy,
    find_legacy_encoding,
    is_syllable,
)
from models.submissions import Answer
from models.validation import validate_answer

DOSSIERS = [
    read_dossier(CONFIG_FOLDER / "plans" / f"{name}.yaml")
    for name in ("bat-mot-2026", "dong-hoa-2026")
]


def texts(node: object) -> Iterator[str]:
    """Every text of two words and more in a plan."""
    if isinstance(node, str):
        if " " in node:
            yield node
    elif isinstance(node, dict):
        for one in node.values():
            yield from texts(one)
    elif isinstance(node, list | tuple):
        for one in node:
            yield from texts(one)


PLAIN = sorted({text for dossier in DOSSIERS for text in texts(dossier.model_dump(mode="json"))})
INVERSE = {
    LegacyEncoding.TCVN3: {letter: code for code, letter in _TCVN3.items()},
    LegacyEncoding.VNI: {letter: code for code, letter in _VNI.items()},
}


def typed(text: str, encoding: LegacyEncoding) -> str:
    """The text as a machine shows it that does not know it was typed in that encoding."""
    return "".join(INVERSE[encoding].get(char, char) for char in text)


@pytest.mark.parametrize("encoding", LegacyEncoding)
def test_nearly_every_sentence_of_a_plan_is_recognised_and_converted(
    encoding: LegacyEncoding,
) -> None:
    # TCVN3 has no capitals with tones: they are lower-case letters in another font.
    lower = [text.lower() for text in PLAIN]
    marked = [text for text in lower if sum(not w.isascii() for w in text.split()) >= 3]
    assert len(marked) > 200
    found = [text for text in marked if find_legacy_encoding(typed(text, encoding)) is encoding]
    assert len(found) >= 0.98 * len(marked)
    assert all(convert_legacy(typed(text, encoding), encoding) == text for text in found)


def test_no_text_of_a_plan_is_taken_for_typed_before_unicode() -> None:
    assert [text for text in PLAIN if find_legacy_encoding(text) is not None] == []
    words = {word for text in PLAIN for word in re.findall(r"\w+", text)}
    assert [word for word in sorted(words) if find_legacy_encoding(word) is not None] == []


@pytest.mark.parametrize(
    "text",
    [
        "crème brûlée, façade, garçon, forêt, hôtel, château, naïve, Noël, français, où, déjà vu",
        "Müller, Böhm, Köln, Straße, für, Übung, Mädchen, schön, grün",
        "señor, niño, mañana, España, corazón, São Paulo, coração, Ångström, smörgåsbord",
        "Chloë Brontë, José, André, René, Zoë, Björk, Malmö, Göteborg",
        "Đắk Lắk, Krông Ana, Ê Đê, H'Mông, Kon Tum, Pleiku, Buôn Ma Thuột",
        "nhiệt độ 25°C ± 2, 5 µg, 10 m², ½ ngày, × 3, ÷ 2, § 5, © 2026, ® UBND",
        "· Hoạt động 1 · Hoạt động 2 • tuyên truyền – phổ biến",
        "The quick brown fox; café, résumé, cliché, fiancée",
        "https://bát-mọt.example/a?b=é", "", "abc", "é", "µ", "12,5", "hòa hoà thuỷ thủy",
    ],
)  # fmt: skip
def test_foreign_words_and_signs_are_no_legacy_encoding(text: str) -> None:
    assert find_legacy_encoding(text) is None


@pytest.mark.parametrize(
    ("text", "encoding", "read"),
    [
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "TCVN3 (ABC)", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("Tr\u00adêng TiÓu häc B¸t Mät", "TCVN3 (ABC)", "Trường Tiểu học Bát Mọt"),
        ("§ång Lîi", "TCVN3 (ABC)", "Đồng Lợi"),
        ("häp th«n", "TCVN3 (ABC)", "họp thôn"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "VNI", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("UÛy ban nhaân daân xaõ Baùt Moït", "VNI", "Ủy ban nhân dân xã Bát Mọt"),
        ("ÑAÛNG UÛY XAÕ", "VNI", "ĐẢNG ỦY XÃ"),
        ("ñöôøng giao thoâng", "VNI", "đường giao thông"),
    ],
)
def test_typed_before_unicode_is_told_from_unicode(text: str, encoding: str, read: str) -> None:
    found = find_legacy_encoding(text)
    assert found == encoding
    assert convert_legacy(text, LegacyEncoding(encoding)) == read


@pytest.mark.parametrize("word", ["nghiêng", "thuở", "quyển", "khuya", "ướt", "gì", "oách", "yêu"])
def test_syllables_are_known_by_their_build(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["tèt", "hopf", "nghh", "aáà", "strong", "bcd", "", "kạmm"])
def test_what_no_vietnamese_could_say_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


@given(st.text(max_size=60))
def test_any_text_has_a_verdict_and_a_conversion(text: str) -> None:
    found = find_legacy_encoding(text)
    for encoding in LegacyEncoding:
        convert_legacy(text, encoding)
    assert found is None or not text.isascii()


GARBLED = "Céng hoµ x· héi chñ nghÜa ViÖt Nam"


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(narrative={"thuyet_minh": GARBLED}), "thuyet_minh"),
        (Answer(values={"TT01": 3}, notes={"TT01": GARBLED}), "TT01"),
        (Answer(values={"DG01": GARBLED}), "DG01"),
        (Answer(values={"HD01": ({"event_id": "1", "title": GARBLED},)}), "HD01"),
        (Answer(nil_reason=GARBLED), "nil_reason"),
        (Answer(document_number=GARBLED), "document_number"),
    ],
)
def test_no_answer_is_stored_garbled_and_the_writer_is_told_how_to_convert(
    answer: Answer, field: str
) -> None:
    dossier = DOSSIERS[0]
    requirement = dossier.plan.requirement("BC")
    catalogue = dossier.catalogue
    found = validate_answer(
        answer, asked=catalogue.indicators, catalogue=catalogue, requirement=requirement
    )
    (told,) = [one for one in found if "bảng mã" in one.message]
    assert (told.field, told.is_error) == (field, True)
    assert "TCVN3 (ABC)" in told.message
    assert "Cộng hoà" in told.message or "hoà xã" in told.message
    assert "Ctrl + Shift + F6" in told.message
