"""A reply's own words, apart from the letter it quotes."""

import re

_REST_IS_QUOTED = re.compile(
    r"^\s*(?:"
    r"-{2,}\s*(?:original message|forwarded message|thư gốc|tin nhắn gốc|thư đã chuyển tiếp"
    r"|tin nhắn đã chuyển tiếp|thông điệp gốc)\s*-{2,}"
    r"|_{20,}"
    r")\s*$",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(
    r"^\s*(?:on\b.{3,200}\bwrote:|(?:vào|ngày|lúc|thứ)\b.{3,200}\b(?:đã )?viết:)\s*$",
    re.IGNORECASE,
)
_OUTLOOK_FROM = re.compile(r"^\s*\*?(?:from|từ|người gửi):\*?\s", re.IGNORECASE)
_OUTLOOK_SENT = re.compile(r"^\s*\*?(?:sent|date|đã gửi|ngày|ngày gửi):\*?\s", re.IGNORECASE)
_MOST_LINE = 2_000  # longer lines are nobody's attribution


def split_quoted(text: str) -> tuple[str, str]:
    """The writer's own words and the quoted rest, each without outer blank lines.

    Words under a quotation marked by ``>`` are the writer's own; nothing is lost: what is not in
    the first text stands in the second.
    """
    lines = _join_attributions(text.replace("\r\n", "\n").split("\n"))
    own: list[str] = []
    quoted: list[str] = []
    for number, line in enumerate(lines):
        if _ends_own_words(lines, number):
            quoted.extend(lines[number:])
            break
        short = line[:_MOST_LINE]
        is_quoted = line.lstrip().startswith(">") or _ATTRIBUTION.match(short) is not None
        (quoted if is_quoted else own).append(line)
    return "\n".join(own).strip(), "\n".join(quoted).strip()


def _ends_own_words(lines: list[str], number: int) -> bool:
    line = lines[number][:_MOST_LINE]
    if _REST_IS_QUOTED.match(line):
        return True
    following = lines[number + 1][:_MOST_LINE] if number + 1 < len(lines) else ""
    return bool(_OUTLOOK_FROM.match(line) and _OUTLOOK_SENT.match(following))


def _join_attributions(lines: list[str]) -> list[str]:
    # Mail programs fold "On Monday, … <a@b.vn>\nwrote:" at 78 columns.
    joined: list[str] = []
    for line in lines:
        if line.strip().casefold() in {"wrote:", "viết:", "đã viết:"} and joined:
            joined[-1] = f"{joined[-1].rstrip()} {line.strip()}"
        else:
            joined.append(line)
    return joined
