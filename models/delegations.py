"""Delegations: who may decide and sign for whom, from when to when, on what paper (Điều 13)."""

from datetime import date
from enum import StrEnum

from models.values import Value

DEPUTY = "phó "


class SigningForm(StrEnum):
    """In what form a substitute signs (Nghị định 30/2020/NĐ-CP, Điều 13; domain.md F-60)."""

    KT = "KT"  # ký thay: a deputy for the head
    TL = "TL"  # ký thừa lệnh: the head of a subordinate unit
    TUQ = "TUQ"  # ký thừa ủy quyền: on a written authorisation for a time


class Delegation(Value):
    """One delegation between two contacts of the commune; both days inclusive.

    ``basis`` is the paper that gives it, with number and day.
    """

    delegator: str
    delegate: str
    form: SigningForm
    from_on: date
    until_on: date
    basis: str = ""

    def is_in_force(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.from_on <= day <= self.until_on


def flaw_of(delegation: Delegation, *, delegate_title: str) -> str | None:
    """Say in Vietnamese why a delegation gives no power; None when it gives it."""
    if delegation.delegator == delegation.delegate:
        return "người giao và người được giao là một"
    if delegation.until_on < delegation.from_on:
        return "ngày hết hiệu lực đứng trước ngày bắt đầu"
    if delegation.form is SigningForm.KT:
        is_deputy = delegate_title.casefold().startswith(DEPUTY)
        return None if is_deputy else "chỉ cấp phó được ký thay (KT.)"
    if not delegation.basis.strip():
        return f"ký {delegation.form}. phải có văn bản giao hoặc ủy quyền"
    return None


def authority_lines(
    delegation: Delegation | None, *, own: tuple[str, ...], head_title: str, title: str
) -> tuple[str, ...]:
    """Return the lines above a signature; ``own`` are those of the plan's signer.

    ``head_title`` is the title of the one who is signed for. A head signs under TM. alone, and
    only a KT. stands under it (Điều 13.1, 13.2).
    """
    agency = tuple(line for line in own if line.startswith("TM."))
    if delegation is None:
        return (*agency, title.upper())
    lines = (f"{delegation.form}. {head_title.upper()}", title.upper())
    return (*agency, *lines) if delegation.form is SigningForm.KT else lines
