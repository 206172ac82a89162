import re
from pathlib import Path

import pytest

from adapters.letter_patterns import shorten_subject
from adapters.letter_templates import MAIL_TEMPLATES, LetterRenderer
from models.addressees import Addressee
from models.errors import PermanentError, UsageError
from models.letter_frames import LetterContext
from models.letters import LetterKind
from models.units import UnitKind
from tests.letter_catalogue import (
    LETTERS,
)
from tests.letter_reading import EVERY_LETTER, RENDERER, every_letter, one_line, render, visible
from tests.letter_samples import (
    PAGE,
    at,
    reminder,
    task,
)

TAGGED = sorted(set(LetterKind) - {LetterKind.DISPATCH, LetterKind.ALARM})
TYPES = (
    r"GIAO NHIỆM VỤ|NHẮC HẠN \(còn \d+ ngày( làm việc)?\)|ĐẾN HẠN HÔM NAY|QUÁ HẠN LẦN \d+|"
    r"BÁO CÁO LÃNH ĐẠO|ĐÃ TIẾP NHẬN|ĐỀ NGHỊ GỬI LẠI|TRẢ LẠI ĐỂ BỔ SUNG \(lần \d+\)|ĐÃ CHẤP NHẬN|"
    r"GIA HẠN|BẢN TIN TUẦN \d+ \(.*?\)|TRÌNH DUYỆT( \(đã có ý kiến\))?|KẾT THÚC|"
    r"LIÊN KẾT MỚI|XÁC NHẬN ĐẦU MỐI|ĐỀ NGHỊ LÀM RÕ|QUÁ HẠN RÀ SOÁT|"
    r"ĐỀ NGHỊ XÁC NHẬN THƯ|THƯ CHƯA GHI NHẬN ĐƯỢC|ĐÃ NHẬN THƯ, ĐANG NHẬP SỐ LIỆU"
)


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(LETTERS) == set(LetterKind)


def test_every_kind_has_its_subject_and_its_words() -> None:
    for kind in LetterKind:
        assert (MAIL_TEMPLATES / f"{kind.value}.subject.j2").is_file()
        assert (MAIL_TEMPLATES / f"{kind.value}.body.j2").is_file()


@EVERY_LETTER
def test_a_letter_leaves_no_trace_of_the_machine(kind: LetterKind, context: LetterContext) -> None:
    letter = RENDERER.render(kind, context)
    for words in (letter.subject, letter.text, visible(letter.html)):
        assert not re.search(r"[{}]|None|Undefined|<built-in|object at|  \.", words)
        assert " ," not in words
        assert not re.search(r"[^.…]\.\.(?!\.)| ;", words)
        # ":" before "." or an empty bracket tell of a value that was not there.
        assert not re.search(r":\s*\.(?!\w)|\(\s*\)|“\s*”", words)


@EVERY_LETTER
def test_text_and_html_say_the_same(kind: LetterKind, context: LetterContext) -> None:
    letter = RENDERER.render(kind, context)
    text, html = one_line(letter.text), visible(letter.html)
    for paragraph in re.findall(r"<p[ >].*?</p>", letter.html, re.DOTALL):
        words = visible(f"<body>{paragraph}")
        without_links = re.sub(r" <http\S+>", "", text)
        assert words in without_links
    for fact in re.findall(r"\d\d? giờ \d\d|\d\d?/\d\d?/\d{4}|\d+/[A-Z-]+|DTT-\d|BM-\S+", text):
        assert fact in html
    assert (context.frame.page_url is None) == ("href=" not in letter.html)


@EVERY_LETTER
def test_html_needs_nothing_from_outside(kind: LetterKind, context: LetterContext) -> None:
    html = RENDERER.render(kind, context).html
    assert html.startswith('<!DOCTYPE html>\n<html lang="vi">')
    assert not re.search(r"<(img|script|link|style|iframe)|src=|url\(|@import", html)
    assert set(re.findall(r'href="([^"]+)"', html)) <= {PAGE}


@pytest.mark.parametrize("kind", TAGGED)
def test_a_subject_follows_the_convention(kind: LetterKind) -> None:
    subject = render(kind).subject
    assert re.match(rf"\[BATMOT\]\[KHCN-2026\] ({TYPES}): \S", subject)
    assert len(subject) <= 120


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (
            LetterKind.ASSIGNMENT,
            "GIAO NHIỆM VỤ: Thực hiện Kế hoạch hưởng ứng Ngày KHCN&ĐMST - TH-THCS",
        ),
        (
            LetterKind.REMIND_EARLY,
            "NHẮC HẠN (còn 7 ngày): Gửi báo cáo kết quả - TH-THCS - hạn 22/6/2026",
        ),
        (
            LetterKind.REMIND_SOON,
            "NHẮC HẠN (còn 3 ngày làm việc): Gửi báo cáo kết quả - TH-THCS - hạn 22/6/2026",
        ),
        (
            LetterKind.REMIND_TODAY,
            "ĐẾN HẠN HÔM NAY: Gửi báo cáo kết quả - TH-THCS - hạn 17 giờ 00",
        ),
        (
            LetterKind.OVERDUE_AGAIN,
            "QUÁ HẠN LẦN 2: Gửi báo cáo kết quả - TH-THCS - hạn 22/6/2026",
        ),
        (
            LetterKind.LEADER_INFORMED,
            "BÁO CÁO LÃNH ĐẠO: 2 đơn vị chưa gửi báo cáo kết quả thực hiện Kế hoạch (đến 25/6/2026)",
        ),
        (
            LetterKind.BULLETIN,
            "BẢN TIN TUẦN 24 (08/6/2026 - 12/6/2026): 22/45 nhiệm vụ hoàn thành, 1 quá hạn",
        ),
    ],
)
def test_subjects_read_as_the_plan_of_letters_says(kind: LetterKind, subject: str) -> None:
    assert render(kind).subject == f"[BATMOT][KHCN-2026] {subject}"


def test_the_letter_to_the_province_has_its_own_subject() -> None:
    assert render(LetterKind.DISPATCH).subject == (
        "UBND xã Bát Mọt gửi Báo cáo số 45/BC-UBND ngày 26/6/2026 "
        "về kết quả hưởng ứng Ngày KHCN&ĐMST Việt Nam"
    )


def test_alarms_are_told_in_the_systems_own_name() -> None:
    assert render(LetterKind.ALARM).subject == (
        "[BATMOT][DONDOC] CẢNH BÁO: 5 việc cần xử lý - Chưa có lượt đôn đốc buổi sáng"
    )


def test_a_long_subject_is_cut_at_a_word_and_keeps_unit_and_deadline() -> None:
    long_name = "báo cáo kết quả tổ chức các hoạt động hưởng ứng ngày khoa học và công nghệ " * 2
    context = reminder(3, at(17, 7, 30), items=(task(3, short_name=long_name),))
    subject = RENDERER.render(LetterKind.REMIND_SOON, context).subject
    assert len(subject) <= 120
    assert subject.startswith(
        "[BATMOT][KHCN-2026] NHẮC HẠN (còn 3 ngày làm việc): Gửi báo cáo kết quả tổ chức"
    )
    assert subject.endswith("… - TH-THCS - hạn 22/6/2026")


@pytest.mark.parametrize(
    ("printed", "limit", "short"),
    [
        ("[A] B:\nmột hai ba\n- X", 19, "[A] B: một hai… - X"),
        ("[A] B:\nmột hai ba\n- X", 99, "[A] B: một hai ba - X"),
        ("[A] B:\nmộthaiba\n- X", 12, "[A] B: … - X"),
        ("một hai ba bốn", 9, "một hai…"),
    ],
)
def test_only_the_middle_is_shortened(printed: str, limit: int, short: str) -> None:
    assert shorten_subject(printed, limit) == short


HOSTILE = '<script>alert(1)</script> {{7*7}} {% raw %} & "x"\r\nBcc: kẻ@xấu\u202e'
HOSTILE_PRINTED = '<script>alert(1)</script> {{7*7}} {% raw %} & "x" Bcc: kẻ@xấu'


def test_hostile_text_is_printed_as_text() -> None:
    to = Addressee(unit_code="X", unit_name=HOSTILE, unit_kind=UnitKind.SCHOOL, person_name=HOSTILE)
    item = task(3, product=HOSTILE, short_name=HOSTILE)
    letter = RENDERER.render(
        LetterKind.REMIND_SOON, reminder(3, at(17, 7, 30), item, to=to, items=(item, item))
    )
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject
    assert HOSTILE_PRINTED in letter.text
    assert HOSTILE_PRINTED in visible(letter.html)
    assert "<script" not in letter.html
    assert "\n Bcc" not in letter.text
    assert "49" not in letter.text


def test_the_same_letter_is_written_the_same_twice() -> None:
    assert render(LetterKind.BULLETIN) == LetterRenderer().render(
        LetterKind.BULLETIN, LETTERS[LetterKind.BULLETIN]
    )


def test_a_context_of_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="E09 cần dữ liệu LeaderReportContext"):
        RENDERER.render(LetterKind.LEADER_INFORMED, LETTERS[LetterKind.RECEIPT])


@pytest.mark.parametrize(
    "broken", ["{{ letter.khong_co }}", "{% if %}", "{{ letter.__class__.__mro__ }}"]
)
def test_a_broken_template_is_a_permanent_error(tmp_path: Path, broken: str) -> None:
    for source in MAIL_TEMPLATES.glob("*.j2"):
        (tmp_path / source.name).write_text(source.read_text("utf-8"), "utf-8")
    (tmp_path / "E19.body.j2").write_text(broken, "utf-8")
    with pytest.raises(PermanentError, match="Không soạn được thư E19"):
        LetterRenderer(tmp_path).render(LetterKind.CLOSING, LETTERS[LetterKind.CLOSING])


def test_all_letters_can_be_laid_out_for_the_eye(tmp_path: Path) -> None:
    for name, kind, context in every_letter():
        (tmp_path / f"{name}.html").write_text(RENDERER.render(kind, context).html, "utf-8")
    assert len(list(tmp_path.iterdir())) == len(every_letter())
