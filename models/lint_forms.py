"""Lint of a plan's form: number, date, grounds, signature (Nghị định 30/2020/NĐ-CP)."""

import re
from datetime import date

from models.lint_findings import Findings, LintFinding, LintRule
from models.plans import LegalBasis, PlanDossier
from models.vietnamese import format_day

# Bộ luật Lao động 2019, Điều 112: the days off that fall on the same solar date every year.
_SOLAR_HOLIDAYS = {
    (1, 1): "Tết Dương lịch",
    (30, 4): "Ngày Chiến thắng",
    (1, 5): "Quốc tế Lao động",
    (2, 9): "Quốc khánh",
}
_FIRST_WEEKEND_DAY = 5
_AUTHORITY_WITHOUT_DOT = re.compile(r"\b(TM|KT|TL|TUQ|Q)(?=\s+\w)")


def blank_number(dossier: PlanDossier, _day: date) -> Findings:
    """Yield the missing document number."""
    plan = dossier.plan
    if plan.number is None:
        yield LintFinding(
            code="L01",
            title="Chưa có số văn bản",
            where="number",
            message="Số văn bản còn trống; văn thư cấp số khi ban hành.",
            blocking=True,
            default=f"in “Số: …/{plan.symbol}”; nhập số khi đưa kế hoạch vào thực hiện",
        )


def blank_or_wrong_issue_day(dossier: PlanDossier, _day: date) -> Findings:
    """Yield the missing day of issue, or one outside the window the plan leaves."""
    plan = dossier.plan
    if plan.issued_on is None:
        message = f"Ngày ban hành còn trống (“{plan.place_date_wording}”)."
    elif plan.issue_window and not plan.issue_window[0] <= plan.issued_on <= plan.issue_window[1]:
        first, last = map(format_day, plan.issue_window)
        message = f"Ngày ban hành {format_day(plan.issued_on)} nằm ngoài {first} - {last}."
    else:
        return
    yield LintFinding(
        code="L02",
        title="Ngày ban hành",
        where="issued_on",
        message=message,
        blocking=True,
        default="mọi thời hạn “kể từ ngày ban hành” chờ ngày này",
    )


def repeated_numbering(dossier: PlanDossier, _day: date) -> Findings:
    """Yield holders that carry a number of the source already used before them."""
    seen: dict[str, str] = {}
    for holder in dossier.plan.duty_holders:
        found = re.match(r"\d+", holder.seed_number)
        number = found[0] if found else holder.seed_number
        if number in seen:
            yield LintFinding(
                code="L04",
                title="Đánh số trùng",
                where=holder.id,
                message=f"Mục phân công có hai số “{number}”: {seen[number]} và {holder.name}.",
                default=f"hiển thị “{holder.name}” là mục {holder.number}, giữ số gốc để đối chiếu",
            )
        seen.setdefault(number, holder.name)


def authority_without_dot(dossier: PlanDossier, _day: date) -> Findings:
    """Yield a KT, TM, TL or TUQ written without its dot, and a missing TM. line."""
    signer = dossier.plan.signer
    for found in _AUTHORITY_WITHOUT_DOT.finditer(signer.source_wording):
        yield LintFinding(
            code="L24",
            title="Quyền hạn ký thiếu dấu chấm",
            where="signer",
            message=f"“{found[1]}” phải viết “{found[1]}.” (Nghị định 30/2020/NĐ-CP, Phụ lục I).",
            default=f"in: {' / '.join(signer.authority_lines)}",
        )
    if "TM" not in signer.source_wording:
        yield LintFinding(
            code="L24",
            title="Quyền hạn ký thiếu “TM.”",
            where="signer",
            message="Văn bản của tập thể Ủy ban nhân dân thường ký “TM. ỦY BAN NHÂN DÂN”.",
            default=f"in: {' / '.join(signer.authority_lines)}",
        )


def basis_dated_on_a_day_off(dossier: PlanDossier, _day: date) -> Findings:
    """Yield documents cited with a date on which offices are closed."""
    for basis in (*dossier.plan.legal_basis, *dossier.plan.cited_policies):
        reason = _day_off(basis.issued_on)
        if basis.issued_on is not None and reason:
            yield LintFinding(
                code="L28",
                title="Căn cứ đề ngày nghỉ",
                where=f"{basis.type_name} {basis.number}",
                message=f"Ngày {format_day(basis.issued_on)} là {reason}; kiểm tra lại ngày.",
                default="giữ nguyên ngày như kế hoạch ghi",
            )


def thin_legal_basis(dossier: PlanDossier, _day: date) -> Findings:
    """Yield cited documents without date or subject, and a plan that rests on one công văn."""
    plan = dossier.plan
    for basis in (*plan.legal_basis, *plan.cited_policies):
        if missing := _missing_in(basis):
            yield LintFinding(
                code="L30",
                title="Văn bản dẫn chiếu thiếu thông tin",
                where=f"{basis.type_name} {basis.number}",
                message=f"Kế hoạch không ghi {missing} của văn bản này.",
                default="không tự thêm; đề nghị bổ sung căn cứ",
            )
    if all(basis.type_name.casefold() == "công văn" for basis in plan.legal_basis):
        yield LintFinding(
            code="L30",
            title="Căn cứ chỉ có công văn",
            where="legal_basis",
            message="Không có luật, nghị định hay quyết định nào làm căn cứ.",
            default="không tự thêm; đề nghị bổ sung căn cứ",
        )


def no_budget(dossier: PlanDossier, _day: date) -> Findings:
    """Yield a plan whose funding has no amount."""
    if dossier.plan.funding.amount is None:
        yield LintFinding(
            code="L35",
            title="Không nêu mức kinh phí",
            where="funding",
            message="Kế hoạch chỉ nêu nguồn kinh phí, không có số tiền.",
            default="báo cáo tổng hợp kinh phí thực chi của các đơn vị",
        )


def _missing_in(basis: LegalBasis) -> str:
    missing = [
        name
        for name, value in (("ngày", basis.issued_on), ("trích yếu", basis.subject))
        if value is None
    ]
    return " và ".join(missing)


def _day_off(day: date | None) -> str:
    if day is None:
        return ""
    name = _SOLAR_HOLIDAYS.get((day.day, day.month))
    if name:
        return f"ngày nghỉ lễ ({name})"
    return "ngày nghỉ cuối tuần" if day.weekday() >= _FIRST_WEEKEND_DAY else ""


FORM_RULES: tuple[LintRule, ...] = (
    blank_number,
    blank_or_wrong_issue_day,
    repeated_numbering,
    authority_without_dot,
    basis_dated_on_a_day_off,
    thin_legal_basis,
    no_budget,
)
