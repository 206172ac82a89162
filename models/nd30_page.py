"""Pages: paper, margins, fonts, colour and page numbers (F-01 to F-12, F-70)."""

from collections.abc import Iterable, Iterator

from models.document_rules import Breaches
from models.nd30_case import Case, compiled, shown_number
from models.nd30_document import PageSection, TextLine

_MARGINS = {"F-03": "top", "F-04": "bottom", "F-05": "left", "F-06": "right"}
_NAMES = {"top": "trên", "bottom": "dưới", "left": "trái", "right": "phải"}


def _sections(case: Case) -> Iterator[tuple[str, PageSection]]:
    word = "trang" if case.is_pdf else "phần"
    for number, section in enumerate(case.read.sections, start=1):
        yield f"{word} {number}", section


def paper(case: Case) -> Breaches:
    """F-01: A4."""
    limits, slack = case.point("F-01").limits, case.rules.tolerance_mm
    for place, section in _sections(case):
        short, long = sorted((section.width_mm, section.height_mm))
        if abs(short - limits["short_mm"]) > slack or abs(long - limits["long_mm"]) > slack:
            size = f"{shown_number(section.width_mm)} × {shown_number(section.height_mm)} mm"
            yield case.breach("F-01", f"Khổ giấy {size}.", place=place)


def orientation(case: Case) -> Breaches:
    """F-02: landscape only around a table."""
    for place, section in _sections(case):
        if section.is_landscape and not section.has_table:
            yield case.breach("F-02", "Trang để ngang mà không có bảng.", place=place)


def margins(case: Case) -> Breaches:
    """F-03 to F-06: the four margins."""
    slack = case.rules.tolerance_mm
    for place, section in _sections(case):
        for point_id, side in _MARGINS.items():
            limits = case.point(point_id).limits
            found: float | None = getattr(section, f"{side}_mm")
            if found is None or limits["least"] - slack <= found <= limits["most"] + slack:
                continue
            yield case.breach(point_id, f"Lề {_NAMES[side]} {shown_number(found)} mm.", place=place)


def fonts(case: Case) -> Breaches:
    """F-07: Times New Roman, in PDF a font of its measures."""
    allowed = {name.casefold() for name in case.point("F-07").lists[case.read.medium.value]}
    for line in _all_lines(case):
        names = {name for face in line.faces for name in face.fonts if name}
        wrong = sorted(name for name in names if name.casefold() not in allowed)
        if wrong:
            yield case.breach("F-07", f"Phông chữ {', '.join(wrong)}.", at=line)


def colours(case: Case) -> Breaches:
    """F-10: black text."""
    allowed = {name.casefold() for name in case.point("F-10").lists["colours"]}
    for line in _all_lines(case):
        found = {face.colour for face in line.faces if face.colour}
        wrong = sorted(colour for colour in found if colour.casefold() not in allowed)
        if wrong:
            yield case.breach("F-10", f"Chữ màu #{', #'.join(wrong)}.", at=line)


def page_numbers(case: Case) -> Breaches:
    """F-11: Arabic numbers in the middle of the top margin."""
    if case.is_pdf:
        yield from _printed_numbers(case)
        return
    for index, (place, section) in enumerate(_sections(case)):
        if not section.header.has_number:
            if _fits_one_page(case, index):
                continue
            where = " (đang ở chân trang)" if section.footer.has_number else ""
            yield case.breach("F-11", f"Không có số trang ở lề trên{where}.", place=place)
        elif section.number_format != "decimal":
            yield case.breach("F-11", "Số trang không phải chữ số Ả Rập.", place=place)
        else:
            numbered = [line for line in section.header.lines if line.text]
            yield from case.styled("F-11", numbered)


def _fits_one_page(case: Case, section: int) -> bool:
    """Tell whether a section is surely so short that its only page carries no number."""
    limits = case.point("F-11").limits
    mine = [line for line in case.anatomy.text if line.section == section]
    letters = sum(len(line.text) for line in mine)
    rows = {(x.cell.table, x.cell.row) if x.cell else x.number for x in mine}
    return letters < limits["one_page_letters"] and len(rows) < limits["one_page_lines"]


def _printed_numbers(case: Case) -> Breaches:
    before = 0
    for number, section in enumerate(case.read.sections, start=1):
        printed = section.starts_at
        if number > 1 and printed is None and not _opens_annex(case, number):
            yield case.breach("F-11", "Trang không có số ở giữa lề trên.", place=f"trang {number}")
        elif printed is not None:
            yield from case.styled("F-11", section.header.lines)
            if printed != before + 1:
                wrong = f"Số trang {printed} sau số trang {before}."
                yield case.breach("F-11", wrong, place=f"trang {number}")
        before = 1 if printed is None else printed


def _opens_annex(case: Case, page: int) -> bool:
    return any(annex.label.page == page for annex in case.anatomy.annexes)


def first_page(case: Case) -> Breaches:
    """F-12: no number on the first page, counted from 1."""
    if not case.read.sections:
        return
    first = case.read.sections[0]
    if case.is_pdf:
        if first.starts_at is not None:
            yield case.breach("F-12", "Trang thứ nhất có số trang.", place="trang 1")
        return
    if first.header.has_number and not first.first_page_differs:
        yield case.breach("F-12", "Trang thứ nhất hiển thị số trang.", place="phần 1")
    elif first.first_header.has_number or any(line.text for line in first.first_header.lines):
        yield case.breach("F-12", "Đầu trang thứ nhất không để trống.", place="phần 1")
    if first.starts_at not in {None, 1}:
        wrong = f"Số trang bắt đầu từ {first.starts_at}, không phải từ 1."
        yield case.breach("F-12", wrong, place="phần 1")


def annex_pages(case: Case) -> Breaches:
    """F-70: the pages of each annex are counted from 1."""
    if case.anatomy.is_attachment:
        return
    for annex in case.anatomy.annexes:
        if case.is_pdf:
            page = annex.label.page or 1
            starts = case.read.sections[page - 1].starts_at in {None, 1}
        else:
            own = _first_of_section(case, annex.label)
            section = case.read.sections[annex.label.section]
            starts = own and annex.label.section > 0 and section.starts_at == 1
        if not starts:
            yield case.breach("F-70", "Số trang của phụ lục không đánh lại từ 1.", at=annex.label)


def _first_of_section(case: Case, label: TextLine) -> bool:
    mine = (line for line in case.anatomy.text if line.section == label.section)
    return next(mine, None) is label


def _all_lines(case: Case) -> Iterable[TextLine]:
    headers = (line for section in case.read.sections for line in section.header.lines)
    return (*case.anatomy.text, *(() if case.is_pdf else headers))


CHECKS = (
    paper, orientation, margins, fonts, colours, page_numbers, first_page, annex_pages,
)  # fmt: skip


def legacy_fonts(case: Case, line: TextLine) -> list[str]:
    """Name the fonts of TCVN3 and VNI code that a line uses."""
    patterns = [compiled(pattern) for pattern in case.point("F-08").lists["fonts"]]
    names = {name for face in line.faces for name in face.fonts}
    return sorted(name for name in names if any(p.search(name) for p in patterns))
