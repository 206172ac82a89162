"""Reasons: what cannot be undone is done for a reason that the journal keeps."""

from models.errors import UsageError


def require_reason(reason: str) -> None:
    """Let nothing be done for which nobody says why.

    Raises:
        UsageError: no reason is given.
    """
    if not reason.strip():
        raise UsageError("Hãy ghi lý do; lý do được lưu vào nhật ký.")
