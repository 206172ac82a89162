"""The form of compliance review: twelve points beside the plan, prefilled where rules can tell."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.rule_sets import read_rule_set
from models.accounts import Role
from models.compliance import (
    LONGEST_REMARK,
    MARK_NAMES,
    POINTS,
    RESULT_NAMES,
    ComplianceRow,
    Mark,
    Result,
    Suggestion,
)
from models.errors import RefusedError
from models.plans import RequirementKind
from models.vietnamese import paragraphs
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.officers import Officer, OfficerOf, ReviewForm
from portal.posted import FormInput
from portal.requests import read_day
from portal.review_acts import must_have_seen
from portal.review_pages import field_names, item_path, return_day
from services.compliance import judge_plan, read_forms, suggest
from services.desk import Desk
from services.review_items import ReviewItem, read_review_item
from services.reviews import WAITING

PATH = "/tham-dinh/ra-soat/{obligation_id:path}"
MARK, REMARK, RESULT, FORMS_SEEN = "tc.", "nx.", "ket_luan", "phieu_da_xem"


def compliance_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/tham-dinh/ra-soat/{obligation_id}``."""
    router = APIRouter(default_response_class=HTMLResponse)

    def page(
        request: Request, desk: Desk, officer: Officer, item: ReviewItem, *,
        typed: FormInput | None = None, error: str = "",
    ) -> Response:  # fmt: skip
        context = _context(desk, officer, item, typed) | {"error": error}
        return templates.TemplateResponse(
            request, "portal/compliance.html.j2", context, status_code=409 if error else 200
        )

    @router.get(PATH)
    def show_form(
        request: Request, obligation_id: str, desk: DeskOf, officer: OfficerOf
    ) -> Response:
        return page(request, desk, officer, plan_under_review(desk, obligation_id))

    @router.post(PATH)
    def take_form(request: Request, obligation_id: str, desk: DeskOf, form: ReviewForm) -> Response:
        item = plan_under_review(desk, obligation_id)
        try:
            _judge(desk, form.officer, item, form.input)
        except RefusedError as error:
            return page(request, desk, form.officer, item, typed=form.input, error=str(error))
        return RedirectResponse(f"{item_path(obligation_id)}?da=ra-soat", 303)

    return router


def plan_under_review(desk: Desk, obligation_id: str) -> ReviewItem:
    """Return a detailed plan that was sent.

    Raises:
        HTTPException: 404, it is another product, or nothing was sent.
        UsageError: the commune has no such obligation.
    """
    item = read_review_item(
        desk.engine, obligation_id, commune=desk.commune, calendar=desk.calendar, now=desk.now
    )
    if item.task.requirement.kind is not RequirementKind.DETAILED_PLAN or item.latest is None:
        raise HTTPException(404, "Chỉ lập phiếu rà soát cho kế hoạch chi tiết đã gửi.")
    return item


def _suggestions(desk: Desk, item: ReviewItem) -> dict[int, Suggestion]:
    if item.latest is None:
        return {}
    return suggest(
        item.plan, item.unit, item.latest, blobs=desk.blobs, rules=read_rule_set(),
        calendar=desk.calendar,
    )  # fmt: skip


def _judge(desk: Desk, officer: Officer, item: ReviewItem, given: FormInput) -> None:
    if given.one(RESULT) not in set(Result):
        raise RefusedError("Hãy chọn kết luận.")
    result, day = Result(given.one(RESULT)), read_day(given)
    seen, editions = must_have_seen(given), given.one(FORMS_SEEN)
    judge_plan(
        desk.engine, item.task.obligation.id, seen=seen,
        seen_editions=int(editions) if editions.isdecimal() and len(editions) < 6 else 0,  # noqa: PLR2004 - a count
        rows=_rows(given, _suggestions(desk, item)), result=result, by=officer.account_id,
        unit_id=officer.unit_id, due_at=desk.calendar.close_of(day) if day else None, now=desk.now,
    )  # fmt: skip


def _rows(given: FormInput, suggested: dict[int, Suggestion]) -> list[ComplianceRow]:
    return [
        ComplianceRow(
            number=number, mark=Mark(given.one(f"{MARK}{number}")),
            remark=paragraphs(given.one(f"{REMARK}{number}"))[:LONGEST_REMARK],
            suggestion=suggested.get(number),
        )
        for number in POINTS
        if given.one(f"{MARK}{number}") in set(Mark)
    ]  # fmt: skip


def _context(
    desk: Desk, officer: Officer, item: ReviewItem, typed: FormInput | None
) -> dict[str, object]:
    forms = read_forms(desk.engine, item.task.obligation.id, commune=desk.commune)
    latest = item.latest
    version = latest.version if latest else 0
    suggested = _suggestions(desk, item)
    prefilled = FormInput(
        fields={f"{MARK}{number}": (one.mark.value,) for number, one in suggested.items()}
    )
    today = desk.calendar.day_of(desk.now)
    return {
        "item": item,
        "latest": latest,
        "names": field_names(item),
        "points": POINTS,
        "marks": MARK_NAMES,
        "results": RESULT_NAMES,
        "suggested": suggested,
        "typed": typed or prefilled,
        "forms": forms,
        "forms_seen": sum(form.version == version for form in forms),
        "may_act": officer.may(Role.OFFICE) and item.task.obligation.state in WAITING,
        "csrf_field": CSRF_FIELD,
        "csrf": officer.csrf,
        "item_path": item_path,
        "return_by": return_day(desk, today),
        "now": desk.now,
    }
