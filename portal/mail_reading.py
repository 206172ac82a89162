"""How the mailbox shows a letter: its kind in a word, its HTML without what acts, its links."""

import re
from collections.abc import Sequence
from html import unescape
from itertools import groupby
from urllib.parse import urlsplit

import nh3

from adapters.mail_store import StoredLetter
from models.letters import LetterKind
from models.values import Value
from models.vietnamese import clean_text, format_long_day, local_day, sentence_case

KIND_LABELS = {
    LetterKind.ASSIGNMENT: ("Giao nhiệm vụ", "info"),
    LetterKind.REMIND_EARLY: ("Nhắc hạn", "info"),
    LetterKind.REMIND_SOON: ("Nhắc hạn", "info"),
    LetterKind.REMIND_TOMORROW: ("Nhắc hạn", "warn"),
    LetterKind.REMIND_TODAY: ("Đến hạn hôm nay", "warn"),
    LetterKind.OVERDUE_FIRST: ("Quá hạn", "bad"),
    LetterKind.OVERDUE_AGAIN: ("Quá hạn", "bad"),
    LetterKind.HEAD_INFORMED: ("Báo người đứng đầu", "bad"),
    LetterKind.LEADER_INFORMED: ("Báo cáo lãnh đạo", "bad"),
    LetterKind.RECEIPT: ("Đã tiếp nhận", "ok"),
    LetterKind.RESEND: ("Đề nghị gửi lại", "warn"),
    LetterKind.RETURNED: ("Trả lại để bổ sung", "warn"),
    LetterKind.ACCEPTED: ("Đã chấp nhận", "ok"),
    LetterKind.BULLETIN: ("Bản tin tuần", "mute"),
    LetterKind.FOR_DECISION: ("Trình duyệt", "info"),
    LetterKind.DECISION: ("Kết quả duyệt", "info"),
    LetterKind.DISPATCH: ("Gửi báo cáo", "ok"),
    LetterKind.EXTENSION: ("Gia hạn", "info"),
    LetterKind.CLOSING: ("Kết thúc", "mute"),
    LetterKind.ALARM: ("Cảnh báo hệ thống", "bad"),
    LetterKind.LINK: ("Liên kết mới", "info"),
    LetterKind.ASK_SENDER: ("Đề nghị xác nhận thư", "warn"),
    LetterKind.UNCLEAR_REPLY: ("Thư chưa ghi nhận được", "warn"),
    LetterKind.QUESTION: ("Đề nghị làm rõ", "info"),
    LetterKind.COMPLIANCE_OVERDUE: ("Quá hạn rà soát", "bad"),
}
OTHER = ("Khác", "mute")
_KILO = 1024
_SHOWN_LINKS = 50
_SHOWN_PATH = 40
_LINK = re.compile(r'<a\b[^>]*?\bhref="(https?://[^"]+)"[^>]*>(.*?)</a>', re.IGNORECASE | re.DOTALL)
_STYLES = {
    *("background", "background-color", "color", "display", "height", "width", "max-width"),
    *("border", "border-bottom", "border-collapse", "border-left", "border-radius"),
    *("border-right", "border-top", "line-height", "text-align", "text-decoration"),
    *("font-family", "font-size", "font-style", "font-weight", "vertical-align", "white-space"),
    *("margin", "margin-bottom", "margin-left", "margin-right", "margin-top"),
    *("padding", "padding-bottom", "padding-left", "padding-right", "padding-top"),
}
# A function other than a colour could fetch something; an escape could hide its name.
_FETCHING = re.compile(r"\\|(?<!\brgb)(?<!\brgba)\(", re.IGNORECASE)
_ATTRIBUTES = {"*": {"style", "align", "width", "colspan", "rowspan"}, "a": {"href"}}


class DayOfLetters(Value):
    """The letters of one day, newest first."""

    label: str
    letters: tuple[StoredLetter, ...]


class Link(Value):
    """A link of a letter: the words it stands under, and where it really leads."""

    words: str
    href: str

    @property
    def target(self) -> str:
        """The host and the beginning of the path, for the eye."""
        parts = urlsplit(self.href)
        whole = f"{parts.netloc}{parts.path}"
        return whole if len(whole) <= _SHOWN_PATH else f"{whole[:_SHOWN_PATH]}…"


def kind_label(kind: str) -> tuple[str, str]:
    """Return the word and the colour of a kind, also of one that is none of ours."""
    return KIND_LABELS[LetterKind(kind)] if kind in set(LetterKind) else OTHER


def group_by_day(letters: Sequence[StoredLetter]) -> tuple[DayOfLetters, ...]:
    """Return the letters in runs of the same day in Vietnam, in the order given."""
    runs = groupby(letters, key=lambda letter: local_day(letter.received_at))
    return tuple(
        DayOfLetters(label=sentence_case(format_long_day(day)), letters=tuple(run))
        for day, run in runs
    )


def size_label(octets: int) -> str:
    """Return a file size as Vietnamese readers write it: 23,5 KB."""
    if octets < _KILO:
        return f"{octets} byte"
    kilos = octets / _KILO
    return (f"{kilos:.1f} KB" if kilos < _KILO else f"{kilos / _KILO:.1f} MB").replace(".", ",")


def clean_html(html: str) -> str:
    """Return the letter's HTML without scripts, forms, remote pictures or foreign schemes."""
    return nh3.clean(
        html,
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        attribute_filter=_without_fetching,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def links_of(html: str) -> tuple[Link, ...]:
    """Return the web links of a letter, each address once: the frame itself opens none."""
    found: dict[str, Link] = {}
    for href, words in _LINK.findall(clean_html(html)):
        shown = clean_text(unescape(nh3.clean(words, tags=set())))
        found.setdefault(href, Link(words=shown, href=unescape(href)))
    return tuple(found.values())[:_SHOWN_LINKS]


def _without_fetching(_tag: str, attribute: str, text: str) -> str:
    if attribute != "style":
        return text
    return ";".join(part for part in text.split(";") if not _FETCHING.search(part))
