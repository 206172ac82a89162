"""Every error a caller may catch; messages are Vietnamese because users read them."""

import math
from datetime import timedelta

from models.problems import Problem
from models.submissions import Finding


class DondocError(Exception):
    """The root of all errors of this project; its text says what, where and what to do."""


class UsageError(DondocError):
    """The caller asked for something that does not exist or contradicts itself."""


class RefusedError(DondocError):
    """The rules of the plan or of the field forbid the action now."""


class TransientError(DondocError):
    """The outside world failed in a way that may pass; try again later."""


class PermanentError(DondocError):
    """The outside world refused for good; trying again changes nothing."""


class ConflictError(RefusedError):
    """The same key was already used with other content."""


class VersionChangedError(ConflictError):
    """A newer version came in while somebody judged the one before."""


class SelfApprovalError(RefusedError):
    """Nobody accepts what they entered themselves, or what their own unit sent."""


class TooManyTriesError(RefusedError):
    """Somebody guesses, or was taken for one who does; the next try is looked at after a while."""

    def __init__(self, wait: timedelta) -> None:
        """Keep how long to wait."""
        self.wait_seconds = max(1, math.ceil(wait.total_seconds()))
        minutes = math.ceil(self.wait_seconds / 60)
        soon = f"{self.wait_seconds} giây" if self.wait_seconds < 60 else f"{minutes} phút"  # noqa: PLR2004 - a minute
        super().__init__(f"Đã thử nhiều lần chưa đúng; hãy thử lại sau {soon}.")


class SubmissionInvalidError(RefusedError):
    """Fields of an answer break the rules of their indicators; nothing was stored."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep the findings, so that a form can show each beside its field."""
        self.findings = findings
        lines = "\n".join(f"- {f.field}: {f.message}" for f in findings)
        super().__init__(f"Bản nộp có {len(findings)} mục cần sửa:\n{lines}")


class AmbiguousNumberError(DondocError):
    """A written number that may be read in several ways, or in none; its text asks the writer."""

    def __init__(self, text: str, doubt: str) -> None:
        """Keep the text as written beside what makes it doubtful."""
        super().__init__(
            f"Số “{text}” {doubt}; đề nghị ghi lại một số nguyên bằng chữ số, "
            "dùng dấu chấm phân cách hàng nghìn, ví dụ 1500 hoặc 1.500.",
        )
        self.text = text


class WorkbookUnreadableError(RefusedError):
    """A spreadsheet that is no form of this unit's or not safe; its text is for the unit."""


class PlanInvalidError(DondocError):
    """The files of a plan are wrong; every fault is named with its file, line and field."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems, so that an editor or a page can show each at its place."""
        self.problems = problems
        lines = "\n".join(str(problem) for problem in problems)
        super().__init__(f"Kế hoạch có {len(problems)} lỗi cần sửa:\n{lines}")
