"""The letter page: what waits and why, what a person must settle, and the hold banner."""

from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.install_key import read_install_key
from config.settings import Settings
from models.letter_holds import HOLD_NAMES, HoldReason
from models.letter_policies import Reliability, reliability_of
from models.letters import LetterKind, Verdict
from portal.csrf import CSRF_FIELD, csrf_token, refuse_forged
from portal.desk import DeskOf
from portal.posted import FormInput, Posted, read_posted
from services import brakes
from services.desk import Desk
from services.letter_acts import Settling, settle_letter
from services.letter_desk import read_desk, read_life
from services.plans import find_plans
from services.restores import let_go

PREFIX = "/thu"
OFFICER = "quản trị"
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


def may_act(settings: Settings) -> bool:
    """Whether whoever sees the pages sits at this machine: they ask for no login.

    A portal that units reach over the network shows the desk; its hand is ``dondoc mail``.
    """
    if settings.public_url is not None:
        return False
    try:
        return ip_address(settings.host).is_loopback
    except ValueError:
        return settings.host == "localhost"


def officer_form(
    request: Request, desk: DeskOf, posted: Annotated[Posted, Depends(read_posted)]
) -> FormInput:
    """Return the form when our letter page made it and its reader sits at this machine.

    Raises:
        HTTPException: 403, it comes from elsewhere, or the portal is open to the network.
    """
    if not may_act(desk.settings):
        raise HTTPException(403, "Trang này chỉ để xem; hãy dùng lệnh dondoc mail trên máy chủ.")
    key, given = read_install_key(desk.settings.home), posted.input.one(CSRF_FIELD)
    refuse_forged(request, key=key, link=PREFIX, given=given)
    return posted.input


OfficerForm = Annotated[FormInput, Depends(officer_form)]


def letter_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes under ``/thu``."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)
    _add_pages(router, templates)
    _add_acts(router)
    return router


def _add_pages(router: APIRouter, templates: Jinja2Templates) -> None:
    @router.get("")
    def show_desk(request: Request, desk: DeskOf) -> Response:
        found = read_desk(
            desk.engine, commune=desk.commune, relay=desk.relay.name, policy=desk.policy,
            calendar=desk.calendar, now=desk.now,
        )  # fmt: skip
        context = _shared(desk) | {"desk": found, "now": desk.now, "hold_names": HOLD_NAMES}
        return templates.TemplateResponse(request, "portal/letters.html.j2", context)

    @router.get("/{letter_id}")
    def show_life(request: Request, letter_id: int, desk: DeskOf) -> Response:
        life = read_life(desk.engine, letter_id, commune=desk.commune)
        words = {"verdicts": VERDICTS, "letter_actions": ACTIONS}
        context = _shared(desk) | words | {"life": life, "line": life.line}
        return templates.TemplateResponse(request, "portal/letters_life.html.j2", context)


def _add_acts(router: APIRouter) -> None:
    @router.post("/tam-dung")
    def hold_letters(desk: DeskOf, given: OfficerForm) -> Response:
        brakes.hold(
            desk.engine, commune=desk.commune, reason=HoldReason.PERSON, detail=_reason(given),
            by=OFFICER, now=desk.now,
        )  # fmt: skip
        return RedirectResponse(PREFIX, 303)

    @router.post("/gui-tiep")
    def release_letters(desk: DeskOf, _own: OfficerForm) -> Response:
        let_go(desk, by=OFFICER)
        return RedirectResponse(PREFIX, 303)

    @router.post("/{letter_id}")
    def settle(letter_id: int, desk: DeskOf, given: OfficerForm) -> Response:
        if given.one(ACT) not in set(Settling):
            raise HTTPException(422, "Hãy chọn Đã tới, Gửi lại hoặc Thôi.")
        settle_letter(
            desk.engine, letter_id, commune=desk.commune, settling=Settling(given.one(ACT)),
            by=OFFICER, reason=_reason(given), now=desk.now,
            is_confirmed=bool(given.one(CONFIRMED)),
        )  # fmt: skip
        return RedirectResponse(f"{PREFIX}/{letter_id}", 303)


def _reason(given: FormInput) -> str:
    reason = given.one(REASON).strip()
    if not reason:
        raise HTTPException(422, "Hãy ghi lý do; lý do được lưu vào nhật ký.")
    return reason


def _shared(desk: Desk) -> dict[str, object]:
    plans = find_plans(desk.engine, commune=desk.commune)
    key = read_install_key(desk.settings.home)
    return {
        "unit_names": {u.id: u.name for p in plans for u in p.dossier.units.units},
        "may_act": may_act(desk.settings),
        "csrf_field": CSRF_FIELD,
        "csrf": csrf_token(key, PREFIX),
        "settlings": SETTLINGS,
        "confirmable": CONFIRMABLE,
    }
