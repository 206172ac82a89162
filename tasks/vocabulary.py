"""Closed choices of the forms in the Prefect UI, in the words people click on."""

from enum import StrEnum

from services.decisions import Verdict


class DecisionChoice(StrEnum):
    """The leader's two answers."""

    APPROVE = "Phê duyệt"
    RETURN = "Trả lại, ghi ý kiến"

    @property
    def verdict(self) -> Verdict:
        """The verdict the choice stands for."""
        return Verdict.APPROVED if self is DecisionChoice.APPROVE else Verdict.RETURNED
