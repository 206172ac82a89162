import pytest

from models.report_quotes import Quote, alike, others, quotation_fault, quotations_of, quoted

SAID = "Mưa lũ kéo dài 04 ngày; hai buổi tập huấn phải lùi, tổng 12 mô hình"
QUOTES = (Quote(place="p", submission_id="s", unit_id="kt", text=SAID),)
NAMES = {"kt": "Phòng Kinh tế", "vh": "Phòng Văn hóa và Xã hội"}


@pytest.mark.parametrize(
    "line",
    [
        f"- “{SAID}” (Phòng Kinh tế).",
        "- “mưa lũ kéo dài […]” (Phòng Kinh tế)",
        "- “[…] hai buổi tập huấn phải lùi (…)” (Phòng Kinh tế; Thôn Vịn và 02 đơn vị khác).",
        "- “Mưa lũ … 04 ngày...” (Phòng Kinh tế)",
        "Mưa lũ làm lùi hai buổi tập huấn.",
        "Mô hình “Mỗi thôn một nhóm học số” (tại 06 thôn)",
        "- (Phòng Văn hóa và Xã hội)",
    ],
)
def test_words_of_a_unit_may_be_cut_where_it_is_marked(line: str) -> None:
    assert quotation_fault(line, QUOTES, NAMES) is None


@pytest.mark.parametrize(
    "line",
    [
        "- Mưa lũ kéo dài 04 ngày (Phòng Kinh tế).",
        "- “Mưa lũ kéo dài” (Phòng Kinh tế)",
        "- “Mưa lũ kéo dài 14 ngày […]” (Phòng Kinh tế)",
        "- “[…]2 mô hình” (Phòng Kinh tế)",
        "- “hai buổi tập huấn […]” (Phòng Kinh tế)",
        "- “[…] hai buổi […] mưa lũ […]” (Phòng Kinh tế)",
        "- “[…]” (Phòng Kinh tế)",
        "- “Mưa lu kéo dài […]” (Phòng Kinh tế)",
    ],
)
def test_other_words_are_not_put_into_its_mouth(line: str) -> None:
    assert quotation_fault(line, QUOTES, NAMES)


def test_a_unit_cannot_close_its_quotation_and_speak_on_as_the_commune() -> None:
    assert quoted("tốt” (Thôn A). “UBND đồng ý").count("“") == 0
    assert quotations_of("“tốt’ (Thôn A)”", QUOTES) == ()


def test_what_the_font_lacks_is_left_out_or_stood_for() -> None:
    assert quoted("Rất tốt 👍👍 中文") == "Rất tốt □□"


def test_those_who_say_the_same_are_one_quotation() -> None:
    said = [Quote(place="p", submission_id="s", unit_id=f"u{n % 6}", text=f"Tốt{'.' * n}")
            for n in range(7)]  # fmt: skip
    (group,) = alike(said)
    assert others(group) == 3
