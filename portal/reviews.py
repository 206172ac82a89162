"""The office's review: the queue, one product beside what came before, and acts upon several."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from models.accounts import Role
from models.errors import PermanentError, RefusedError
from models.values import Value
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.downloads import download_headers
from portal.officers import Officer, OfficerOf, ReviewForm
from portal.review_pages import CHANNELS, DONE, item_context, item_path
from services.desk import Desk
from services.review_items import read_review_item
from services.review_queue import QueueFilter, Waiting, read_queue
from services.reviews import accept

PREFIX = "/tham-dinh"
CHOSEN = "chon"
MOST_AT_ONCE = 100
Word = Annotated[str, Query(max_length=80)]


class Unaccepted(Value):
    """One of several that was not accepted, and why."""

    obligation_id: str
    reason: str


def review_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the reading routes under ``/tham-dinh`` and the one that accepts several."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)
    _add_queue(router, templates)
    _add_item(router, templates)
    _add_several(router, templates)
    return router


def _add_queue(router: APIRouter, templates: Jinja2Templates) -> None:
    @router.get("")
    def show_queue(
        request: Request,
        desk: DeskOf,
        officer: OfficerOf,
        *,
        ke_hoach: Word = "",
        giai_doan: Word = "",
        san_pham: Word = "",
        don_vi: Word = "",
        da: Word = "",
    ) -> Response:
        waiting = _queue(desk)
        chosen = QueueFilter(plan=ke_hoach, phase=giai_doan, product=san_pham, unit=don_vi)
        context = {
            "waiting": [one for one in waiting if chosen.takes(one)],
            "total": len(waiting),
            "chosen": chosen,
            "choices": _choices(waiting),
            "channels": CHANNELS,
            "item_path": item_path,
            "may_act": officer.may(Role.OFFICE),
            "message": DONE.get(da, ""),
            "now": desk.now,
        }
        return templates.TemplateResponse(request, "portal/review_queue.html.j2", context)


def _add_item(router: APIRouter, templates: Jinja2Templates) -> None:
    @router.get("/viec/{obligation_id:path}")
    def show_item(
        *,
        request: Request,
        obligation_id: str,
        desk: DeskOf,
        officer: OfficerOf,
        so_voi: Annotated[int, Query(ge=0, le=10_000)] = 0,
        da: Word = "",
    ) -> Response:
        item = read_review_item(
            desk.engine, obligation_id, commune=desk.commune, calendar=desk.calendar, now=desk.now
        )
        context = item_context(desk, officer, item, compared=so_voi) | {"message": DONE.get(da, "")}
        return templates.TemplateResponse(request, "portal/review_item.html.j2", context)

    @router.get("/tep/{version}/{sha256}/{obligation_id:path}")
    def fetch_file(
        *, version: int, sha256: str, obligation_id: str, desk: DeskOf, _: OfficerOf
    ) -> Response:
        item = read_review_item(
            desk.engine, obligation_id, commune=desk.commune, calendar=desk.calendar, now=desk.now
        )
        sent = item.version(version)
        files = sent.answer.attachments if sent else ()
        file = next((one for one in files if one.sha256 == sha256), None)
        if file is None:
            raise HTTPException(404, "Bản gửi không có tệp này.")
        try:
            path = desk.blobs.checked(sha256)
        except PermanentError as error:
            raise HTTPException(404, "Tệp này không còn trên máy chủ.") from error
        headers = download_headers(file.name)
        return FileResponse(path, media_type=file.media_type, headers=headers)


def _add_several(router: APIRouter, templates: Jinja2Templates) -> None:
    def page(
        request: Request, officer: Officer, *, chosen: Sequence[Waiting] = (),
        refused: Sequence[Unaccepted] = (), status: int = 200,
    ) -> Response:  # fmt: skip
        context = {
            "chosen": chosen,
            "refused": refused,
            "csrf_field": CSRF_FIELD,
            "csrf": officer.csrf,
            "may_act": officer.may(Role.OFFICE),
            "channels": CHANNELS,
            "item_path": item_path,
        }
        return templates.TemplateResponse(
            request, "portal/review_several.html.j2", context, status_code=status
        )

    @router.get("/nhieu")
    def preview(
        request: Request,
        desk: DeskOf,
        officer: OfficerOf,
        chon: Annotated[list[str] | None, Query(max_length=MOST_AT_ONCE)] = None,
    ) -> Response:
        return page(request, officer, chosen=_chosen(desk, chon or []))

    @router.post("/nhieu")
    def accept_several(request: Request, desk: DeskOf, form: ReviewForm) -> Response:
        keys = list(form.input.every(CHOSEN))[:MOST_AT_ONCE]
        if not keys:
            raise HTTPException(422, "Hãy chọn ít nhất một bản để chấp nhận.")
        waiting = frozenset(one.obligation.id for one in _queue(desk))
        tried = [_accept(desk, form.officer, key, waiting) for key in keys]
        refused = [one for one in tried if one is not None]
        if refused:
            return page(request, form.officer, refused=refused, status=409)
        return RedirectResponse(f"{PREFIX}?da=chap-nhan-nhieu", 303)


def _queue(desk: Desk) -> tuple[Waiting, ...]:
    return read_queue(desk.engine, commune=desk.commune, calendar=desk.calendar, now=desk.now)


def _chosen(desk: Desk, keys: list[str]) -> list[Waiting]:
    """Return what was chosen and is still as it was: plain, and of that version."""
    wanted = frozenset(keys)
    return [one for one in _queue(desk) if one.is_plain and key_of(one) in wanted]


def key_of(one: Waiting) -> str:
    """Return a version as a form names it."""
    return f"{one.obligation.id}@{one.obligation.version}"


def _accept(desk: Desk, officer: Officer, key: str, waiting: frozenset[str]) -> Unaccepted | None:
    obligation_id, _, version = key.rpartition("@")
    if obligation_id not in waiting or not (version.isdecimal() and len(version) < 6):  # noqa: PLR2004 - a version
        return Unaccepted(obligation_id=obligation_id, reason="Không còn chờ thẩm định.")
    try:
        accept(
            desk.engine, obligation_id, reviewer=officer.account_id, now=desk.now,
            seen=int(version), unit_id=officer.unit_id,
        )  # fmt: skip
    except RefusedError as error:
        return Unaccepted(obligation_id=obligation_id, reason=str(error))
    return None


def _choices(waiting: tuple[Waiting, ...]) -> dict[str, dict[str, str]]:
    """Return what the queue can be narrowed by: for each way, values with their names."""
    return {
        "ke_hoach": {one.plan_id: one.plan_name for one in waiting},
        "giai_doan": {one.phase_id: one.phase_id for one in waiting},
        "san_pham": {one.obligation.requirement_id: one.product for one in waiting},
        "don_vi": {one.obligation.unit_id: one.unit_name for one in waiting},
    }
