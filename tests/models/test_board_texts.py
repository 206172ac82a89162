"""The board in words an officer reads."""

from models.board_texts import STANDING_NAMES, list_table, matrix_table, summary_text
from models.obligations import ObligationState, Standing
from tests.obligation_samples import board, board_row

DONE = {"state": ObligationState.ACCEPTED, "standing": Standing.DONE_ON_TIME, "text": "đúng hạn"}
ACKNOWLEDGED = {"requirement_id": "XN", "requirement_name": "xác nhận"}


def test_every_standing_has_a_name_of_its_own() -> None:
    assert set(STANDING_NAMES) == set(Standing)
    assert len(set(STANDING_NAMES.values())) == len(Standing)


def test_the_list_has_one_line_for_each_obligation() -> None:
    first, second = list_table(board(board_row(1), board_row(2, unreachable=True)))
    assert first["Đơn vị"] == "Thôn 1"
    assert first["Sản phẩm"] == "Phiếu số liệu của thôn"
    assert first["Thời hạn"] == "22/6/2026"
    assert first["Lần nhắc"] == "1"
    assert first["Tình trạng"] == "còn 5 ngày làm việc"
    assert second["Tình trạng"] == "còn 5 ngày làm việc · không liên lạc được"


def test_the_matrix_has_one_line_for_each_unit_and_a_column_for_each_product() -> None:
    rows = (
        board_row(1),
        board_row(1, **ACKNOWLEDGED, **DONE),
        board_row(2, **ACKNOWLEDGED, text="chờ thẩm định"),
        board_row(2, **ACKNOWLEDGED, text="quá hạn 1 ngày làm việc"),
    )
    assert matrix_table(board(*rows)) == [
        {"Đơn vị": "Thôn 1", "Phiếu số liệu": "còn 5 ngày làm việc", "Xác nhận": "đúng hạn"},
        {
            "Đơn vị": "Thôn 2",
            "Phiếu số liệu": "",
            "Xác nhận": "chờ thẩm định; quá hạn 1 ngày làm việc",
        },
    ]


def test_the_summary_counts_and_names_who_still_owes() -> None:
    text = summary_text(
        board(board_row(1, **DONE), board_row(2), board_row(2, product="xác nhận")),
        title="Tình hình",
    )
    assert text.startswith("## Tình hình\n")
    assert "**1/3** nghĩa vụ hoàn thành (33%)" in text
    assert "| Hoàn thành đúng hạn | 1 |" in text
    assert "| Được miễn |" not in text
    assert "| **Tổng** | **3** |" in text
    owing = "- **Thôn 2**: phiếu số liệu của thôn (còn 5 ngày làm việc); xác nhận (còn 5 ngày"
    assert owing in text
    assert "**Thôn 1**" not in text


def test_the_summary_says_when_nobody_owes_anything() -> None:
    assert "Không còn đơn vị nào phải nộp." in summary_text(board(board_row(1, **DONE)), title="x")
    assert "**0/0** nghĩa vụ hoàn thành (0%)" in summary_text(board(), title="x")
