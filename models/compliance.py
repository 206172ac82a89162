"""The compliance review of a detailed plan: twelve points, their marks, and what follows."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum

from models.calendars import WorkingCalendar
from models.errors import RefusedError
from models.units import UnitKind
from models.values import Value
from models.vietnamese import format_day

LONGEST_REMARK = 1_000
# VP-1, domain.md 3.5; the grounds are the form's own.
POINTS: dict[int, tuple[str, str]] = {
    1: (("Đúng thẩm quyền, chức năng của đơn vị; phù hợp Kế hoạch của xã (nhóm nội dung, mốc thời "
        "gian)"), "Kế hoạch của xã"),
    2: (("Thời gian trong khoảng từ ngày ban hành đến ngày cuối của Kế hoạch, không trùng sự kiện "
        "khác, không rơi vào ngày nghỉ nếu cần công chức dự"), "Kế hoạch của xã"),
    3: ("Thể thức văn bản (tổ chức chính trị - xã hội: chỉ kiểm tra nội dung)",
        "Nghị định số 30/2020/NĐ-CP"),
    4: ("Nội dung tuyên truyền đúng chủ trương, không quảng cáo trá hình, không lộ bí mật nhà nước",
        "Luật Bảo vệ bí mật nhà nước, Luật Quảng cáo"),
    5: ("Băng rôn, pa nô: nội dung, vị trí, thời gian treo, tháo dỡ, mỹ quan", "Luật Quảng cáo"),
    6: ("Cuộc thi: thể lệ, giải thưởng, nguồn kinh phí, sở hữu bài dự thi, đồng ý của phụ huynh",
        "Luật Trẻ em, Luật Sở hữu trí tuệ"),
    7: ("Dữ liệu cá nhân, hình ảnh (nhất là trẻ em): có sự đồng ý, phạm vi đăng",
        "Luật số 91/2025/QH15"),
    8: ("Đăng mạng xã hội: trang chính thức, người duyệt tin", "Quy chế phát ngôn"),
    9: ("Kinh phí: có dự toán, nguồn hợp pháp, không huy động ép buộc", "Luật Ngân sách nhà nước"),
    10: (("An ninh trật tự, vệ sinh môi trường, phòng dịch; đã thông báo Công an, Y tế khi đông "
         "người"), "Yêu cầu của Kế hoạch"),
    11: ("Nội dung sở hữu trí tuệ, chuyển giao công nghệ (nếu có) chính xác", "Nhiệm vụ VP-2"),
    12: ("Có chế độ báo cáo, người phụ trách, liên hệ", "Kế hoạch của xã"),
}  # fmt: skip
_DAY = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_REPORTING = re.compile(r"báo cáo", re.IGNORECASE)
_IN_CHARGE = re.compile(r"phụ trách|liên hệ|đầu mối", re.IGNORECASE)
_PHONE = re.compile(r"\b0\d(?:[ .]?\d){7,9}\b")


class Mark(StrEnum):
    """What the reviewer finds on one point."""

    PASS = "pass"  # noqa: S105 - a mark, not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"


MARK_NAMES = {Mark.PASS: "Đạt", Mark.FAIL: "Chưa đạt", Mark.NOT_APPLICABLE: "Không áp dụng"}


class Result(StrEnum):
    """What the form decides."""

    PASS = "pass"  # noqa: S105 - a result, not a password
    PASS_WITH_REMARKS = "pass_with_remarks"  # noqa: S105 - same
    RETURN = "return"


RESULT_NAMES = {
    Result.PASS: "Đạt",
    Result.PASS_WITH_REMARKS: "Đạt, cần hoàn thiện",
    Result.RETURN: "Trả lại",
}


class Suggestion(Value):
    """What the machine finds on a point, and why; a reviewer may mark otherwise with a reason."""

    mark: Mark
    reason: str


class ComplianceRow(Value):
    """One point as marked; ``remark`` is what to correct, or why no suggestion was followed."""

    number: int
    mark: Mark
    remark: str = ""
    suggestion: Suggestion | None = None

    @property
    def title(self) -> str:
        """The point's text."""
        return POINTS[self.number][0]

    @property
    def is_overridden(self) -> bool:
        """Whether the reviewer marked otherwise than the machine."""
        return self.suggestion is not None and self.suggestion.mark is not self.mark


def refuse_unfounded(rows: Sequence[ComplianceRow], result: Result) -> None:
    """Let a form pass whose result follows from its marks, each with its reason.

    Raises:
        RefusedError: a point is not marked, a reason is missing, or the result contradicts them.
    """
    if [row.number for row in rows] != list(POINTS):
        raise RefusedError("Hãy đánh giá đủ 12 tiêu chí.")
    faults = [text for row in rows for text in _faults(row)]
    failed = [row.number for row in rows if row.mark is Mark.FAIL]
    if result is Result.RETURN and not failed:
        faults.append("Trả lại phải nêu ít nhất một tiêu chí chưa đạt và yêu cầu chỉnh sửa.")
    if result is Result.PASS and failed:
        listed = ", ".join(map(str, failed))
        faults.append(f"Tiêu chí {listed} chưa đạt; hãy chọn “Đạt, cần hoàn thiện” hoặc “Trả lại”.")
    if result is Result.PASS_WITH_REMARKS and not any(row.remark for row in rows):
        faults.append("“Đạt, cần hoàn thiện” phải ghi rõ nội dung cần hoàn thiện.")
    if faults:
        raise RefusedError(" ".join(faults))


def _faults(row: ComplianceRow) -> Iterator[str]:
    if row.remark:
        return
    if row.mark is Mark.FAIL:
        yield f"Tiêu chí {row.number}: hãy ghi yêu cầu chỉnh sửa."
    elif row.is_overridden:
        yield f"Tiêu chí {row.number}: hãy ghi lý do đánh giá khác kết quả kiểm tra tự động."


def correction_text(rows: Sequence[ComplianceRow]) -> str:
    """Return what the unit is told: each point that failed, by number, with the correction."""
    return "; ".join(
        f"Tiêu chí {row.number}: {row.remark}" for row in rows if row.mark is Mark.FAIL
    )


def completion_text(rows: Sequence[ComplianceRow]) -> str:
    """Return what is to be completed in a plan that passed."""
    said = [f"Tiêu chí {row.number}: {row.remark}" for row in rows if row.remark]
    return "Kế hoạch đạt yêu cầu; đề nghị hoàn thiện: " + "; ".join(said)


def suggest_days(text: str, *, first: date, last: date, calendar: WorkingCalendar) -> Suggestion:
    """Judge point 2 by the days a plan names; only what is written as a day is seen."""
    days = sorted(set(_days(text)))
    outside = [format_day(day) for day in days if not first <= day <= last]
    resting = [format_day(day) for day in days if not calendar.is_working_day(day)]
    span = f"từ {format_day(first)} đến {format_day(last)}"
    if outside:
        return Suggestion(mark=Mark.FAIL, reason=f"Ngày ngoài khoảng {span}: {', '.join(outside)}.")
    if not days:
        return Suggestion(mark=Mark.FAIL, reason="Không tìm thấy ngày cụ thể nào trong nội dung.")
    if resting:
        reason = f"Rơi vào ngày nghỉ: {', '.join(resting)}; đạt nếu không cần công chức dự."
        return Suggestion(mark=Mark.FAIL, reason=reason)
    return Suggestion(mark=Mark.PASS, reason=f"{len(days)} ngày nêu trong nội dung đều {span}.")


def _days(text: str) -> Iterator[date]:
    for day, month, year in _DAY.findall(text):
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue


def suggest_contact(text: str) -> Suggestion:
    """Judge point 12 by its words: reporting, somebody in charge, and how to reach them."""
    wanted = {"chế độ báo cáo": _REPORTING, "người phụ trách hoặc đầu mối": _IN_CHARGE,
              "số điện thoại": _PHONE}  # fmt: skip
    missing = [name for name, sign in wanted.items() if not sign.search(text)]
    if missing:
        return Suggestion(mark=Mark.FAIL, reason=f"Không tìm thấy: {', '.join(missing)}.")
    return Suggestion(mark=Mark.PASS, reason="Có chế độ báo cáo, người phụ trách và điện thoại.")


def suggest_form(kind: UnitKind, breaches: Sequence[str] | None) -> Suggestion | None:
    """Judge point 3 by what the linter found in the plan's file; None when it read none."""
    if kind is UnitKind.MASS_ORGANISATION:
        reason = "Tổ chức chính trị - xã hội: chỉ kiểm tra nội dung."
        return Suggestion(mark=Mark.NOT_APPLICABLE, reason=reason)
    if breaches is None:
        return None
    if breaches:
        shown = "; ".join(breaches[:3])
        more = f" và {len(breaches) - 3} lỗi khác" if len(breaches) > 3 else ""  # noqa: PLR2004 - shown
        return Suggestion(mark=Mark.FAIL, reason=f"Lỗi thể thức: {shown}{more}.")
    return Suggestion(mark=Mark.PASS, reason="Không thấy lỗi thể thức nào trong tệp kèm theo.")
