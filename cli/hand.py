"""Commands of the administrator's hand: enter, review, extend, waive, silence, call, remind."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
import yaml
from pydantic import ValidationError

from cli.console import AsJson, By, answer, at_desk, read_day
from models.errors import UsageError
from models.numbers import parse_number
from models.submissions import Answer, Channel
from models.vietnamese import format_instant
from services import extensions, pauses, planners, reviews, submissions
from services.desk import Desk
from services.mailing import send_due
from services.pauses import PauseKind

Obligation = Annotated[str, typer.Argument(help="Mã nghĩa vụ, xem trong `dondoc status`.")]
UnitOption = Annotated[str, typer.Option("--unit", help="Mã đơn vị.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Lý do, ghi vào nhật ký.")]
Until = Annotated[str, typer.Option("--until", help="Đến hết ngày, ví dụ 25/6/2026.")]
OnlyOption = Annotated[
    str | None, typer.Option("--obligation", help="Chỉ một nghĩa vụ; bỏ trống: mọi việc.")
]


def remind(as_json: AsJson = False) -> None:
    """Lập và gửi ngay các thư nhắc đến hạn gửi; chạy lại không gửi trùng."""
    with at_desk() as desk:
        planned = planners.plan_reminders(desk)
        sent = asyncio.run(send_due(desk))
    text = f"Đã lập {planned.letters} thư nhắc; đã gửi {sent.accepted}, chờ gửi lại {sent.retried}."
    if planned.hold is not None:
        text = f"Không lập thư nhắc mới. {planned.hold} Chỉnh giờ rồi chạy `dondoc mail release`."
    answer({"planned": planned, "delivery": sent}, as_json=as_json, text=text)


def enter(
    obligation: Obligation,
    *,
    value: Annotated[
        list[str] | None, typer.Option("--value", help="Chỉ tiêu=số, ví dụ TT01=12; lặp lại được.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Tệp .yaml hoặc .json chứa câu trả lời.")
    ] = None,
    nil: Annotated[str | None, typer.Option("--nil", help="Không phát sinh, kèm lý do.")] = None,
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Nhập thay câu trả lời của đơn vị; được ghi rõ là nhập thay."""
    given = _answer(value or [], file, nil)
    with at_desk() as desk:
        receipt = submissions.submit(
            desk.engine, obligation, given, channel=Channel.ENTERED, sent_by=by, entered_by=by,
            nonce=f"entered/{obligation}/{submissions.answer_hash(given)}",
            calendar=desk.calendar, now=desk.now,
        )  # fmt: skip
    lines = [f"Đã nhận bản {receipt.submission.version}, mã {receipt.submission.receipt_code}."]
    lines += [f"Lưu ý - {w.field}: {w.message}" for w in receipt.warnings]
    answer(receipt, as_json=as_json, text="\n".join(lines))


def _answer(values: list[str], file: Path | None, nil: str | None) -> Answer:
    content: object = {}
    if file is not None:
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise UsageError(f"Không đọc được tệp '{file}': {error}") from error
    try:
        read = Answer.model_validate(content or {})
    except ValidationError as error:
        raise UsageError(f"Tệp '{file}' không đúng mẫu câu trả lời:\n{error}") from error
    typed = dict(_pair(text) for text in values)
    merged = read.model_copy(update={"values": dict(read.values) | typed})
    return merged if nil is None else merged.model_copy(update={"nil_reason": nil})


def _pair(text: str) -> tuple[str, int]:
    indicator, sign, number = text.partition("=")
    if not sign:
        raise UsageError(f"'{text}' không đúng; hãy viết như TT01=12.")
    return indicator.strip(), parse_number(number)


def accept(obligation: Obligation, by: By = "quản trị", as_json: AsJson = False) -> None:
    """Chấp nhận bản nộp mới nhất."""
    with at_desk() as desk:
        changed = reviews.accept(desk.engine, obligation, reviewer=by, now=desk.now)
    answer({"changed": changed}, as_json=as_json, text=f"Đã chấp nhận {obligation}.")


def return_to_unit(
    obligation: Obligation,
    *,
    remark: Annotated[
        list[str], typer.Option("--remark", help="Mục=nội dung cần bổ sung; lặp lại được.")
    ],
    until: Until,
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Trả lại bản nộp để bổ sung các mục đã nêu, với hạn riêng."""
    remarks = dict((t.partition("=")[0].strip(), t.partition("=")[2].strip()) for t in remark)  # noqa: C402
    with at_desk() as desk:
        changed = reviews.return_to_unit(
            desk.engine, obligation, remarks=remarks, due_at=_close(desk, until), reviewer=by,
            now=desk.now,
        )  # fmt: skip
    answer({"changed": changed}, as_json=as_json, text=f"Đã trả lại {obligation}.")


def extend(
    obligation: Obligation, *, until: Until, reason: ReasonOption, by: By = "quản trị",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Gia hạn cho đơn vị; thời hạn gốc vẫn được lưu để thống kê."""
    with at_desk() as desk:
        extensions.grant_extension(
            desk.engine, obligation, until=_close(desk, until), by=by, reason=reason, now=desk.now
        )
    answer(
        {"obligation": obligation, "until": until}, as_json=as_json, text=f"Đã gia hạn đến {until}."
    )


def waive(
    obligation: Obligation, reason: ReasonOption, by: By = "quản trị", as_json: AsJson = False
) -> None:
    """Miễn nghĩa vụ cho đơn vị, có lý do."""
    with at_desk() as desk:
        changed = reviews.waive(desk.engine, obligation, reason=reason, by=by, now=desk.now)
    answer({"changed": changed}, as_json=as_json, text=f"Đã miễn {obligation}.")


def silence(
    *, unit: UnitOption, until: Until, reason: ReasonOption, obligation: OnlyOption = None,
    by: By = "quản trị", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Tạm dừng nhắc một đơn vị đến một ngày."""
    _pause(PauseKind.SILENCE, unit=unit, until=until, reason=reason, obligation=obligation, by=by,
           as_json=as_json)  # fmt: skip


def call(
    *, unit: UnitOption, until: Until, reason: ReasonOption, obligation: OnlyOption = None,
    by: By = "quản trị", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Ghi nhận đã trao đổi điện thoại; tạm dừng nhắc đến ngày đã hẹn."""
    _pause(PauseKind.CALL, unit=unit, until=until, reason=reason, obligation=obligation, by=by,
           as_json=as_json)  # fmt: skip


def commit(
    *, unit: UnitOption, until: Until, reason: ReasonOption, obligation: OnlyOption = None,
    by: By = "quản trị", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Ghi nhận đơn vị cam kết ngày hoàn thành; tạm dừng nhắc đến ngày đó."""
    _pause(PauseKind.COMMITMENT, unit=unit, until=until, reason=reason, obligation=obligation,
           by=by, as_json=as_json)  # fmt: skip


def _pause(
    kind: PauseKind, *, unit: str, until: str, reason: str, obligation: str | None, by: str,
    as_json: bool,
) -> None:  # fmt: skip
    with at_desk() as desk:
        made = pauses.pause(
            desk.engine, commune=desk.commune, unit_id=unit, kind=kind, reason=reason, by=by,
            until=_close(desk, until), now=desk.now, obligation_id=obligation,
        )  # fmt: skip
    text = f"Không nhắc {obligation or unit} đến {format_instant(made.until_at)}."
    answer(made, as_json=as_json, text=text)


def _close(desk: Desk, day: str) -> datetime:
    return desk.calendar.close_of(read_day(day))
