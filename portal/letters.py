"""The letter page: what waits and why, what a person must settle, and the hold banner."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from models.letter_holds import HOLD_NAMES, HoldReason
from models.letter_policies import Reliability, reliability_of
from models.letters import LetterKind, Verdict
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.officers import AdministratorForm, Officer, OfficerOf
from portal.posted import FormInput
from services import brakes
from services.desk import Desk
from services.letter_acts import Settling, settle_letter
from services.letter_desk import read_desk, read_life
from services.plans import find_plans
from services.restores import let_go

PREFIX = "/thu"
ACT, REASON, CONFIRMED = "viec", "ly_do", "xac_nhan"
VERDICTS = {
    Verdict.ACCEPTED: "máy chủ thư đã nhận",
    Verdict.REFUSED_TEMPORARILY: "tạm thời bị từ chối",
    Verdict.REFUSED_PERMANENTLY: "bị từ chối hẳn",
    Verdict.NOT_SENT: "chưa gửi được",
    Verdict.UNKNOWN: "chưa rõ kết quả",
}
ACTIONS = {f"letter.{verdict}": words for verdict, words in VERDICTS.items()} | {
    "letter.arrived": "ghi nhận thư đã tới",
    "letter.resend": "cho gửi lại",
    "letter.drop": "thôi, không gửi nữa",
    "letter.resolved": "đối soát thư dở dang",
    "letter.reconciled": "đã gửi trước khi khôi phục",
    "letter.expired": "quá thời điểm gửi",
    "letter.superseded": "không còn việc phải nhắc",
    "letter.poisoned": "không soạn được",
}
CONFIRMABLE = frozenset(k for k in LetterKind if reliability_of(k) is Reliability.MUST_ARRIVE)
SETTLINGS = {Settling.ARRIVED: "Đã tới", Settling.RESEND: "Gửi lại", Settling.DROP: "Thôi"}


def letter_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes under ``/thu``."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)
    _add_pages(router, templates)
    _add_acts(router)
    return router


def _add_pages(router: APIRouter, templates: Jinja2Templates) -> None:
    @router.get("")
    def show_desk(request: Request, desk: DeskOf, officer: OfficerOf) -> Response:
        found = read_desk(
            desk.engine, commune=desk.commune, relay=desk.relay.name, policy=desk.policy,
            calendar=desk.calendar, now=desk.now,
        )  # fmt: skip
        context = _shared(desk, officer) | {
            "desk": found,
            "now": desk.now,
            "hold_names": HOLD_NAMES,
        }
        return templates.TemplateResponse(request, "portal/letters.html.j2", context)

    @router.get("/{letter_id}")
    def show_life(request: Request, letter_id: int, desk: DeskOf, officer: OfficerOf) -> Response:
        life = read_life(desk.engine, letter_id, commune=desk.commune)
        words = {"verdicts": VERDICTS, "letter_actions": ACTIONS}
        context = _shared(desk, officer) | words | {"life": life, "line": life.line}
        return templates.TemplateResponse(request, "portal/letters_life.html.j2", context)


def _add_acts(router: APIRouter) -> None:
    @router.post("/tam-dung")
    def hold_letters(desk: DeskOf, form: AdministratorForm) -> Response:
        brakes.hold(
            desk.engine, commune=desk.commune, reason=HoldReason.PERSON, detail=_reason(form.input),
            by=form.officer.account_id, now=desk.now,
        )  # fmt: skip
        return RedirectResponse(PREFIX, 303)

    @router.post("/gui-tiep")
    def release_letters(desk: DeskOf, form: AdministratorForm) -> Response:
        let_go(desk, by=form.officer.account_id)
        return RedirectResponse(PREFIX, 303)

    @router.post("/{letter_id}")
    def settle(letter_id: int, desk: DeskOf, form: AdministratorForm) -> Response:
        given = form.input
        if given.one(ACT) not in set(Settling):
            raise HTTPException(422, "Hãy chọn Đã tới, Gửi lại hoặc Thôi.")
        settle_letter(
            desk.engine, letter_id, commune=desk.commune, settling=Settling(given.one(ACT)),
            by=form.officer.account_id, reason=_reason(given), now=desk.now,
            is_confirmed=bool(given.one(CONFIRMED)),
        )  # fmt: skip
        return RedirectResponse(f"{PREFIX}/{letter_id}", 303)


def _reason(given: FormInput) -> str:
    reason = given.one(REASON).strip()
    if not reason:
        raise HTTPException(422, "Hãy ghi lý do; lý do được lưu vào nhật ký.")
    return reason


def _shared(desk: Desk, officer: Officer) -> dict[str, object]:
    plans = find_plans(desk.engine, commune=desk.commune)
    return {
        "unit_names": {u.id: u.name for p in plans for u in p.dossier.units.units},
        "may_act": officer.may(),
        "csrf_field": CSRF_FIELD,
        "csrf": officer.csrf,
        "settlings": SETTLINGS,
        "confirmable": CONFIRMABLE,
    }
