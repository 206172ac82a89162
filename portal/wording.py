"""The words and colours of pages, by state; a colour never stands without its word."""

from fastapi.templating import Jinja2Templates

from models.board_texts import STANDING_NAMES
from models.letter_frames import deadline_phrase, number_phrase
from models.letters import LetterState
from models.obligations import Standing
from models.reminder_explain import RungStatus
from models.reminder_policy import Audience
from models.vietnamese import (
    format_count,
    format_day,
    format_instant,
    format_long_day,
    format_number,
    format_remaining,
    format_short_instant,
    mid_sentence,
    sentence_case,
)
from portal.mail_reading import KIND_LABELS, size_label

STANDING_BADGES = {
    Standing.DONE_ON_TIME: "ok",
    Standing.DONE_LATE: "mute",
    Standing.WAITING_REVIEW: "info",
    Standing.RETURNED: "warn",
    Standing.DUE_SOON: "warn",
    Standing.IN_TIME: "info",
    Standing.OVERDUE: "bad",
    Standing.WAIVED: "mute",
}
LETTER_STATES = {
    LetterState.READY: ("Chờ gửi", "info"),
    LetterState.SENDING: ("Đang gửi", "info"),
    LetterState.ACCEPTED: ("Đã gửi", "ok"),
    LetterState.REFUSED: ("Bị từ chối", "bad"),
    LetterState.UNKNOWN: ("Chưa rõ kết quả", "warn"),
    LetterState.SUPERSEDED: ("Không cần gửi nữa", "mute"),
    LetterState.EXPIRED: ("Đã qua giờ gửi", "mute"),
    LetterState.POISONED: ("Không soạn được", "bad"),
    LetterState.NEEDS_HUMAN: ("Chờ người xử lý", "warn"),
    LetterState.BOUNCED: ("Bị trả về", "bad"),
}
RUNG_STATES = {
    RungStatus.SENT: ("Đã gửi", "ok"),
    RungStatus.SUPERSEDED: ("Đã có bậc sau", "mute"),
    RungStatus.DUE: ("Gửi lượt này", "info"),
    RungStatus.FUTURE: ("Chưa đến mốc", "mute"),
    RungStatus.HELD: ("Đang giữ", "warn"),
    RungStatus.PAUSED: ("Tạm dừng", "warn"),
    RungStatus.STOPPED: ("Đã dừng", "mute"),
    RungStatus.UNREACHABLE: ("Không liên lạc được", "bad"),
    RungStatus.NOT_APPLICABLE: ("Không áp dụng", "mute"),
}
AUDIENCES = {
    Audience.CONTACT: "đầu mối",
    Audience.HEAD: "người đứng đầu",
    Audience.LEADER: "lãnh đạo phụ trách",
    Audience.COORDINATOR_HEAD: "trưởng đơn vị đôn đốc",
}
ACTIONS = {
    "submission.received": "Nhận bản gửi",
    "review.accepted": "Chấp nhận",
    "review.returned": "Trả lại để bổ sung",
    "review.waived": "Miễn",
    "extension.requested": "Đề nghị gia hạn",
    "extension.granted": "Đồng ý gia hạn",
    "extension.refused": "Không gia hạn",
    "pause.silence": "Tạm dừng nhắc",
    "pause.commitment": "Đơn vị cam kết thời gian gửi",
    "pause.call": "Đã gọi điện thoại",
    "question.asked": "Hỏi đơn vị",
    "question.answered": "Đơn vị trả lời",
    "compliance.signed": "Ký phiếu rà soát",
    "account.added": "Thêm tài khoản",
    "account.role": "Đổi vai trò tài khoản",
    "account.disabled": "Khóa tài khoản",
    "account.password": "Đặt mật khẩu",
    "account.reset": "Bỏ mật khẩu cũ",
    "account.link": "Lập đường dẫn đăng nhập",
    "account.signed_in": "Đăng nhập",
    "phase.opened": "Mở giai đoạn",
    "plan.assigned": "Giao nhiệm vụ",
    "plan.closed": "Kết thúc kế hoạch",
    "periodic.drafted": "Lập báo cáo định kỳ",
    "report.assembled": "Lập dự thảo báo cáo",
    "report.asked": "Trình dự thảo báo cáo",
    "report.numbered": "Cấp số báo cáo",
    "report.dispatched": "Phát hành báo cáo",
    "report.receipt": "Ghi nhận đã nhận báo cáo",
    "reminders.planned": "Lập thư nhắc",
    "letter.bounced": "Thư bị trả về",
    "letter.delayed": "Thư đến chậm",
    "contact.flagged": "Đánh dấu địa chỉ hỏng",
    "contact.redacted": "Xóa dữ liệu cá nhân của đầu mối",
    "mail.redacted": "Xóa nội dung thư hết thời hạn lưu",
    "mail.held": "Tạm dừng gửi thư",
    "mail.released": "Cho gửi thư tiếp",
    "alarm.raised": "Cảnh báo",
    "alarm.settled": "Cảnh báo đã xử lý",
    "plan.imported": "Nạp kế hoạch",
    "plan.activated": "Ban hành kế hoạch",
}
FILTERS = {
    "count": format_count,
    "day": format_day,
    "long_day": format_long_day,
    "instant": format_instant,
    "short_instant": format_short_instant,
    "number": format_number,
    "remaining": format_remaining,
    "sentence": sentence_case,
    "mid": mid_sentence,
    "size": size_label,
    "deadline": deadline_phrase,
}


def teach(templates: Jinja2Templates) -> Jinja2Templates:
    """Give the templates the words of all pages; returns them."""
    templates.env.filters.update(FILTERS)
    templates.env.globals.update(
        standing_names=STANDING_NAMES,
        standing_badges=STANDING_BADGES,
        letter_states=LETTER_STATES,
        letter_kinds=KIND_LABELS,
        rung_states=RUNG_STATES,
        audiences=AUDIENCES,
        actions=ACTIONS,
        number_phrase=number_phrase,
    )
    return templates
