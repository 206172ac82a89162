"""A frame, people and reminders as the commune would write them."""

from datetime import date, datetime

from models.addressees import Addressee
from models.letter_contexts import ReminderContext
from models.letter_frames import LetterFrame
from models.letter_rows import TaskRow
from models.letters import LetterKind
from models.plans import RequirementKind
from models.units import Salutation, UnitKind
from models.vietnamese import VIETNAM

PAGE = "http://127.0.0.1:8400/c/eyJhbGciOi.k3"


def at(day: int, hour: int = 17, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


FRAME = LetterFrame(
    commune_tag="BATMOT",
    plan_code="KHCN-2026",
    plan_title="Kế hoạch về việc tổ chức các hoạt động hưởng ứng Ngày Khoa học, Công nghệ và Đổi mới sáng tạo Việt Nam",
    campaign="hoạt động hưởng ứng Ngày Khoa học, Công nghệ và Đổi mới sáng tạo Việt Nam",
    campaign_short="hưởng ứng Ngày KHCN&ĐMST",
    plan_number="15/KH-UBND",
    plan_issued_on=date(2026, 5, 15),
    agency_name="Ủy ban nhân dân xã Bát Mọt",
    report_deadline="trước ngày 30/6/2026",
    coordinator_name="Phòng Văn hóa - Xã hội",
    officer_name="Lang Thị Hoa",
    officer_phone="0912 345 678",
    reply_to="vhxh+k3f9@batmot.example",
    page_url=PAGE,
)

SCHOOL = Addressee(
    unit_code="TH-THCS",
    unit_name="Trường Tiểu học và Trung học cơ sở Bát Mọt",
    unit_kind=UnitKind.SCHOOL,
    person_name="Nguyễn Thị Huệ",
    title="Hiệu trưởng",
)
UNION = Addressee(
    unit_code="PN",
    unit_name="Hội Liên hiệp Phụ nữ xã Bát Mọt",
    unit_kind=UnitKind.MASS_ORGANISATION,
    person_name="Vi Thị Lan",
    title="Chủ tịch",
)
POLICE = Addressee(
    unit_code="CA",
    unit_name="Công an xã Bát Mọt",
    unit_kind=UnitKind.SECTOR,
    person_name="Lò Văn Nam",
    title="Trưởng Công an xã",
)
VILLAGE = Addressee(
    unit_code="VIN",
    unit_name="Thôn Vịn",
    unit_kind=UnitKind.VILLAGE,
    person_name="Lang Văn Dũng",
    title="Trưởng thôn",
    salutation=Salutation.MR_MRS,
)
OFFICE = Addressee(unit_code="KT", unit_name="Phòng Kinh tế", unit_kind=UnitKind.OFFICE)
COORDINATOR = Addressee(
    unit_code="VHXH", unit_name="Phòng Văn hóa - Xã hội", unit_kind=UnitKind.OFFICE
)
LEADER = Addressee(
    unit_code="UBND",
    unit_name="Ủy ban nhân dân xã Bát Mọt",
    unit_kind=UnitKind.AUTHORITY,
    person_name="Lê Văn Công",
    title="Phó Chủ tịch",
    is_leader=True,
)
ADMINISTRATOR = Addressee(
    unit_code="QUAN-TRI",
    unit_name="Người quản trị Hệ thống Đôn Đốc",
    unit_kind=UnitKind.OFFICE,
)
PROVINCE = Addressee(
    unit_code="TINH",
    unit_name="Ủy ban nhân dân tỉnh Thanh Hóa",
    unit_kind=UnitKind.SUPERIOR,
)


def task(working_days: int = 3, **changes: object) -> TaskRow:
    known: dict[str, object] = {
        "obligation_id": "kh-khcn-2026/BCKQ/th-thcs/1",
        "code": "DTT-3",
        "kind": RequirementKind.UNIT_REPORT,
        "duty_text": "báo cáo kết quả thực hiện về Ủy ban nhân dân xã (qua Phòng Văn hóa - Xã hội)",
        "role": "chủ trì",
        "product": "báo cáo kết quả thực hiện Kế hoạch",
        "short_name": "báo cáo kết quả",
        "due_at": at(22),
        "working_days": working_days,
    }
    return TaskRow.model_validate(known | changes)


def detailed_plan(working_days: int, **changes: object) -> TaskRow:
    known: dict[str, object] = {
        "obligation_id": "kh-khcn-2026/KHCT/th-thcs/1",
        "code": "DTT-1",
        "kind": RequirementKind.DETAILED_PLAN,
        "duty_text": "",
        "product": "kế hoạch chi tiết của đơn vị",
        "short_name": "kế hoạch chi tiết",
        "due_at": at(29, month=5),
    }
    return task(working_days, **(known | changes))


def reminder(
    working_days: int,
    when: datetime,
    *more: TaskRow,
    to: Addressee = SCHOOL,
    frame: LetterFrame = FRAME,
    **changes: object,
) -> ReminderContext:
    item = task(
        working_days,
        overdue_times=max(-working_days, 0),
        reminded_on=tuple(d for d in REMINDED if d < when.date()),
    )
    known: dict[str, object] = {
        "frame": frame,
        "to": to,
        "items": (item, *more),
        "at": when,
        "respond_by": at(24) if working_days < 0 else None,
        "extension_by": date(2026, 6, 19),
    }
    return ReminderContext.model_validate(known | changes)


REMINDED = (date(2026, 6, 15), date(2026, 6, 17), date(2026, 6, 19), date(2026, 6, 22))

REMINDERS: dict[LetterKind, tuple[int, datetime]] = {
    LetterKind.REMIND_EARLY: (5, at(15, 7, 30)),
    LetterKind.REMIND_SOON: (3, at(17, 7, 30)),
    LetterKind.REMIND_TOMORROW: (1, at(19, 7, 30)),
    LetterKind.REMIND_TODAY: (0, at(22, 7, 30)),
    LetterKind.OVERDUE_FIRST: (-1, at(23, 7, 30)),
    LetterKind.OVERDUE_AGAIN: (-2, at(24, 7, 30)),
    LetterKind.HEAD_INFORMED: (-1, at(23, 14)),
}


def reminder_of(kind: LetterKind, *, to: Addressee = SCHOOL, **changes: object) -> ReminderContext:
    days, when = REMINDERS[kind]
    extra: dict[str, object] = (
        {"contact_name": "Lương Thị An"} if kind is LetterKind.HEAD_INFORMED else {}
    )
    return reminder(days, when, to=to, **(extra | changes))  # type: ignore[arg-type]


def digest_of(kind: LetterKind, *, to: Addressee = SCHOOL) -> ReminderContext:
    days, when = REMINDERS[kind]
    late = detailed_plan(-15, is_returned=True, reminded_on=(date(2026, 6, 1),))
    return reminder(days, when, late, to=to)
