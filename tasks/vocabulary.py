"""Closed choices of the forms in the Prefect UI, in the words people click on."""

from enum import StrEnum

from services.decisions import Verdict
from services.sign_offs import SignOffKind


class DecisionChoice(StrEnum):
    """The leader's three answers."""

    APPROVE = "Phê duyệt"
    RETURN = "Trả lại, ghi ý kiến"
    PASS_ON = "Chuyển xin ý kiến Chủ tịch"  # noqa: S105 - no password

    @property
    def verdict(self) -> Verdict:
        """The verdict the choice stands for."""
        return _VERDICTS[self]


_VERDICTS = {
    DecisionChoice.APPROVE: Verdict.APPROVED,
    DecisionChoice.RETURN: Verdict.RETURNED,
    DecisionChoice.PASS_ON: Verdict.PASSED_ON,
}


class SignOffChoice(StrEnum):
    """What somebody answers for."""

    CONTENT = "Nội dung (đơn vị tham mưu)"
    FORM = "Thể thức (Văn phòng, văn thư)"

    @property
    def kind(self) -> SignOffKind:
        """The sign-off the choice stands for."""
        return SignOffKind.CONTENT if self is SignOffChoice.CONTENT else SignOffKind.FORM
