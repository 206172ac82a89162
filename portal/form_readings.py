"""A posted form read: the answer in it, and the form as it is shown again, marked where wrong."""

import secrets
from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile

from adapters.outlines import read_outline
from models.answer_forms import carry_over, is_sent_by_form, narrative_titles
from models.submissions import Answer, Attachment, Finding
from portal.answers import read_answer
from portal.csrf import CSRF_FIELD
from portal.form_pages import FormShape, FormState, faults_by_field, field_titles
from portal.posted import FILES, FormInput
from portal.uploads import Kept, keep_uploads, read_attachments, sign_attachment
from services.desk import Desk
from services.held_uploads import hold_files
from services.portal_views import Task, find_findings

NONCE, STARTED_FROM = "ma_gui", "ban_goc"


@dataclass(frozen=True, kw_only=True)
class OpenForm:
    """The form of one task in somebody's hands: a contact's, or an officer's for the unit."""

    desk: Desk
    task: Task
    shape: FormShape
    key: bytes
    holder: str  # who is named beside a file that a person must look at


def refuse_formless(task: Task) -> None:
    """Let a task pass that is sent by a form.

    Raises:
        HTTPException: 404, it is sent another way.
    """
    if not is_sent_by_form(task.requirement.kind):
        raise HTTPException(404, "Việc này không gửi bằng biểu mẫu.")


def read_form(
    form: OpenForm, given: FormInput, uploads: tuple[UploadFile, ...], *, request: Request
) -> tuple[FormState, Answer]:
    """Store the files and read the form; what is wrong stands in the state, beside the texts."""
    files = _keep(form, given, uploads, request)
    answer, misread = _answer(form, given, files.attachments)
    found = (*files.faults, *misread)
    wrong = {one.field for one in found}
    checked = [
        one for one in find_findings(form.task, answer) if one.is_error and one.field not in wrong
    ]
    started = given.one(STARTED_FROM)
    state = FormState(
        given=given,
        nonce=given.one(NONCE)[:64] or secrets.token_urlsafe(16),
        started_from=int(started) if started.isdecimal() and len(started) < 6 else 0,  # noqa: PLR2004 - a version
        attachments=files.attachments,
    )
    return marked(form, state, (*found, *checked)), answer


def _keep(
    form: OpenForm, given: FormInput, uploads: tuple[UploadFile, ...], request: Request
) -> Kept:
    """Store the files; those in doubt are put before a person."""
    id_ = form.task.obligation.id
    kept = read_attachments(form.key, id_, given.every(FILES))
    files = keep_uploads(uploads, form.desk.blobs, kept=kept)
    # Should the ledger be out from here on, the page that keeps the typed text names them.
    request.state.stored = [sign_attachment(form.key, id_, file) for file in files.attachments]
    hold_files(
        form.desk.engine, files.held, commune=form.desk.commune,
        unit_id=form.task.obligation.unit_id, obligation_id=id_, contact_id=form.holder,
        now=form.desk.now,
    )  # fmt: skip
    return files


def _answer(
    form: OpenForm, given: FormInput, files: tuple[Attachment, ...]
) -> tuple[Answer, tuple[Finding, ...]]:
    task, opened = form.task, form.shape.opened
    reading = read_answer(
        given,
        asked=[one for one in task.asked if one.id in opened],
        narratives=[key for key in narrative_titles(task.requirement.kind) if key in opened],
        attachments=files,
    )
    if task.previous is None or not form.shape.is_return:
        return reading.answer, reading.faults
    return carry_over(reading.answer, task.previous.answer, opened=opened), reading.faults


def marked(form: OpenForm, state: FormState, findings: tuple[Finding, ...]) -> FormState:
    """Return the form with each finding beside its field."""
    return state.model_copy(update={"faults": faults_by_field(findings, form.task.asked)})


def form_words(form: OpenForm, state: FormState) -> dict[str, object]:
    """Return what every page of a form shows, whoever fills it in."""
    outline, id_ = read_outline(form.task.catalogue.id), form.task.obligation.id
    return {
        "task": form.task,
        "shape": form.shape,
        "state": state,
        "given": state.given,
        "titles": field_titles(form.shape),
        "labels": outline.labels if outline else {},
        "references": [(file, sign_attachment(form.key, id_, file)) for file in state.attachments],
        "csrf_field": CSRF_FIELD,
    }
