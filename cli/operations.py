"""Commands of operations: doctor, migrate."""

from collections.abc import Iterator
from importlib.metadata import version

import typer
from packaging.version import Version

from adapters.database import migrate, refuse_damaged
from cli.console import FOUND, AsJson, answer, at_desk
from config.settings import load_settings
from models.letters import LetterState
from models.values import Value
from models.vietnamese import format_instant
from services import alarms, journal, plans
from services.desk import Desk
from services.outbox import count_letters
from services.rounds import read_pulse

ON_A_DESK = (
    LetterState.UNKNOWN,
    LetterState.POISONED,
    LetterState.NEEDS_HUMAN,
    LetterState.REFUSED,
)
BOUNDS = {"fastapi": "0.151", "sqlalchemy": "2.1"}  # newer ones break Prefect's server


class Ailment(Value):
    """Something wrong with the installation, and what to do."""

    where: str
    message: str
    is_serious: bool


def doctor(as_json: AsJson = False) -> None:
    """Khám hệ thống: phiên bản, lịch, địa chỉ, thư mắc kẹt, nhật ký; thoát 1 khi có lỗi nặng."""
    refuse_damaged(load_settings().engine_url)
    with at_desk() as desk:
        found = tuple(_ailments(desk))
    lines = [f"{'LỖI' if a.is_serious else 'lưu ý'} - {a.where}: {a.message}" for a in found]
    answer(found, as_json=as_json, text="\n".join(lines) or "Hệ thống khỏe mạnh.")
    if any(a.is_serious for a in found):
        raise typer.Exit(FOUND)


def _ailments(desk: Desk) -> Iterator[Ailment]:
    for package, bound in BOUNDS.items():
        if Version(version(package)) >= Version(bound):
            message = f"bản {version(package)} làm hỏng lịch chạy; cài lại theo requirements.lock."
            yield Ailment(where=package, message=message, is_serious=True)
    year = desk.calendar.day_of(desk.now).year
    for checked in (year, year + 1):
        if not desk.calendar.is_verified(checked):
            message = f"năm {checked} chưa có thông báo chính thức; cập nhật config/calendars."
            yield Ailment(where="lịch làm việc", message=message, is_serious=False)
    yield from _rounds(desk)
    yield from _letters(desk)
    yield from _addresses(desk)
    for line in journal.verify(desk.engine, commune=desk.commune):
        yield Ailment(where="nhật ký", message=line, is_serious=True)


def _rounds(desk: Desk) -> Iterator[Ailment]:
    pulse = read_pulse(desk.engine, commune=desk.commune, calendar=desk.calendar, now=desk.now)
    for name, at, is_missing in (
        ("đôn đốc", pulse.morning_round_at, pulse.morning_is_missing),
        ("phòng thư", pulse.mail_round_at, pulse.mail_is_missing),
    ):
        if is_missing:
            last = format_instant(at) if at else "chưa có"
            message = f"lượt {name} không chạy như lịch; lượt gần nhất: {last}. Xem `dondoc up`."
            yield Ailment(where="lượt chạy", message=message, is_serious=True)
    for alarm in alarms.read_alarms(desk.engine, commune=desk.commune):
        message = f"{alarm.text} {alarm.kind.advice} (mã {alarm.dedupe_key})"
        yield Ailment(where=alarm.kind.heading, message=message, is_serious=alarm.kind.is_urgent)


def _letters(desk: Desk) -> Iterator[Ailment]:
    counts = count_letters(desk.engine, commune=desk.commune)
    for state in ON_A_DESK:
        if counts.get(state):
            message = f"{counts[state]} thư ở trạng thái '{state}' cần người xem."
            yield Ailment(where="thư", message=message, is_serious=False)


def _addresses(desk: Desk) -> Iterator[Ailment]:
    for plan in plans.find_active_plans(desk.engine, commune=desk.commune):
        units = plan.dossier.units.units
        waiting = [u.name for u in units if any(not c.confirmed for c in u.contacts)]
        if waiting:
            message = f"{len(waiting)} đơn vị có địa chỉ chưa xác nhận."
            yield Ailment(where=plan.id, message=message, is_serious=False)


def migrate_command() -> None:
    """Đưa cơ sở dữ liệu về phiên bản mới nhất; chạy lại không thay đổi gì."""
    migrate(load_settings().engine_url)
    answer(None, as_json=False, text="Cơ sở dữ liệu đã ở phiên bản mới nhất.")
