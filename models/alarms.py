"""Alarms: what a person must be told, by kind, with what to do about it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from models.addressees import Line
from models.letter_frames import LetterContext
from models.values import Value

SYSTEM = "hệ thống"  # who settles an alarm whose condition has passed
ADMINISTRATOR = "quan-tri"  # the reader of E20: belongs to no plan and no unit
LISTED = 20  # alarms one letter lists; the rest are counted
LETTERS_WAIT_AFTER = timedelta(hours=1)
RELAY_FAILS_AFTER = timedelta(minutes=10)
# The resolver has answered by then (reliability.md 2.7: 15 minutes with a remote relay).
UNKNOWN_AFTER = timedelta(minutes=20)
TOLD_EVERY = timedelta(minutes=10)
GIVEN_UP_FOR = timedelta(hours=24)  # after a letter that the administrator's own server refused


class AlarmKind(StrEnum):
    """What is wrong; of a kind this version does not know, the part before the dot decides."""

    RUN_FAILED = "run_failed"
    NO_MORNING_ROUND = "no_morning_round"
    LETTERS_WAIT = "letters_wait"
    RELAY_FAILING = "relay_failing"
    LETTER = "letter"
    LETTER_UNKNOWN = "letter.unknown"
    LETTER_NEEDS_HUMAN = "letter.needs_human"
    LETTER_POISONED = "letter.poisoned"
    BOUNCE = "bounce"
    HOLD = "hold"
    HOLD_STORM = "hold.storm"
    HOLD_CLOCK = "hold.clock"
    HOLD_RESTORED = "hold.restored"
    HOLD_DISK = "hold.disk"
    REPORT = "report"
    ADMINISTRATOR_UNREACHABLE = "administrator_unreachable"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str) or value == cls.OTHER:
            return None
        head, dot, _ = value.partition(".")
        return cls(head if dot else "other")

    @property
    def heading(self) -> str:
        """What is wrong, as a heading."""
        return _WORDS[self][0]

    @property
    def advice(self) -> str:
        """What the administrator should do."""
        return _WORDS[self][1]

    @property
    def is_urgent(self) -> bool:
        """Whether it is told at once, however lately another letter of alarms went."""
        return self in _URGENT


_URGENT = frozenset(
    {
        AlarmKind.RUN_FAILED,
        AlarmKind.NO_MORNING_ROUND,
        AlarmKind.LETTER_UNKNOWN,
        AlarmKind.HOLD,
        AlarmKind.HOLD_STORM,
        AlarmKind.HOLD_CLOCK,
        AlarmKind.HOLD_RESTORED,
        AlarmKind.HOLD_DISK,
        AlarmKind.REPORT,
    }
)
_WORDS: dict[AlarmKind, tuple[str, str]] = {
    AlarmKind.RUN_FAILED: (
        "Lượt chạy bị lỗi",
        "Mở lượt chạy trong giao diện Prefect, xem nhật ký rồi chạy lại; chạy lại không gửi trùng.",
    ),
    AlarmKind.NO_MORNING_ROUND: (
        "Chưa có lượt đôn đốc buổi sáng",
        (
            "Kiểm tra lịch “Đôn đốc” và trình chạy luồng trong giao diện Prefect, sau đó chạy lượt "
            "“Đôn đốc” bằng tay."
        ),
    ),
    AlarmKind.LETTERS_WAIT: (
        "Thư đến lúc gửi nhưng chưa đi",
        "Kiểm tra máy chủ thư và các lượt “Phòng thư” trong giao diện Prefect.",
    ),
    AlarmKind.RELAY_FAILING: (
        "Máy chủ thư không nhận thư",
        (
            "Kiểm tra địa chỉ, mật khẩu và chứng thư số của máy chủ thư; thư được giữ lại và tự "
            "gửi khi máy chủ hoạt động trở lại."
        ),
    ),
    AlarmKind.LETTER: ("Thư không gửi được", "Xem lý do và báo nơi nhận bằng cách khác."),
    AlarmKind.LETTER_UNKNOWN: (
        "Chưa rõ thư đã đến hay chưa",
        "Hỏi nơi nhận hoặc xem hộp thư đã gửi, sau đó ghi nhận kết quả.",
    ),
    AlarmKind.LETTER_NEEDS_HUMAN: (
        "Thư gửi nhiều lần không được",
        "Xem lý do, sửa địa chỉ nếu sai, hoặc báo nơi nhận bằng cách khác.",
    ),
    AlarmKind.LETTER_POISONED: (
        "Thư không soạn được",
        "Sửa dữ liệu nêu trong lý do; các thư khác vẫn được gửi bình thường.",
    ),
    AlarmKind.BOUNCE: (
        "Thư bị trả lại",
        "Kiểm tra, sửa địa chỉ của đầu mối; thư sau được gửi đến đầu mối kế tiếp nếu có.",
    ),
    AlarmKind.HOLD: ("Đang tạm dừng gửi thư", "Kiểm tra lý do, sau đó cho gửi tiếp."),
    AlarmKind.HOLD_STORM: (
        "Tạm dừng vì số thư nhiều bất thường",
        "Kiểm tra danh sách thư chờ gửi, sau đó cho gửi tiếp.",
    ),
    AlarmKind.HOLD_CLOCK: (
        "Tạm dừng vì đồng hồ máy chủ sai lệch",
        "Chỉnh lại giờ của máy chủ, sau đó cho gửi tiếp; đến lúc đó không thư nhắc nào được lập.",
    ),
    AlarmKind.HOLD_RESTORED: (
        "Tạm dừng vì dữ liệu được khôi phục hoặc sao chép",
        "Đối chiếu các thư đã gửi, sau đó cho gửi tiếp.",
    ),
    AlarmKind.HOLD_DISK: (
        "Tạm dừng vì ổ đĩa gần đầy",
        "Giải phóng ổ đĩa chứa dữ liệu; đủ chỗ trống thì thư tự gửi tiếp.",
    ),
    AlarmKind.REPORT: (
        "Báo cáo tổng kết cần xử lý ngay",
        "Mở trang báo cáo và xử lý trước thời hạn gửi cấp trên.",
    ),
    AlarmKind.ADMINISTRATOR_UNREACHABLE: (
        "Thư cảnh báo không đến được người quản trị",
        "Sửa địa chỉ của người quản trị trong cài đặt DONDOC_ADMIN_ADDRESS.",
    ),
    AlarmKind.OTHER: ("Việc cần xử lý", "Xem nội dung và xử lý."),
}


class Alarm(Value):
    """One alarm as it stands; open until it is settled, ``told_at`` is when a letter took it."""

    dedupe_key: str
    kind: AlarmKind
    text: str
    raised_at: datetime
    told_at: datetime | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None


class AlarmRow(Value):
    """One alarm in the letter."""

    title: Line
    text: Line
    since: datetime
    advice: Line


class AlarmContext(LetterContext):
    """E20: what is wrong, most urgent first, and how many more there are."""

    alarms: tuple[AlarmRow, ...]
    others: int = 0

    @property
    def count(self) -> int:
        """How many alarms the letter tells of."""
        return len(self.alarms) + self.others
