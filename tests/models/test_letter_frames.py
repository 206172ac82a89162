from datetime import date

import pytest
from pydantic import ValidationError

from models.deadlines import Deadline, DeadlineKind
from models.letter_frames import LetterFrame, deadline_phrase, number_phrase
from models.plans import RequirementKind
from tests.letter_catalogue import BULLETIN, LEADER_REPORT
from tests.letter_samples import (
    COORDINATOR,
    FRAME,
    at,
    detailed_plan,
    reminder,
    task,
)


def frame(**changes: object) -> LetterFrame:
    return FRAME.model_copy(update=changes)


def test_a_plan_without_number_and_day_is_named_with_a_blank() -> None:
    blank = frame(plan_number=number_phrase(None, "KH-UBND"), plan_issued_on=None)
    assert blank.dated_plan == "Kế hoạch số …/KH-UBND"
    assert number_phrase(7, "KH-UBND") == "07/KH-UBND"


@pytest.mark.parametrize(
    "title",
    [
        "Kế hoạch về việc tổ chức các hoạt động",
        "về việc tổ chức các hoạt động",
        "Tổ chức các hoạt động",
    ],
)
def test_what_the_plan_is_about_follows_ve_viec_once(title: str) -> None:
    assert frame(plan_title=title).matter == "tổ chức các hoạt động"


@pytest.mark.parametrize(
    ("name", "phone", "words"),
    [
        ("Vi Thị Lan", "0912 345 678", "đồng chí Vi Thị Lan, điện thoại 0912 345 678"),
        ("Vi Thị Lan", "", "đồng chí Vi Thị Lan"),
        ("", "", "Phòng Văn hóa - Xã hội"),
    ],
)
def test_questions_go_to_the_officer_or_to_the_unit(name: str, phone: str, words: str) -> None:
    assert frame(officer_name=name, officer_phone=phone).officer == words


@pytest.mark.parametrize(
    ("deadline", "phrase"),
    [
        (
            Deadline(
                wording="Trước ngày 30 tháng 6 năm 2026",
                kind=DeadlineKind.BEFORE,
                day=date(2026, 6, 30),
            ),
            "trước ngày 30/6/2026",
        ),
        (
            Deadline(wording="đến hết", kind=DeadlineKind.BY_END_OF, day=date(2026, 6, 5)),
            "chậm nhất ngày 05/6/2026",
        ),
        (
            Deadline(wording="Trong tháng 6", kind=DeadlineKind.IN_MONTH, day=date(2026, 6, 1)),
            "trong tháng 6",
        ),
        (Deadline(wording="Trong 3 ngày", kind=DeadlineKind.WITHIN, days=3), "trong 3 ngày"),
    ],
)
def test_a_deadline_is_worded_for_a_sentence(deadline: Deadline, phrase: str) -> None:
    assert deadline_phrase(deadline) == phrase


def test_values_from_the_world_become_one_line() -> None:
    read = LetterFrame.model_validate(FRAME.model_dump() | {"officer_name": "An\r\nBcc: x\u202e"})
    assert read.officer_name == "An Bcc: x"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://x y", 'http://x"><b>'])
def test_a_link_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        LetterFrame.model_validate(FRAME.model_dump() | {"page_url": url})


def test_the_coordinator_is_not_told_that_it_wrote_to_itself() -> None:
    assert reminder(3, at(17, 7)).sender == "Phòng Văn hóa - Xã hội"
    assert reminder(3, at(17, 7), to=COORDINATOR).sender == "Hệ thống Đôn Đốc"


def test_a_digest_names_its_lead_item_and_counts_the_others() -> None:
    digest = reminder(3, at(17, 7), detailed_plan(5), detailed_plan(6))
    assert digest.short_name == "Gửi báo cáo kết quả và 2 nội dung khác"
    assert not digest.is_single
    assert digest.calendar_days_left == 5


def test_a_product_and_its_plan_say_ke_hoach_once() -> None:
    assert reminder(3, at(17, 7)).lead_by_plan.endswith("thực hiện Kế hoạch số 15/KH-UBND")
    village = reminder(3, at(17, 7), items=(task(3, product="phiếu số liệu của thôn"),))
    assert village.lead_by_plan == "phiếu số liệu theo Kế hoạch số 15/KH-UBND"


@pytest.mark.parametrize(
    ("kind", "short_name", "deed"),
    [
        (RequirementKind.UNIT_REPORT, "báo cáo kết quả", "Gửi báo cáo kết quả"),
        (RequirementKind.UNIT_REPORT, "Gửi báo cáo", "Gửi báo cáo"),
        (RequirementKind.ACKNOWLEDGEMENT, "xác nhận đã nhận", "Xác nhận đã nhận"),
    ],
)
def test_a_subject_says_what_to_do(kind: RequirementKind, short_name: str, deed: str) -> None:
    assert task(3, kind=kind, short_name=short_name).subject_name == deed


def test_a_returned_item_asks_for_the_completed_version() -> None:
    row = detailed_plan(-2, is_returned=True, reminded_on=(date(2026, 6, 1),))
    assert row.work == "gửi bản bổ sung kế hoạch chi tiết"
    assert row.standing_text == "quá hạn 02 ngày làm việc (đã trả lại để bổ sung)"
    assert row.times_reminded == 1


def test_sums_of_the_leaders_letters_close() -> None:
    assert LEADER_REPORT.total == LEADER_REPORT.sent + len(LEADER_REPORT.missing) == 20
    assert BULLETIN.total == BULLETIN.done + BULLETIN.running + BULLETIN.waiting + 1 == 45
    assert BULLETIN.overdue[0].standing_text == "quá hạn 10 ngày làm việc"
