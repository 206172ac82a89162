"""What the linter sees in PDF: the same points, and signatures, scans, fonts and links."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    RectangleObject,
    TextStringObject,
)

from models.document_rules import FormVerdict, Severity
from models.documents import Annex, OfficialDocument, Paragraph, Run
from tests.nd30_seeds import judged, letter, pdf_of, plan, report, reworded, unit_report
from tests.nd30_signatures import AGENCY, PERSON, beside, name_box, opened, sign, written

pytestmark = pytest.mark.slow  # each renders documents


def points(verdict: FormVerdict) -> set[str]:
    return {one.point for one in verdict.breaches if one.severity is not Severity.REMARK}


def signed(
    *, agency: str = AGENCY, shift: float = 53, first: str = PERSON, **shown: object
) -> bytes:
    page, box = name_box()
    writer = opened(report())
    sign(writer, first, box, page=page, covers=b"1000", **shown)
    sign(writer, agency, beside(box, shift), page=page)
    return written(writer)


@pytest.mark.parametrize("make", [report, letter, plan, unit_report])
def test_a_sound_pdf_has_no_breach(make: Callable[[], OfficialDocument]) -> None:
    assert judged(pdf_of(make())).breaches == ()


def test_a_well_signed_pdf_has_no_breach() -> None:
    assert points(judged(signed())) == set()


@pytest.mark.parametrize(
    ("point", "make"),
    [
        ("F-63", lambda: signed(image=False)),
        ("F-63", lambda: signed(transparent=False)),
        ("F-64", lambda: signed(shift=10)),
        ("F-64", lambda: signed(shift=-53)),
        ("F-65", lambda: signed(first="UBND XÃ", agency="Nguyễn Văn A")),
    ],
)
def test_signatures_out_of_form_are_caught(point: str, make: Callable[[], bytes]) -> None:
    assert point in points(judged(make()))


def test_a_signature_away_from_the_name_is_caught() -> None:
    page, box = name_box()
    writer = opened(report())
    sign(writer, PERSON, beside(box, 250), page=page, covers=b"1000")
    sign(writer, AGENCY, beside(box, 303), page=page)
    assert points(judged(written(writer))) == {"F-63"}


def test_one_signature_is_not_enough() -> None:
    page, box = name_box()
    writer = opened(report())
    sign(writer, PERSON, box, page=page)
    assert points(judged(written(writer))) == {"F-65"}


def test_a_file_changed_after_signing_is_caught() -> None:
    assert points(judged(signed() + b"\n%more\n")) == {"F-65"}


def test_a_signature_on_an_annex_of_the_same_file_is_caught() -> None:
    page, box = name_box()
    writer = opened(report())
    sign(writer, PERSON, box, page=page, covers=b"1000")
    sign(writer, AGENCY, beside(box, 53), page=page, covers=b"2000")
    sign(writer, AGENCY, (380, 760, 540, 790), page=len(writer.pages))
    assert points(judged(written(writer))) == {"F-67"}


def attachment() -> bytes:
    """The pages of an annex as a file of their own."""
    annex = Annex(
        number=None, title="Biểu số liệu", reference="(Kèm theo Báo cáo số        /BC-UBND)",
        blocks=(Paragraph(runs=(Run(text="Không có số liệu phát sinh trong kỳ."),)),),
    )  # fmt: skip
    writer = opened(report().model_copy(update={"annexes": (annex,)}))
    pages = len(writer.pages)
    alone = PdfWriter()
    alone.add_page(writer.pages[pages - 1])
    return written(alone)


@pytest.mark.parametrize(
    ("box", "shown", "wrong"),
    [
        ((380, 760, 540, 790), {"text": "112/BC-UBND; 26/06/2026; 09:30:00; +07:00"}, set()),
        ((90, 60, 200, 90), {"text": "112/BC-UBND; 26/06/2026; 09:30:00; +07:00"}, {"F-66"}),
        ((380, 760, 540, 790), {"text": "112/BC-UBND", "size": 12}, {"F-66"}),
        ((380, 760, 540, 790), {"image": True, "text": "112/BC-UBND; 26/06/2026; 09:30:00; +07:00"}, {"F-66"}),
    ],
)  # fmt: skip
def test_an_attachment_is_signed_in_its_corner(
    box: tuple[float, ...], shown: dict[str, Any], wrong: set[str]
) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(attachment()))
    sign(writer, AGENCY, box, **{"image": False, **shown})
    verdict = judged(written(writer))
    assert verdict.kind == "PL"
    assert points(verdict) == wrong


def scan(pixels: int, *, colour: str = "/DeviceRGB", version: str = "%PDF-1.7") -> bytes:
    """One A4 page that is a picture."""
    picture = DecodedStreamObject()
    picture.set_data(b"\x00")
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(pixels),
            NameObject("/Height"): NumberObject(pixels * 3 // 2),
            NameObject("/ColorSpace"): NameObject(colour),
            NameObject("/BitsPerComponent"): NumberObject(8),
        }
    )
    writer = PdfWriter()
    page = writer.add_blank_page(595.28, 841.89)
    drawn = DecodedStreamObject()
    drawn.set_data(b"q 595.28 0 0 841.89 0 0 cm /Im Do Q")
    page[NameObject("/Contents")] = writer._add_object(drawn)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/Im"): writer._add_object(picture)})}
    )
    return written(writer).replace(b"%PDF-1.3", version.encode(), 1)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (scan(1700), set()),
        (scan(800), {"F-78"}),
        (scan(1700, colour="/DeviceGray"), {"F-78"}),
        (scan(1700, version="%PDF-1.3"), {"F-78"}),
    ],
)
def test_scans_are_judged_by_their_resolution_and_colour(content: bytes, wrong: set[str]) -> None:
    verdict = judged(content)
    assert points(verdict) == wrong
    assert {"F-13", "F-41"} <= {one.point for one in verdict.unseen}


def test_the_paper_of_a_pdf_is_measured() -> None:
    writer = opened(letter())
    writer.pages[0].mediabox.upper_right = (612, 792)
    assert "F-01" in points(judged(written(writer)))


@pytest.mark.parametrize(
    ("point", "old", "new"),
    [
        ("F-81", "Đến hết ngày 22/6/2026", "Đến hết ngày 22/06/2026"),
        ("F-82", "có 24/26 đơn vị", "có {{so}} đơn vị"),
        ("F-49", "II. Kết quả thực hiện", "III. Kết quả thực hiện"),
        ("F-51", "theo dõi, tổng hợp./.", "theo dõi, tổng hợp."),
        ("F-57", "Lưu: VT, VHXH", "Lưu VT"),
        ("F-71", "chỉ đạo của Ủy ban nhân dân tỉnh,", "chỉ đạo của UBND huyện Thường Xuân,"),
    ],
)
def test_points_about_words_are_seen_in_pdf(point: str, old: str, new: str) -> None:
    assert points(judged(pdf_of(reworded(report(), old, new)))) == {point}


def test_page_numbers_of_a_pdf_are_counted() -> None:
    writer = PdfWriter()
    for page in list(opened(report()).pages)[1:4]:
        writer.add_page(page)
    assert {"F-11", "F-12"} <= points(judged(written(writer)))
    shuffled = PdfWriter()
    pages = list(opened(report()).pages)
    for page in (pages[0], pages[2]):
        shuffled.add_page(page)
    assert "F-11" in points(judged(written(shuffled)))


def test_links_scripts_and_loose_fonts_are_refused() -> None:
    writer = opened(letter())
    writer.add_uri(0, "https://quangcao.example", RectangleObject((0, 0, 10, 10)))
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    for font in writer.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]  # dictionaries
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for key in ("/FontFile2", "/FontFile3"):
            descriptor.get_object().pop(key, None)
    verdict = judged(written(writer))
    told = " ".join(one.wrong for one in verdict.breaches if one.point == "F-84")
    assert points(verdict) == {"F-84"}
    assert "liên kết" in told
    assert "JavaScript" in told
    assert "không nhúng" in told


def test_a_pdf_without_tags_is_remarked_on_but_not_refused() -> None:
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(pdf_of(letter()))).pages:
        writer.add_page(page)
    writer._root_object[NameObject("/MarkInfo")] = DictionaryObject(
        {NameObject("/Marked"): BooleanObject(value=False)}
    )
    verdict = judged(written(writer))
    assert not verdict.is_refused(strict=True)
    assert verdict.count(Severity.REMARK) == 2


def test_a_file_alone_lists_what_only_the_register_knows() -> None:
    reasons = {one.point: one.reason for one in judged(pdf_of(report())).unseen}
    assert {"F-28", "F-58", "F-60", "F-79", "F-83", "F-85"} <= set(reasons)
    assert "không kiểm được từ tệp" in reasons["F-28"]
    assert "DOCX" in reasons["F-42"]
