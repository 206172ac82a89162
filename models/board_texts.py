"""The board in words: tables and summaries for the Prefect UI, in Vietnamese."""

from models.boards import Board, BoardRow
from models.obligations import Standing
from models.vietnamese import format_day, format_instant, sentence_case

STANDING_NAMES = {
    Standing.DONE_ON_TIME: "Hoàn thành đúng hạn",
    Standing.DONE_LATE: "Hoàn thành quá hạn",
    Standing.WAITING_REVIEW: "Chờ thẩm định",
    Standing.RETURNED: "Trả lại để bổ sung",
    Standing.DUE_SOON: "Sắp đến hạn",
    Standing.IN_TIME: "Đang thực hiện trong hạn",
    Standing.OVERDUE: "Đang thực hiện quá hạn",
    Standing.WAIVED: "Được miễn",
}


def list_table(board: Board) -> list[dict[str, str]]:
    """One line for each obligation, in the board's order."""
    return [
        {
            "Đơn vị": row.unit_name,
            "Tình trạng": _status(row),
            "Thời hạn": format_day(row.due_at),
            "Sản phẩm": sentence_case(row.product),
            "Lần nhắc": str(row.reminders),
        }
        for row in board.rows
    ]


def matrix_table(board: Board) -> list[dict[str, str]]:
    """One line for each unit, one column for each requirement, the status in the cell."""
    titles = {row.requirement_id: sentence_case(row.requirement_name) for row in board.rows}
    lines: dict[str, dict[str, str]] = {}
    for row in board.rows:
        line = lines.setdefault(
            row.unit_id, {"Đơn vị": row.unit_name} | dict.fromkeys(titles.values(), "")
        )
        title = titles[row.requirement_id]
        cell = line[title]
        line[title] = f"{cell}; {_status(row)}" if cell else _status(row)
    return list(lines.values())


def summary_text(board: Board, *, title: str) -> str:
    """A summary in Markdown: counts that close, then who still owes what."""
    counts = board.counts()
    lines = [
        f"## {title}",
        (
            f"Số liệu đến {format_instant(board.as_of)}: "
            f"**{board.done}/{len(board.rows)}** nghĩa vụ hoàn thành ({board.percent_done}%)."
        ),
        "",
        "| Tình trạng | Số nghĩa vụ |",
        "|---|---:|",
        *(f"| {STANDING_NAMES[s]} | {n} |" for s, n in counts.items() if n),
        f"| **Tổng** | **{len(board.rows)}** |",
        "",
        *_owing_lines(board),
    ]
    return "\n".join(lines)


def _owing_lines(board: Board) -> list[str]:
    owing = board.owing()
    if not owing:
        return ["Không còn đơn vị nào phải nộp."]
    units: dict[str, list[str]] = {}
    for row in owing:
        units.setdefault(row.unit_name, []).append(f"{row.product} ({_status(row)})")
    return ["### Đơn vị còn phải nộp", *(f"- **{u}**: {'; '.join(p)}" for u, p in units.items())]


def _status(row: BoardRow) -> str:
    return f"{row.text} · không liên lạc được" if row.unreachable else row.text
