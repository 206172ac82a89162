"""Where the final report stands, in words."""

from models.vietnamese import format_day, format_instant
from services.decisions import Verdict
from services.reports import ReportRecord


def report_text(report: ReportRecord | None) -> str:
    """Tell in Markdown the version, what is missing, the decision and the number."""
    if report is None:
        return "Chưa có dự thảo báo cáo."
    coverage = report.content.coverage
    lines = [
        f"## Dự thảo báo cáo lần {report.version}",
        f"- Lập lúc {format_instant(report.created_at)}; mã nội dung `{report.sha256[:12]}`",
        f"- Tổng hợp từ **{len(coverage.reported)}/{len(coverage.owing)}** đơn vị",
    ]
    wanting = [unit.name for unit in (*coverage.missing, *coverage.waiting)]
    if wanting:
        lines.append(f"- Chưa có số liệu: {'; '.join(wanting)}")
    lines.append(f"- {decision_text(report)}")
    lines += [f"- Cần kiểm tra: {doubt}" for doubt in report.content.doubts]
    return "\n".join(lines)


def decision_text(report: ReportRecord) -> str:
    """Tell the decision and the number in one sentence."""
    if report.verdict is None or report.decided_at is None:
        if report.passed_on_at is not None:
            at = format_instant(report.passed_on_at)
            return f"Đã chuyển xin ý kiến Chủ tịch lúc {at}; đang chờ Chủ tịch quyết định"
        return "Đang chờ lãnh đạo quyết định"
    stead = f" (thay {report.in_stead_of}, theo {report.basis})" if report.in_stead_of else ""
    at = format_instant(report.decided_at) + stead
    if report.verdict == Verdict.RETURNED:
        return f"Lãnh đạo trả lại lúc {at}: “{report.comment}”"
    if report.number is None or report.issued_on is None:
        return f"Lãnh đạo phê duyệt lúc {at}; chờ văn thư cấp số"
    numbered = f"cấp số {report.number:02d} ngày {format_day(report.issued_on)}"
    return f"Đã phê duyệt lúc {at} và {numbered}"
