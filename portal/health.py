"""The health of the portal and the pulse of the rounds, for supervisors."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic_core import to_jsonable_python
from starlette.status import HTTP_503_SERVICE_UNAVAILABLE

from portal.desk import DeskOf
from portal.officers import MaybeOfficer
from services.portal_overviews import count_plans
from services.rounds import read_pulse


def health_routes() -> APIRouter:
    """Return ``/suc-khoe``, whether pages can be served, and ``/suc-khoe/nhip``, the pulse.

    Both answer 503 when the ledger is out. The pulse is for a watchdog on another machine, as
    nothing here can tell of its own end: 503 too when a round did not come. Its details are for
    those who are signed in.
    """
    router = APIRouter()

    @router.get("/suc-khoe")
    def show_health(desk: DeskOf) -> JSONResponse:
        plans = count_plans(desk.engine)
        return JSONResponse({"status": "ok", "plans": plans, "now": desk.now.isoformat()})

    @router.get("/suc-khoe/nhip")
    def show_pulse(desk: DeskOf, officer: MaybeOfficer) -> Response:
        pulse = read_pulse(desk.engine, commune=desk.commune, calendar=desk.calendar, now=desk.now)
        known = pulse.model_dump() if officer else {}
        told = to_jsonable_python(known | {"is_steady": pulse.is_steady})
        code = 200 if pulse.is_steady else HTTP_503_SERVICE_UNAVAILABLE
        return JSONResponse(told, status_code=code)

    return router
