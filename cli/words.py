"""Vietnamese words for the closed choices that commands print."""

from adapters.ledger import PlanState
from models.letters import LetterState
from models.redactions import Redacted
from models.reminder_explain import RungStatus
from models.reminder_policy import Audience

AUDIENCES = {
    Audience.CONTACT: "đầu mối",
    Audience.HEAD: "người đứng đầu",
    Audience.LEADER: "lãnh đạo UBND",
    Audience.COORDINATOR_HEAD: "trưởng đơn vị tổng hợp",
}
RUNG_STATUSES = {
    RungStatus.SENT: "đã gửi",
    RungStatus.SUPERSEDED: "bị bậc sau thay thế",
    RungStatus.DUE: "đến lượt gửi",
    RungStatus.FUTURE: "chưa đến",
    RungStatus.HELD: "giữ tới khung giờ sau",
    RungStatus.PAUSED: "tạm dừng",
    RungStatus.STOPPED: "đã dừng",
    RungStatus.UNREACHABLE: "không liên lạc được",
    RungStatus.NOT_APPLICABLE: "không áp dụng",
}
LETTER_STATES = {
    LetterState.READY: "chờ gửi",
    LetterState.SENDING: "đang gửi",
    LetterState.ACCEPTED: "đã gửi",
    LetterState.REFUSED: "bị từ chối",
    LetterState.UNKNOWN: "chưa rõ kết quả",
    LetterState.SUPERSEDED: "không cần gửi nữa",
    LetterState.EXPIRED: "quá thời điểm gửi",
    LetterState.POISONED: "không soạn được",
    LetterState.NEEDS_HUMAN: "cần người xử lý",
    LetterState.BOUNCED: "bị trả lại",
}
PLAN_STATES = {
    PlanState.DRAFT: "dự thảo",
    PlanState.ACTIVE: "đang thực hiện",
    PlanState.CLOSED: "đã kết thúc",
}
REDACTED_COUNTS = {
    "contacts": "đầu mối",
    "letters": "thư đi",
    "mentions": "thư gửi người khác có nêu tên",
    "attempts": "lần gửi",
    "mails": "thư đến",
    "changes": "đề nghị đổi đầu mối",
    "drafts": "bản nháp",
    "uploads": "tệp giữ lại",
    "accounts": "tài khoản",
    "words": "lời ghi của hệ thống",
    "files": "tệp trong kho và hộp thư thử",
}


def tell_redacted(done: Redacted) -> str:
    """What was redacted, in a sentence or two."""
    counts = done.counts | ({"files": done.files} if done.files else {})
    told = "; ".join(f"{count} {REDACTED_COUNTS[name]}" for name, count in counts.items())
    left = (
        f" Còn {done.left} thư chưa xong nên chưa xóa; xử lý xong thì chạy lại."
        if done.left
        else ""
    )
    return (f"Đã xóa dữ liệu cá nhân: {told}." if told else "Không còn gì để xóa.") + left
