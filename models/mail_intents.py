"""What the words of a reply say: received, không phát sinh, figures by code, or for a person."""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum

from models.values import Value
from models.vietnamese import clean_text, fold_key, nfc

_MOST_WORDS = 400  # of a confirmation; whoever writes more says more
_MOST_SENTENCES = 4
_LEAST_REASON = 3  # words
_GREETING = re.compile(
    r"(?:kính\s+gửi\s*:?[^,.!\n]*$|kính\s+(?:gửi|thưa|chào)\b[^,.:!]*[,.:!]+"
    r"|(?:thưa|chào|dear|hi|hello)\b[^,.:!\n]*(?:[,.:!]+|$))\s*",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"(?:--\s*$|(?:xin\s+)?(?:trân\s+trọng|chân\s+thành|cảm\s+ơn|cám\s+ơn)\b|thân\s+(?:ái|mến)\b"
    r"|kính\s+thư\b|(?:best\s+|kind\s+)?regards\b|thanks\b|t/?m\.?\s|người\s+báo\s+cáo\b"
    r"|nơi\s+nhận\s*:|sent\s+from\b|(?:được\s+)?gửi\s+từ\b|get\s+outlook\b)",
    re.IGNORECASE,
)
# Whoever asks, denies, complains or hands something over does not merely confirm.
_DOUBT = re.compile(
    r"\?|\b(?:chưa|không|nhưng|thiếu|lỗi|sai|hỏi|nhờ|vui lòng|đề nghị|gửi|nộp|nếu|khi nào|bao giờ"
    r"|chua|khong|nhung|thieu|vui long|de nghi|gui|neu|khi nao|bao gio|not|but|please)\b"
)
_INTENTION = re.compile(r"\b(?:sẽ|se)\b(?! nhận| nhan)[^.;,\n]*")
_RECEIVED = re.compile(
    r"(?:.{0,80} )?(?:da|vua) (?:tiep )?nhan(?: duoc| du| day du| roi)*"
    r"(?: (?:ke hoach|nhiem vu|thu|thong bao|van ban|cong van|e ?mail|mail|tai lieu|noi dung"
    r"|giao nhiem vu|phan cong)\b.{0,120})?(?: a| nhe| roi)*"
    r"(?: (?:xin )?(?:cam on|tran trong)\b.{0,40})?"
)
_PLAIN_YES = re.compile(r"(?:xin )?xac nhan(?: a)?|(?:da )?nhan roi(?: a)?")
_NIL = re.compile(r"\b(?:không phát sinh|khong phat sinh)\b", re.IGNORECASE)
_NIL_REASON = re.compile(
    r"[\s:,.;–—-]*(?:(?:với\s+)?lý\s+do(?:\s+là)?|ly\s+do(?:\s+la)?|vì|do|vi)\b[\s:,–—-]*",
    re.IGNORECASE,
)
_MARK = re.compile(r"[\s:,.;–—-]*")
_SENT = re.compile(
    r"\b(?:da gui|xin gui|gui bao cao|gui ke hoach|gui kem|dinh kem|kem theo|da nop|xin nop)\b"
)
_CODE = re.compile(r"(?<![0-9A-Za-zÀ-ỹ])([A-Za-zĐđ]{1,4}\d{1,3})(?![0-9A-Za-zÀ-ỹ])")
_LABELLED = re.compile(r"[\s*•+-]*([A-Za-zĐđ]{1,4}\d{1,3})\b\s*(?:\([^()]{0,200}\)\s*)?[:=]\s*(.*)")


class IntentKind(StrEnum):
    """What the words of a mail say by themselves."""

    SILENT = "silent"  # no words of its own
    CONFIRMS = "confirms"
    NIL = "nil"
    FIGURES = "figures"
    CLAIMS = "claims"  # says that something was sent
    WORDS = "words"  # for a person to read


class WrittenFigure(Value):
    """One figure under its indicator's code, as written; without a text where no label stands."""

    code: str
    text: str | None


class Intent(Value):
    """What the words say; ``reason`` is empty where "không phát sinh" stands alone."""

    kind: IntentKind
    reason: str = ""
    figures: tuple[WrittenFigure, ...] = ()


def read_intent(text: str, *, codes: Collection[str]) -> Intent:
    """Say what a reply's own words mean; in doubt they are words for a person.

    ``codes`` are those of the indicators that may be answered.
    """
    said = own_words(text)
    if not said:
        return Intent(kind=IntentKind.SILENT)
    known = {code.casefold(): code for code in codes}
    figures = tuple(_figures(said, known))
    if figures:
        is_labelled = any(figure.text is not None for figure in figures)
        kind = IntentKind.FIGURES if is_labelled else IntentKind.WORDS
        return Intent(kind=kind, figures=figures)
    nil = _nil(said)
    if nil is not None:
        return nil
    if _confirms(said):
        return Intent(kind=IntentKind.CONFIRMS)
    is_sent = _SENT.search(fold_key(said)) is not None and "?" not in said
    return Intent(kind=IntentKind.CLAIMS if is_sent else IntentKind.WORDS)


def own_words(text: str) -> str:
    """A reply without greeting and signature, line by line, without blank lines."""
    lines: list[str] = []
    for raw in nfc(text).splitlines():
        line = _GREETING.sub("", clean_text(raw), count=1) if not lines else clean_text(raw)
        if lines and _SIGNATURE.match(line):
            break
        if line:
            lines.append(line)
    return "\n".join(lines)


def _figures(said: str, known: dict[str, str]) -> Iterator[WrittenFigure]:
    for line in said.splitlines():
        for piece in _pieces(line):
            labelled = _LABELLED.fullmatch(piece)
            if labelled is not None and labelled[1].casefold() in known:
                value = labelled[2].strip().removesuffix(".").strip()
                yield WrittenFigure(code=known[labelled[1].casefold()], text=value)
                continue
            for code in _CODE.findall(piece):
                if code.casefold() in known:
                    yield WrittenFigure(code=known[code.casefold()], text=None)


def _pieces(line: str) -> list[str]:
    # "TT01: 12; TT02: 30" holds two figures; a comma may stand within one.
    return [piece.strip() for piece in re.split(r";|,(?=\s*[A-Za-zĐđ]{1,4}\d{1,3}\s*[:=])", line)]


def _nil(said: str) -> Intent | None:
    found = _NIL.search(said)
    if found is None or "?" in said or _DOUBT.search(said[: found.start()].casefold()):
        return None
    rest = said[found.end() :]
    stated = _NIL_REASON.match(rest)
    if stated is None and not rest.lstrip().startswith((":", "-", "–", ",", ".")):
        # "Không phát sinh hoạt động nào trong kỳ": the whole sentence is the reason.
        reason = said if len(_words(rest)) >= _LEAST_REASON else ""
    else:
        marks = stated or _MARK.match(rest)
        reason = rest[marks.end() :] if marks else rest
    told = "\n".join(clean_text(line) for line in reason.splitlines()).strip()
    return Intent(kind=IntentKind.NIL, reason=told if len(_words(told)) >= _LEAST_REASON else "")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _confirms(said: str) -> bool:
    plain = said.casefold()
    if len(plain) > _MOST_WORDS or _DOUBT.search(_INTENTION.sub(" ", plain)):
        return False
    sentences = [fold_key(part) for part in re.split(r"[.;!\n]+", said) if part.strip()]
    first = [re.sub(r"[^\w ]+", " ", sentence) for sentence in sentences[:1]]
    flat = " ".join(first).split()
    is_received = any(pattern.fullmatch(" ".join(flat)) for pattern in (_RECEIVED, _PLAIN_YES))
    return is_received and len(sentences) <= _MOST_SENTENCES
