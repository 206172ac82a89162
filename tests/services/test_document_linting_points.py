"""Each point of the rule set is proved by a seeded defect: caught, and nothing else is."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from models.documents import Annex, OfficialDocument, Paragraph, Run
from models.nd30_lint import points_of
from tests.nd30_seeds import (
    HEADER,
    RULES,
    appended,
    decomposed,
    docx_of,
    inserted,
    judged,
    letter,
    patched,
    plan,
    report,
    restyled,
    reworded,
    unit_report,
    unruled,
)

pytestmark = pytest.mark.slow  # each renders documents

BOLD, ITALIC = "<w:b/><w:bCs/>", "<w:i/><w:iCs/>"
DIRECTED = "Ngay sau khi có văn bản chỉ đạo"
BODY = "Ủy ban nhân dân tỉnh, Ủy ban nhân dân xã đã ban hành 04"


class Seed(NamedTuple):
    """A defect of one point; ``also`` are points that it cannot help breaking."""

    point: str
    make: Callable[[], bytes]
    also: frozenset[str] = frozenset()


def seed(point: str, make: Callable[[], bytes], *also: str) -> Seed:
    return Seed(point, make, frozenset(also))


def flat_annex() -> Annex:
    return Annex(
        number=None, title="Biểu số liệu", reference="(Kèm theo Báo cáo số        /BC-UBND)",
        blocks=(Paragraph(runs=(Run(text="Không có bảng."),)),), landscape=True,
    )  # fmt: skip


def said(old: str, new: str) -> Callable[[], bytes]:
    return lambda: docx_of(reworded(report(), old, new))


def changed(**fields: object) -> Callable[[], bytes]:
    return lambda: docx_of(report().model_copy(update=fields))


PAGES = (
    seed("F-01", lambda: patched(report(), 'w:w="11906" w:h="16838"', 'w:w="12240" w:h="15840"')),
    seed("F-02", changed(annexes=(flat_annex(),))),
    seed("F-03", lambda: patched(report(), '<w:pgMar w:top="1134"', '<w:pgMar w:top="850"')),
    seed("F-04", lambda: patched(report(), 'w:bottom="1134"', 'w:bottom="1600"')),
    seed("F-05", lambda: patched(report(), 'w:bottom="1134" w:left="1701"', 'w:bottom="1134" w:left="1600"'), "F-34"),
    seed("F-06", lambda: patched(report(), 'w:right="850" w:bottom', 'w:right="600" w:bottom'), "F-34"),
    seed("F-07", lambda: restyled(report(), DIRECTED, 'w:ascii="Times New Roman"', 'w:ascii="Arial"')),
    seed("F-08", said(DIRECTED, "Céng hoµ x· héi chñ nghÜa ViÖt Nam")),
    seed("F-08", said(DIRECTED, "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam")),
    seed("F-08", lambda: restyled(report(), DIRECTED, 'w:ascii="Times New Roman"', 'w:ascii=".VnTime"'), "F-07"),
    seed("F-09", lambda: patched(report(), DIRECTED, decomposed(DIRECTED))),
    seed("F-10", lambda: restyled(report(), DIRECTED, '<w:color w:val="000000"/>', '<w:color w:val="FF0000"/>')),
    seed("F-11", lambda: patched(report(), " PAGE ", " DATE ", part=HEADER)),
    seed("F-11", lambda: patched(report(), '<w:jc w:val="center"/>', '<w:jc w:val="right"/>', part=HEADER)),
    seed("F-11", lambda: patched(report(), 'w:fmt="decimal"', 'w:fmt="upperRoman"')),
    seed("F-12", lambda: patched(report(), "<w:titlePg/>", "")),
    seed("F-12", lambda: patched(report(), 'w:start="1"', 'w:start="3"', most=1)),
    seed("F-12", lambda: patched(report(), "</w:p>", "<w:r><w:t>1</w:t></w:r></w:p>", part="word/header2.xml")),
    seed("F-70", lambda: patched(report(), ' w:start="1"', "")),
)  # fmt: skip
HEADS = (
    seed("F-13", lambda: patched(report(), "CHỦ NGHĨA VIỆT NAM", "CHỦ NGHIÃ VIỆT NAM")),
    seed("F-14", lambda: restyled(report(), "CỘNG HÒA", 'w:val="26"', 'w:val="32"')),
    seed("F-15", lambda: patched(report(), "Độc lập - Tự do", "Độc lập – Tự do")),
    seed("F-15", lambda: patched(report(), "Độc lập - Tự do", "Độc lập- Tự do"), "F-17"),
    seed("F-16", lambda: restyled(report(), "Độc lập", BOLD, ""), "F-17"),
    seed("F-17", lambda: unruled(report(), 1)),
    seed("F-18", lambda: restyled(report(), "Độc lập", 'w:line="360"', 'w:line="600"')),
    seed("F-18", lambda: restyled(report(), "Độc lập", 'w:before="0"', 'w:before="120"')),
    seed("F-19", lambda: restyled(unit_report(), "UBND XÃ BÁT MỌT", "<w:color", "<w:b/><w:color")),
    seed("F-20", lambda: restyled(report(), "XÃ BÁT MỌT", BOLD, "")),
    seed("F-21", lambda: unruled(report(), 0)),
    seed("F-22", changed(parent_line="UBND TỈNH THANH HÓA")),
    seed("F-22", lambda: docx_of(unit_report().model_copy(update={"parent_line": None}))),
    seed("F-23", lambda: patched(report(), "Số: 112/", "Số 112/")),
    seed("F-24", lambda: patched(report(), "Số: 112/", "Số: 8/")),
    seed("F-24", lambda: patched(report(), "Số: 112/", "Số: 0112/")),
    seed("F-25", lambda: patched(report(), "112/BC-UBND", "112-BC-UBND")),
    seed("F-25", lambda: patched(report(), "112/BC-UBND", "112/BC - UBND")),
    seed("F-26", changed(symbol="UBND-VHXH")),
    seed("F-27", lambda: docx_of(letter().model_copy(update={"symbol": "CV-UBND"}))),
    seed("F-27", lambda: docx_of(letter().model_copy(update={"symbol": "UBND"})), "F-25"),
    seed("F-29", lambda: restyled(report(), "Bát Mọt, ngày 26", ITALIC, "")),
    seed("F-29", lambda: patched(report(), "Bát Mọt, ngày 26", "Bát Mọt ngày 26")),
    seed("F-30", lambda: patched(report(), "Bát Mọt, ngày 26 tháng 6 ", "Bát Mọt, ngày 26 tháng 06 ")),
    seed("F-30", lambda: patched(report(), "Bát Mọt, ngày 26 tháng 6 ", "Bát Mọt, ngày 5 tháng 1 ")),
    seed("F-31", lambda: patched(report(), "Bát Mọt, ngày 26 tháng 6 ", "Bát Mọt, ngày 31 tháng 6 ")),
    seed("F-77", lambda: docx_of(letter().model_copy(update={"draft_mark": "MẬT"}))),
    seed("F-77", lambda: docx_of(letter().model_copy(update={"draft_mark": "RẤT KHẨN"}))),
)  # fmt: skip
TITLES = (
    seed("F-32", lambda: restyled(report(), ">BÁO CÁO<", BOLD, "")),
    seed("F-33", lambda: restyled(report(), "Kết quả tổ chức", "<w:color", "<w:i/><w:color")),
    seed("F-33", lambda: patched(report(), "Việt Nam năm 2026</w:t>", "Việt Nam năm 2026.</w:t>", most=1)),
    seed("F-34", lambda: unruled(report(), 2)),
    seed("F-35", lambda: restyled(letter(), "V/v đôn đốc", 'w:before="120"', 'w:before="0"')),
    seed("F-35", lambda: restyled(letter(), "V/v đôn đốc", "<w:color", "<w:b/><w:color")),
    seed("F-36", lambda: inserted(letter(), "Kính gửi:", "CÔNG VĂN")),
    seed("F-37", changed(subject="Kết quả tổ chức các hoạt động hưởng ứng " + "Ngày Khoa học, Công nghệ và Đổi mới sáng tạo " * 4)),
    seed("F-38", lambda: restyled(plan(), "Căn cứ Luật", ";</w:t>", ",</w:t>")),
    seed("F-38", lambda: restyled(plan(), "Căn cứ Nghị quyết", ITALIC, "")),
    seed("F-39", said("Nghị quyết số 57-NQ/TW ngày 22 tháng 12 năm 2024 của Bộ Chính trị", "Nghị quyết số 57-NQ/TW")),
    seed("F-40", lambda: docx_of(reworded(plan(), "đổi mới sáng tạo ngày 27 tháng 6 năm 2025", "đổi mới sáng tạo số 93/2025/QH15"))),
    seed("F-52", lambda: patched(report(), "Kính gửi: ", "Kính gửi ")),
    seed("F-52", lambda: patched(letter(), "- Thôn Vịn;", "- Thôn Vịn")),
    seed("F-52", lambda: restyled(report(), "Kính gửi", "<w:color", "<w:i/><w:color")),
    seed("F-52", changed(addressees=(), addressee_via=None)),
    seed("F-53", lambda: docx_of(plan().model_copy(update={"addressees": ("Các thôn",)}))),
)  # fmt: skip
BODIES = (
    seed("F-41", lambda: restyled(report(), DIRECTED, 'w:val="both"', 'w:val="left"')),
    seed("F-41", lambda: restyled(report(), DIRECTED, "<w:color", "<w:i/><w:color")),
    seed("F-42", lambda: restyled(report(), DIRECTED, 'w:firstLine="720"', 'w:firstLine="1000"')),
    seed("F-43", lambda: restyled(report(), DIRECTED, 'w:after="120"', 'w:after="0"')),
    seed("F-44", lambda: restyled(report(), DIRECTED, 'w:line="360" w:lineRule="exact"', 'w:line="800" w:lineRule="auto"')),
    seed("F-45", lambda: restyled(report(), DIRECTED, '<w:sz w:val="28"/>', '<w:sz w:val="26"/>')),
    seed("F-46", lambda: restyled(report(), ">II. KẾT QUẢ", BOLD, "")),
    seed("F-47", lambda: restyled(report(), ">2. Tổ chức", BOLD, "")),
    seed("F-47", said("2. Tổ chức các hoạt động hưởng ứng", "2) Tổ chức các hoạt động hưởng ứng"), "F-49"),
    seed("F-48", said("b) Mô hình nuôi cá", "f) Mô hình nuôi cá")),
    seed("F-49", said("II. Kết quả thực hiện", "III. Kết quả thực hiện")),
    seed("F-49", said("2. Tồn tại, hạn chế", "1. Tồn tại, hạn chế") ),
    seed("F-50", lambda: inserted(report(), DIRECTED, "Chương I")),
    seed("F-51", said("theo dõi, tổng hợp./.", "theo dõi, tổng hợp.")),
)  # fmt: skip
ENDS = (
    seed("F-54", changed(recipients=("UBND tỉnh", "Lưu: VT, VHXH"))),
    seed("F-55", lambda: restyled(report(), "Nơi nhận:", ITALIC, "")),
    seed("F-55", lambda: restyled(report(), "Nơi nhận:", "Nơi nhận:", "Nơi nhận")),
    seed("F-55", changed(recipients=())),
    seed("F-56", lambda: restyled(report(), "- Sở KH", "(để b/c);", "(để b/c)")),
    seed("F-56", lambda: restyled(report(), "- Sở KH", '<w:sz w:val="22"/>', '<w:sz w:val="24"/>')),
    seed("F-57", lambda: patched(report(), "- Lưu: VT, VHXH.", "- Lưu VT, VHXH.")),
    seed("F-59", lambda: patched(report(), "KT. CHỦ TỊCH", "KT CHỦ TỊCH")),
    seed("F-61", changed(authority_lines=("TM. ỦY BAN NHÂN DÂN", "CÁN BỘ PHỤ TRÁCH"))),
    seed("F-61", changed(authority_lines=())),
    seed("F-62", changed(signer_name="ThS. Lê Văn Công")),
    seed("F-62", changed(signer_name="")),
    seed("F-62", lambda: restyled(report(), ">Lê Văn Công<", BOLD, "")),
    seed("F-76", lambda: appended(letter(), "Ủy ban nhân dân xã đề nghị", "Địa chỉ: thôn Vịn, xã Bát Mọt")),
)  # fmt: skip
ANNEXES = (
    seed("F-68", said("Số liệu chi tiết tại Phụ lục I kèm theo", "Số liệu chi tiết kèm theo")),
    seed("F-68", changed(annexes=tuple(a.model_copy(update={"number": n}) for a, n in zip(report().annexes, ("I", "III", "II"), strict=True)))),
    seed("F-69", lambda: restyled(report(), "(Kèm theo", ITALIC, "")),
    seed("F-69", lambda: restyled(report(), ">Phụ lục II<", BOLD, "")),
    seed("F-69", said("(Kèm theo Báo cáo số        /BC", "(Kèm theo Báo cáo số 112/BC")),
    seed("F-69", lambda: docx_of(report().model_copy(update={"annexes": tuple(a.model_copy(update={"reference": ""}) for a in report().annexes)}))),
)  # fmt: skip
WORDS = (
    seed("F-71", said("chỉ đạo của Ủy ban nhân dân tỉnh,", "chỉ đạo của UBND huyện Thường Xuân,")),
    seed("F-72", said("chỉ đạo của Ủy ban nhân dân tỉnh,", "chỉ đạo của ủy ban nhân dân tỉnh,")),
    seed("F-72", said("tại thôn Vịn: 12 hộ", "tại Xã Bát Mọt: 12 hộ")),
    seed("F-73", said(DIRECTED, "Ngay sau khi phó chủ tịch Lê Văn Công chỉ đạo")),
    seed("F-74", said(DIRECTED, "Thực hiện Khoản 2 Điều 3")),
    seed("F-75", said(DIRECTED, "Nhằm hoà chung không khí")),
    seed("F-80", said("với 1.018 lượt", "với 1,018 lượt")),
    seed("F-80", said("86.450.000 đồng", "86.450.000 VNĐ")),
    seed("F-81", said("Đến hết ngày 22/6/2026", "Đến hết ngày 22/06/2026")),
    seed("F-81", said("Đến hết ngày 22/6/2026", "Đến hết ngày 2026-06-22")),
    seed("F-82", said("có 24/26 đơn vị", "có {{so}} đơn vị")),
    seed("F-82", said("có 24/26 đơn vị", "có …… đơn vị")),
)  # fmt: skip
MORE = (
    seed("F-33", changed(subject="")),
    seed("F-35", lambda: patched(letter(), "V/v đôn đốc", "Đôn đốc")),
    seed("F-35", lambda: patched(letter(), "V/v đôn đốc", "V/v: đôn đốc")),
    seed("F-38", lambda: restyled(plan(), "Căn cứ Nghị quyết", ".</w:t>", ";</w:t>")),
    seed("F-52", lambda: patched(letter(), "Kính gửi:</w:t>", "Kính gửi: UBND</w:t>")),
    seed("F-52", lambda: patched(letter(), "- Thôn Khẹo.", "- Thôn Khẹo;")),
    seed("F-52", lambda: restyled(letter(), "- Thôn Vịn;", 'w:hanging="164"', 'w:firstLine="900"')),
    seed("F-52", lambda: patched(report(), "Kính gửi: Ủy ban nhân dân tỉnh Thanh Hóa", "Kính gửi:")),
    seed("F-48", said("b) Mô hình nuôi cá", "â) Mô hình nuôi cá")),
    seed("F-49", lambda: inserted(report(), ">2. Tồn tại", "1.2. Kết quả cụ thể")),
    seed("F-55", lambda: restyled(report(), "Nơi nhận:", 'w:left="0"', 'w:left="300"')),
    seed("F-57", lambda: restyled(report(), "- Lưu: VT, VHXH.", "VHXH.", "vhxh.")),
    seed("F-29", lambda: patched(report(), "Bát Mọt, ngày 26 tháng 6 năm 2026", "Bát Mọt, hôm nay")),
    seed("F-23", lambda: patched(report(), "Số: 112/BC-UBND", "Ký hiệu"), "F-20", "F-21"),
    seed("F-13", lambda: patched(report(), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "VIỆT NAM"), "F-20"),
    seed("F-20", changed(agency_lines=())),
    seed("F-68", lambda: docx_of(reworded(report().model_copy(update={"annexes": report().annexes[:1]}), "Số liệu chi tiết tại Phụ lục I kèm theo", "Số liệu chi tiết kèm theo"))),
)  # fmt: skip
FILE_SEEDS = (*PAGES, *HEADS, *TITLES, *BODIES, *ENDS, *ANNEXES, *WORDS, *MORE)
ELSEWHERE = {  # in test_document_linting.py (register) and test_document_linting_pdf.py (PDF)
    "register": {"F-28", "F-58", "F-60", "F-79", "F-83", "F-85"},
    "pdf": {"F-63", "F-64", "F-65", "F-66", "F-67", "F-78", "F-84"},
}


@pytest.mark.parametrize("one", FILE_SEEDS, ids=lambda one: one.point)
def test_a_seeded_defect_is_caught_and_nothing_else(one: Seed) -> None:
    found = {breach.point for breach in judged(one.make()).breaches}
    assert one.point in found
    assert found <= {one.point, *one.also}


def test_every_point_is_proved() -> None:
    proved = {one.point for one in FILE_SEEDS} | ELSEWHERE["register"] | ELSEWHERE["pdf"]
    assert proved == {f"F-{number:02d}" for number in range(1, 86)}


@pytest.mark.parametrize("make", [report, letter, plan, unit_report])
def test_a_sound_document_has_no_breach(make: Callable[[], OfficialDocument]) -> None:
    assert judged(docx_of(make())).breaches == ()


def test_one_defect_in_many_places_is_told_with_a_count_of_the_rest() -> None:
    told = judged(patched(report(), 'w:ascii="Times New Roman"', 'w:ascii="Arial"')).breaches
    assert {one.point for one in told} == {"F-07"}
    assert len(told) == RULES.most_findings + 1
    assert "chỗ khác" in told[-1].wrong


def test_a_kind_that_is_named_overrides_the_type_name() -> None:
    assert points_of(judged(docx_of(letter()), kind="BC").breaches) >= {"F-26", "F-32"}
    assert "F-36" in points_of(judged(docx_of(report()), kind="CV").breaches)
