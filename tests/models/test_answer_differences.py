"""What a version changed: every field once, in the form's order, word by word."""

from datetime import date

from models.answer_differences import answer_changes, written_fields
from models.submissions import Answer, Attachment
from models.word_differences import Change

NAMES = {"nil_reason": "Không phát sinh", "TT02": "Thời lượng", "TT01": "Số lượt"}
FIRST = Answer(values={"TT01": 3, "TT02": 30}, narrative={"thuyet_minh": "Đã phát tờ rơi"})


def test_fields_stand_in_the_form_s_order_and_say_what_changed() -> None:
    later = Answer(values={"TT01": 0}, narrative={"thuyet_minh": "Đã phát nhiều tờ rơi"},
                   notes={"TT01": "mất điện"}, document_number="5/BC",
                   document_date=date(2026, 6, 20))  # fmt: skip
    found = answer_changes(FIRST, later, names=NAMES)
    assert [(one.field, one.before, one.after) for one in found] == [
        ("TT02", "30", ""),
        ("TT01", "3", "0\n(mất điện)"),
        ("document_number", "", "5/BC ngày 20/6/2026"),
        ("thuyet_minh", "Đã phát tờ rơi", "Đã phát nhiều tờ rơi"),
    ]
    assert all(one.is_changed for one in found)
    added = [s.text for s in found[3].stretches if s.change is Change.ADDED]
    assert "nhiều" in "".join(added)


def test_a_first_version_changes_nothing() -> None:
    found = answer_changes(None, FIRST, names=NAMES)
    assert [one.name for one in found] == ["Thời lượng", "Số lượt", "thuyet_minh"]
    assert not any(one.is_changed for one in found)


def test_nil_zero_and_absent_read_differently() -> None:
    assert written_fields(Answer()) == {}
    assert written_fields(Answer(values={"TT01": 0})) == {"TT01": "0"}
    assert written_fields(Answer(nil_reason="Mưa lũ")) == {"nil_reason": "Mưa lũ"}
    file = Attachment(sha256="a", name="ảnh.jpg", size=1)
    assert written_fields(Answer(attachments=(file,))) == {"attachments": "ảnh.jpg"}
