"""Answers by spreadsheet: the prefilled form of an obligation, and what a filled one says."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Engine

from adapters.database import transaction
from adapters.ledger import read_plan
from adapters.outlines import read_outline
from adapters.workbook_identity import WorkbookIdentity, read_identity, sign_identity
from adapters.workbook_reading import read_workbook
from adapters.workbooks import write_workbook
from models.answer_fields import AnswerForm
from models.answer_forms import (
    DOCUMENT_FIELD,
    form_fields,
    is_sent_by_form,
    narrative_titles,
    open_fields,
)
from models.answer_reading import locate, read_form
from models.answer_sheets import lay_out
from models.answer_workbooks import WorkbookAnswer, WorkbookFile
from models.calendars import WorkingCalendar
from models.errors import RefusedError, UsageError, WorkbookUnreadableError
from models.obligations import DONE_STATES, Obligation, ObligationState
from models.plans import PlanDossier
from models.products import product_name
from models.submissions import Answer
from models.validation import asked_indicators
from models.vietnamese import fold_key, format_short_instant
from services.portal_views import Task, find_findings, read_task

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 60
ANOTHERS = (
    "Biểu mẫu này không phải của đơn vị hoặc không còn hiệu lực; đề nghị tải biểu mẫu từ trang của "
    "đơn vị rồi điền vào đó."
)


def build_answer_workbook(
    engine: Engine,
    obligation_id: str,
    *,
    unit_id: str,
    key: bytes,
    calendar: WorkingCalendar,
    now: datetime,
) -> WorkbookFile:
    """Return the form of an obligation as a spreadsheet, filled in with what was sent before.

    ``key`` is the installation's. The same state of the ledger gives the same bytes.

    Raises:
        UsageError: the unit has no such obligation.
        RefusedError: nothing is sent by a form for it, or nothing more is to be sent.
    """
    task = read_task(engine, obligation_id, unit_id=unit_id, calendar=calendar, now=now)
    with transaction(engine) as connection:
        dossier = read_plan(connection, task.plan_id).dossier
    form = _form_of(task, dossier, key)
    return write_answer_form(form, dossier=dossier, obligation=task.obligation)


def read_answer_workbook(
    engine: Engine,
    octets: bytes,
    *,
    unit_id: str,
    key: bytes,
    calendar: WorkingCalendar,
    now: datetime,
) -> WorkbookAnswer:
    """Return what a filled form of the unit says, with every remark of the rules on it.

    ``unit_id`` is known from elsewhere (a link, a token): the form alone decides nothing.
    The files of the version sent before are kept in the answer.

    Raises:
        WorkbookUnreadableError: it is not safe to read, no form of ours, or another unit's.
        RefusedError: nothing more is to be sent.
    """
    read = read_workbook(octets)
    identity = read_identity(key, read.identity)
    try:
        task = read_task(
            engine, identity.obligation_id, unit_id=unit_id, calendar=calendar, now=now
        )
    except UsageError as error:
        raise WorkbookUnreadableError(ANOTHERS) from error
    with transaction(engine) as connection:
        dossier = read_plan(connection, task.plan_id).dossier
    reading = read_form(_form_of(task, dossier, key), read.sheets, year=calendar.day_of(now).year)
    wrong = {finding.field for finding in reading.findings if finding.is_error}
    checked = [f for f in find_findings(task, reading.answer) if f.field not in wrong]
    return WorkbookAnswer(
        obligation_id=identity.obligation_id,
        started_from=identity.version,
        answer=reading.answer,
        findings=(*reading.findings, *locate(reading, checked)),
        unread=reading.reader.unread,
    )


def _form_of(task: Task, dossier: PlanDossier, key: bytes) -> AnswerForm:
    return answer_form(
        dossier,
        task.obligation,
        previous=task.previous.answer if task.previous else None,
        remarks=task.remarks,
        key=key,
    )


def answer_form(
    dossier: PlanDossier,
    obligation: Obligation,
    *,
    previous: Answer | None,
    remarks: Mapping[str, str],
    key: bytes,
) -> AnswerForm:
    """Return what the form of an obligation asks; of a returned one only what was remarked on.

    Raises:
        RefusedError: nothing is sent by a form for it, or nothing more is to be sent.
    """
    if not is_sent_by_form(obligation.kind):
        raise RefusedError("Việc này không gửi bằng biểu mẫu; hãy mở trang của đơn vị.")
    if obligation.state in DONE_STATES:
        raise RefusedError("Nội dung này đã được chấp nhận hoặc miễn; không còn phải gửi biểu mẫu.")
    requirement = dossier.plan.requirement(obligation.requirement_id)
    unit = dossier.units.unit(obligation.unit_id)
    asked = asked_indicators(dossier, requirement, unit)
    known = form_fields(obligation.kind, asked)
    is_return = obligation.state is ObligationState.RETURNED
    return AnswerForm(
        unit_name=unit.name,
        plan_name=f"Kế hoạch {dossier.plan.campaign_short}",
        product=product_name(dossier, obligation),
        due_text=format_short_instant(obligation.effective_due_at),
        asked=asked,
        sections=dossier.catalogue.sections,
        labels=_labels(dossier.catalogue.id),
        narratives=narrative_titles(obligation.kind),
        asks_document=DOCUMENT_FIELD in known,
        opened=open_fields(known, remarks if is_return else {}),
        is_return=is_return,
        remarks=dict(remarks) if is_return else {},
        previous=previous or Answer(),
        identity=sign_identity(key, WorkbookIdentity(obligation.id, obligation.version)),
    )


def write_answer_form(
    form: AnswerForm, *, dossier: PlanDossier, obligation: Obligation
) -> WorkbookFile:
    """Return the form as a file whose name tells the product and the unit."""
    name = f"{obligation.requirement_id} {dossier.units.unit(obligation.unit_id).name}"
    if len(dossier.plan.requirement(obligation.requirement_id).periods) > 1:
        name += f" {obligation.period}"
    ascii_name = _NOT_IN_NAMES.sub("-", fold_key(name))[:_LONGEST_NAME].strip("-")
    return WorkbookFile(name=f"bieu-mau-{ascii_name}.xlsx", content=write_workbook(lay_out(form)))


@lru_cache(maxsize=16)
def _labels(catalogue_id: str) -> dict[str, str]:
    outline = read_outline(catalogue_id)
    return dict(outline.labels) if outline else {}
