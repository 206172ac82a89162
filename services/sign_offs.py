"""Sign-offs: content by the drafting unit, form by Văn phòng, before a leader is asked."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord, insert_new, read_plan
from models.document_rules import FormVerdict, RuleSet, Severity
from models.errors import ConflictError, RefusedError
from models.values import Value
from models.vietnamese import fold_key
from services.document_linting import lint_report
from services.journal import note, record
from services.report_records import ReportRecord, read_report

HASH_LEAST = 8  # characters: enough to tell versions apart


class SignOffKind(StrEnum):
    """What is answered for (NĐ 30/2020/NĐ-CP, Điều 11.2, 12): two people, two records."""

    CONTENT = "content"
    FORM = "form"


WORDS = {SignOffKind.CONTENT: "nội dung", SignOffKind.FORM: "thể thức"}


class SignOff(Value):
    """Who answered for the content or the form of a version."""

    report_id: str
    kind: SignOffKind
    sha256: str
    unit_id: str
    by: str
    at: datetime
    note: str = ""
    attachment: str | None = None  # SHA-256 of what was found of the form


def answerable_unit(plan: PlanRecord, kind: SignOffKind) -> str:
    """The unit whose head, or whom the head named, signs off."""
    source = plan.dossier.plan
    return source.coordinator if kind is SignOffKind.CONTENT else source.form_checker


def sign_off_content(
    engine: Engine, plan_id: str, *, version: int, sha256_prefix: str, by: str, now: datetime,
    note: str = "",
) -> bool:  # fmt: skip
    """Record that the drafting unit answers for the content; False when it is recorded.

    Raises:
        ConflictError: the version is not the newest, or its content is not what was seen.
        RefusedError: the version was decided, or the same person signed off the form.
    """
    with transaction(engine) as connection:
        plan, report = _open_report(connection, plan_id, version, sha256_prefix)
        return _sign_off(
            connection, plan, report, kind=SignOffKind.CONTENT, by=by, now=now, said=note
        )


def sign_off_form(
    engine: Engine, plan_id: str, *, version: int, sha256_prefix: str, by: str, now: datetime,
    rules: RuleSet, blobs: BlobStore, note: str = "",
) -> bool:  # fmt: skip
    """Record that Văn phòng answers for the form, with what the rules found; False the second time.

    Raises:
        ConflictError: the version is not the newest, or its content is not what was seen.
        RefusedError: the version was decided, the same person signed off the content, or errors
            were found and no note says why the form is good nevertheless.
    """
    found = lint_report(engine, plan_id, rules=rules, blobs=blobs, version=version)
    _refuse_errors(found, note)
    attachment = blobs.put(found.model_dump_json(indent=2).encode())
    with transaction(engine) as connection:
        plan, report = _open_report(connection, plan_id, version, sha256_prefix)
        return _sign_off(
            connection, plan, report, kind=SignOffKind.FORM, by=by, now=now, said=note,
            attachment=attachment,
        )  # fmt: skip


def _refuse_errors(found: FormVerdict, said: str) -> None:
    if found.is_refused() and not said.strip():
        errors = [b for b in found.breaches if b.severity is Severity.ERROR]
        lines = "\n".join(f"- {b.point}: {b.wrong}; {b.mend}" for b in errors)
        raise RefusedError(
            f"Thể thức còn {len(errors)} lỗi; hãy sửa, hoặc ghi lý do vẫn xác nhận:\n{lines}"
        )


def _open_report(
    connection: Connection, plan_id: str, version: int, sha256_prefix: str
) -> tuple[PlanRecord, ReportRecord]:
    plan, report = read_plan(connection, plan_id), read_report(connection, plan_id)
    refuse_unseen(report, version, sha256_prefix)
    if report.verdict is not None:
        raise RefusedError(f"Dự thảo lần {report.version} đã có quyết định của lãnh đạo.")
    return plan, report


def _sign_off(
    connection: Connection,
    plan: PlanRecord,
    report: ReportRecord,
    *,
    kind: SignOffKind,
    by: str,
    now: datetime,
    said: str,
    attachment: str | None = None,
) -> bool:
    for other in read_sign_offs(connection, report.id):
        if other.kind is not kind and fold_key(other.by) == fold_key(by):
            raise RefusedError(
                f"“{by}” đã xác nhận {WORDS[other.kind]}; xác nhận {WORDS[kind]} là của người "
                "khác (Điều 12 NĐ 30/2020/NĐ-CP)."
            )
    row = SignOff(
        report_id=report.id, kind=kind, sha256=report.sha256, by=by, at=now, note=said.strip(),
        unit_id=answerable_unit(plan, kind), attachment=attachment,
    )  # fmt: skip
    if not insert_new(connection, tables.sign_offs, [row.model_dump()]):
        return False
    told = note(
        f"report.signed_off.{kind}", report.id, sha256=report.sha256, note=row.note,
        attachment=attachment,
    )  # fmt: skip
    record(connection, [told], commune=plan.commune, actor=by, at=now)
    return True


def read_sign_offs(connection: Connection, report_id: str) -> tuple[SignOff, ...]:
    """The sign-offs of a version, content first."""
    s = tables.sign_offs
    rows = connection.execute(select(s).where(s.c.report_id == report_id).order_by(s.c.kind))
    return tuple(SignOff.model_validate(dict(row)) for row in rows.mappings())


def find_sign_offs(engine: Engine, report_id: str) -> tuple[SignOff, ...]:
    """The sign-offs of a version, content first, read in a transaction of its own."""
    with transaction(engine) as connection:
        return read_sign_offs(connection, report_id)


def missing_sign_offs(connection: Connection, report_id: str) -> tuple[SignOffKind, ...]:
    """What nobody has answered for yet, content first."""
    done = {one.kind for one in read_sign_offs(connection, report_id)}
    return tuple(kind for kind in SignOffKind if kind not in done)


def refuse_unsigned(connection: Connection, report: ReportRecord) -> None:
    """Let only a version pass whose content and form somebody answers for.

    Raises:
        RefusedError: a sign-off is missing.
    """
    missing = missing_sign_offs(connection, report.id)
    if missing:
        words = ", ".join(WORDS[kind] for kind in missing)
        raise RefusedError(
            f"Dự thảo lần {report.version} chưa được xác nhận {words}; đơn vị tham mưu và Văn "
            "phòng xác nhận bằng `dondoc report sign-off` trước khi lãnh đạo quyết định."
        )


def refuse_unseen(report: ReportRecord, version: int, sha256_prefix: str) -> None:
    """Let pass only who names the newest version and at least 8 characters of its content.

    Raises:
        ConflictError: another version, or other content, is the newest.
    """
    seen = len(sha256_prefix) >= HASH_LEAST and report.sha256.startswith(sha256_prefix)
    if report.version != version or not seen:
        raise ConflictError(
            f"Nội dung đã thay đổi: dự thảo mới nhất là lần {report.version}, "
            f"mã {report.sha256[:12]}; đề nghị xem lại trước khi quyết định."
        )
