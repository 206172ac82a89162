import re
from pathlib import Path

import pytest

from adapters.plan_files import read_dossier
from models.addressees import Addressee
from models.leader_contexts import BulletinContext, DecisionContext, DecisionWord
from models.letter_contexts import AssignmentContext, ExtensionContext, ReceiptContext
from models.letter_frames import LetterContext, LetterFrame
from models.letters import LetterKind
from models.units import Salutation, UnitKind
from tests.letter_catalogue import (
    LETTERS,
)
from tests.letter_reading import EVERY_LETTER, RENDERER, one_line, render, visible
from tests.letter_samples import (
    FRAME,
    OFFICE,
    POLICE,
    REMINDERS,
    SCHOOL,
    UNION,
    VILLAGE,
    at,
    digest_of,
    reminder,
    reminder_of,
    task,
)

TO_LEADER = (LetterKind.LEADER_INFORMED, LetterKind.BULLETIN, LetterKind.FOR_DECISION)
ENGLISH = {
    "deadline",
    "file",
    "link",
    "form",
    "email",
    "e-mail",
    "please",
    "dear",
    "click",
    "status",
}
ENGLISH |= {"report", "task", "reminder", "none", "null", "true", "false", "undefined", "overdue"}
BANNED = ("vi phạm", "chây ì", "trễ hạn", "phê bình", "anh/chị", "quý vị", "xếp hạng", "Gửi:\n")


@EVERY_LETTER
def test_a_letter_keeps_the_register(kind: LetterKind, context: LetterContext) -> None:
    letter = RENDERER.render(kind, context)
    for words in (letter.subject, letter.text, visible(letter.html)):
        assert "!" not in words
        assert not [banned for banned in BANNED if banned in words]
    prose = re.sub(r"https?://\S+|\S+@\S+|\S+\.(docx|xlsx|pdf)", " ", letter.text).casefold()
    assert not set(re.findall(r"[a-z-]+", prose)) & ENGLISH


@EVERY_LETTER
def test_a_letter_greets_and_closes_as_officials_do(
    kind: LetterKind, context: LetterContext
) -> None:
    text = RENDERER.render(kind, context).text
    assert text.startswith("Kính gửi:")
    assert "./.\n" in text
    assert text.endswith(
        "Thư này được gửi tự động từ Hệ thống Đôn Đốc; "
        "đề nghị trả lời về vhxh+k3f9@batmot.example.\n"
    )


@pytest.mark.parametrize("kind", UnitKind)
@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("letter", REMINDERS)
def test_only_subordinate_units_late_twice_are_ordered(
    kind: UnitKind, letter: LetterKind, *, allowed: bool
) -> None:
    to = Addressee(unit_code="X", unit_name="đơn vị X", unit_kind=kind, person_name="Vi Thị Lan")
    context = reminder_of(letter, to=to, frame=FRAME.model_copy(update={"orders_allowed": allowed}))
    composed = RENDERER.render(letter, context)
    ordered = allowed and to.may_be_ordered and letter is LetterKind.OVERDUE_AGAIN
    for words in (composed.text, visible(composed.html)):
        assert ("yêu cầu" in words) == ordered
        assert ("Ủy ban nhân dân xã yêu cầu đơn vị X gửi kết quả" in one_line(words)) == ordered


@pytest.mark.parametrize("to", [UNION, POLICE], ids=["union", "police"])
@pytest.mark.parametrize("kind", REMINDERS)
def test_who_is_not_subordinate_is_asked_and_never_given_work(
    kind: LetterKind, to: Addressee
) -> None:
    text = RENDERER.render(kind, reminder_of(kind, to=to)).text
    assert not re.search(r"yêu cầu|được giao|ý kiến chỉ đạo", text)
    if kind is not LetterKind.REMIND_EARLY:
        assert "trân trọng đề nghị" in text.casefold()


@pytest.mark.parametrize("kind", TO_LEADER)
def test_the_leader_is_reported_to(kind: LetterKind) -> None:
    text = render(kind).text
    assert text.startswith(
        "Kính gửi: Đồng chí Lê Văn Công - Phó Chủ tịch Ủy ban nhân dân xã Bát Mọt\n"
    )
    assert re.search("kính báo cáo|kính trình", text)
    closing = "Kính trình./." if kind is LetterKind.FOR_DECISION else "Trân trọng báo cáo./."
    assert f"\n{closing}\n" in text
    assert "yêu cầu" not in text


@pytest.mark.parametrize(
    ("to", "greeting", "asked"),
    [
        (SCHOOL, "Đồng chí Nguyễn Thị Huệ - Hiệu trưởng Trường Tiểu học", "Đề nghị đồng chí quan"),
        (VILLAGE, "Ông/Bà Lang Văn Dũng - Trưởng thôn Vịn", "Đề nghị Ông/Bà quan tâm"),
        (OFFICE, "Phòng Kinh tế\n", "Đề nghị đơn vị quan tâm"),
        (
            UNION.model_copy(update={"salutation": Salutation.MR_MRS}),
            "Ông/Bà Vi Thị Lan - Chủ tịch Hội Liên hiệp Phụ nữ",
            "Trân trọng đề nghị Ông/Bà quan tâm",
        ),
    ],
    ids=["comrade", "mr-mrs", "unit", "union"],
)
def test_people_and_units_are_addressed_properly(to: Addressee, greeting: str, asked: str) -> None:
    text = RENDERER.render(LetterKind.REMIND_SOON, reminder_of(LetterKind.REMIND_SOON, to=to)).text
    assert text.startswith(f"Kính gửi: {greeting}")
    assert asked in text


def test_a_single_reminder_reads_as_the_plan_of_letters_says() -> None:
    text = render(LetterKind.REMIND_SOON).text
    assert (
        "Đến nay, Phòng Văn hóa - Xã hội chưa nhận được báo cáo kết quả thực hiện Kế hoạch của "
        "Trường Tiểu học và Trung học cơ sở Bát Mọt. Thời hạn theo Kế hoạch là "
        "17 giờ 00 thứ Hai, ngày 22/6/2026 (còn 03 ngày làm việc)." in text
    )


@pytest.mark.parametrize("kind", REMINDERS)
def test_several_items_stand_in_one_table(kind: LetterKind) -> None:
    letter = RENDERER.render(kind, digest_of(kind))
    assert "(2) Bản bổ sung kế hoạch chi tiết\n    Thời hạn: 17 giờ 00 thứ Sáu" in letter.text
    assert letter.html.count("STT") == 1
    assert "quá hạn 15 ngày làm việc (đã trả lại để bổ sung)" in visible(letter.html)
    assert "Gửi báo cáo kết quả và 1 nội dung khác" in letter.subject


def test_a_digest_across_plans_names_the_other_plan() -> None:
    other = task(2, plan_code="CDS-2026", product="báo cáo chuyển đổi số")
    letter = RENDERER.render(LetterKind.REMIND_SOON, reminder(3, at(17, 7, 30), other))
    assert "Báo cáo chuyển đổi số (CDS-2026)" in letter.text
    assert "Báo cáo chuyển đổi số (CDS-2026)" in letter.html


def test_a_letter_without_links_asks_for_a_reply() -> None:
    bare = FRAME.model_copy(update={"page_url": None, "officer_name": "", "officer_phone": ""})
    assignment = LETTERS[LetterKind.ASSIGNMENT].model_copy(update={"frame": bare})
    letter = RENDERER.render(LetterKind.ASSIGNMENT, assignment)
    assert "xác nhận đã nhận được thông báo này bằng cách trả lời thư này." in letter.text
    soon = reminder_of(LetterKind.REMIND_SOON, frame=bare, extension_by=None)
    text = RENDERER.render(LetterKind.REMIND_SOON, soon).text
    assert "hoàn thành bằng cách trả lời thư này trước thời hạn nêu trên." in text
    assert "http" not in text
    assert "Đầu mối liên hệ" not in text


@pytest.mark.parametrize("kind", [LetterKind.OVERDUE_FIRST, LetterKind.OVERDUE_AGAIN])
def test_an_overdue_letter_without_a_new_time_asks_for_the_soonest(kind: LetterKind) -> None:
    text = RENDERER.render(kind, reminder_of(kind, respond_by=None)).text
    assert "trong thời gian sớm nhất" in text


def test_forms_are_said_to_be_attached_only_when_they_are() -> None:
    kind = LetterKind.REMIND_EARLY
    with_forms = RENDERER.render(kind, reminder_of(kind, forms_attached=True)).text
    assert "Biểu mẫu và hướng dẫn kèm theo thư này." in with_forms
    assert "Biểu mẫu" not in render(kind).text


def test_a_receipt_may_have_no_file_and_be_late() -> None:
    context = LETTERS[LetterKind.RECEIPT]
    assert isinstance(context, ReceiptContext)
    bare = context.model_copy(update={"files": (), "on_time": False, "check_by": None})
    text = RENDERER.render(LetterKind.RECEIPT, bare).text
    assert "Không có tệp kèm theo." in text
    assert "(quá hạn; thời hạn: 17 giờ 00 ngày 22/6/2026)" in text
    assert "Kết quả kiểm tra" not in text


def test_a_refused_extension_keeps_the_deadline() -> None:
    context = LETTERS[LetterKind.EXTENSION]
    assert isinstance(context, ExtensionContext)
    refused = context.model_copy(
        update={"granted_until": None, "reason": "đã sát hạn báo cáo tỉnh"}
    )
    letter = RENDERER.render(LetterKind.EXTENSION, refused)
    assert "chưa chấp nhận vì đã sát hạn báo cáo tỉnh." in letter.text
    assert "Thời hạn 17 giờ 00 ngày 22/6/2026 được giữ nguyên." in letter.text
    assert letter.subject.endswith("- hạn 22/6/2026")


@pytest.mark.parametrize("word", DecisionWord)
def test_each_decision_is_told_with_the_opinion(word: DecisionWord) -> None:
    context = LETTERS[LetterKind.DECISION]
    assert isinstance(context, DecisionContext)
    letter = RENDERER.render(LetterKind.DECISION, context.model_copy(update={"decision": word}))
    assert f"Đồng chí Phó Chủ tịch Lê Văn Công đã {word}" in letter.text
    assert "Ý kiến: “Bổ sung số liệu của Trường Mầm non”." in letter.text


def test_an_empty_bulletin_says_that_there_is_nothing() -> None:
    quiet = BulletinContext.model_validate(
        LETTERS[LetterKind.BULLETIN].model_dump()
        | {"asks": (), "overdue": (), "soon": (), "highlights": (), "waived": 0}
    )
    text = RENDERER.render(LetterKind.BULLETIN, quiet).text
    assert text.count("Không có.") == 4
    assert "không phải thực hiện" not in text


def test_villages_are_spoken_to_as_villages() -> None:
    assignment = LETTERS[LetterKind.ASSIGNMENT]
    assert isinstance(assignment, AssignmentContext)
    letter = RENDERER.render(
        LetterKind.ASSIGNMENT, assignment.model_copy(update={"to": VILLAGE, "products": ()})
    )
    assert "các nhiệm vụ của thôn Vịn như sau" in letter.text
    assert "Mở trang của thôn" in letter.html


def test_reminded_days_stand_in_the_second_overdue_letter() -> None:
    text = render(LetterKind.OVERDUE_AGAIN).text
    assert "thư nhắc ngày 15/6/2026, 17/6/2026, 19/6/2026 và 22/6/2026 về việc" in text
    never = reminder(-2, at(24, 7, 30), items=(task(-2, overdue_times=2),))
    assert "đã có thư nhắc về việc" in RENDERER.render(LetterKind.OVERDUE_AGAIN, never).text


def test_every_contact_of_the_shipped_plan_can_be_written_to() -> None:
    dossier = read_dossier(Path(__file__).parents[2] / "config" / "plans" / "bat-mot-2026.yaml")
    frame = LetterFrame.of(
        dossier.plan, coordinator_name="Phòng Văn hóa - Xã hội", reply_to="vhxh@batmot.example"
    )
    for unit in dossier.units.units:
        for contact in unit.contacts:
            context = reminder_of(
                LetterKind.REMIND_SOON, to=Addressee.of(unit, contact), frame=frame
            )
            letter = RENDERER.render(LetterKind.REMIND_SOON, context)
            assert letter.subject.startswith("[BATMOT][KHCN-2026] NHẮC HẠN (còn 3 ngày làm việc)")
            assert "Đến nay," in letter.text
    assert frame.report_deadline == "trước ngày 30/6/2026"
    assert frame.matter.startswith("tổ chức các hoạt động hưởng ứng Ngày Khoa học")
