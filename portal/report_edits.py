"""The page where the office edits the report: the engine's text beside its own, part by part."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.ledger import PlanRecord
from adapters.outlines import read_outline
from models.accounts import Role
from models.errors import RefusedError
from models.report_edits import MAX_CHARACTERS
from models.values import Value
from models.word_differences import word_difference
from portal.board import plan_of
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.officers import Officer, OfficerForm, OfficerOf, ReviewForm
from portal.reports import PREFIX
from services.desk import Desk
from services.report_edits import confirm_place, edit_place, read_places
from services.reports import assemble, find_report

PATH = "/{plan_id}/bao-cao/bien-tap"
ACT, PLACE, TEXT, SEEN, DRAFT = "viec", "muc", "noi_dung", "ban_da_xem", "may_soan"
SAVE, RESTORE, CONFIRM = "luu", "bo", "xac-nhan"


class Rejected(Value):
    """A text that was not kept, shown again with the reason so that nothing is lost."""

    place: str
    text: str
    reason: str


def report_edit_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes under ``/ke-hoach/{plan_id}/bao-cao/bien-tap``."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)

    @router.get(PATH)
    def show_places(request: Request, plan_id: str, desk: DeskOf, officer: OfficerOf) -> Response:
        context = _context(desk, officer, plan_of(desk, plan_id), None)
        return templates.TemplateResponse(request, "portal/report_edits.html.j2", context)

    @router.post(PATH)
    def take_edit(request: Request, plan_id: str, desk: DeskOf, form: ReviewForm) -> Response:
        plan, given = plan_of(desk, plan_id), form.input
        try:
            changed = _act(desk, plan, form)
        except RefusedError as error:
            refused = Rejected(place=given.one(PLACE), text=given.one(TEXT), reason=str(error))
            context = _context(desk, form.officer, plan, refused)
            return templates.TemplateResponse(
                request, "portal/report_edits.html.j2", context, status_code=409
            )
        if changed:
            _assemble(desk, plan, by=form.officer.account_id)
        return RedirectResponse(f"{PREFIX}/{plan_id}/bao-cao/bien-tap#{given.one(PLACE)}", 303)

    return router


def _context(
    desk: Desk, officer: Officer, plan: PlanRecord, rejected: Rejected | None
) -> dict[str, object]:
    outline = read_outline(plan.dossier.catalogue.id)
    report = find_report(desk.engine, plan.id)
    return {
        "plan": plan,
        "report": report,
        "places": read_places(desk.engine, plan.id, outline=outline),
        "rejected": rejected,
        "may_act": officer.may(Role.OFFICE) and (report is None or report.verdict != "approved"),
        "most": MAX_CHARACTERS,
        "csrf_field": CSRF_FIELD,
        "csrf": officer.csrf,
        "difference": word_difference,
    }


def _act(desk: Desk, plan: PlanRecord, form: OfficerForm) -> bool:
    """Do what the button says.

    Raises:
        HTTPException: 422, there is no such button.
        RefusedError: the text cannot be kept as it is.
    """
    given, by = form.input, form.officer.account_id
    outline, place = read_outline(plan.dossier.catalogue.id), given.one(PLACE)
    seen = int(given.one(SEEN)) if given.one(SEEN).isdecimal() else 0
    if given.one(ACT) == CONFIRM:
        return confirm_place(
            desk.engine, plan.id, place=place, outline=outline, seen=seen, draft=given.one(DRAFT),
            by=by, now=desk.now,
        )  # fmt: skip
    if given.one(ACT) not in {SAVE, RESTORE}:
        raise HTTPException(422, "Hãy chọn Lưu, Trở lại bản máy soạn hoặc Xác nhận.")
    text = given.one(TEXT) if given.one(ACT) == SAVE else ""
    return edit_place(
        desk.engine, plan.id, place=place, text=text, outline=outline, by=by, now=desk.now,
        seen=seen,
    )  # fmt: skip


def _assemble(desk: Desk, plan: PlanRecord, *, by: str) -> None:
    assemble(
        desk.engine, plan.id, outline=read_outline(plan.dossier.catalogue.id), blobs=desk.blobs,
        actor=by, now=desk.now,
    )  # fmt: skip
