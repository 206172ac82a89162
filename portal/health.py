"""The health of the portal, for supervisors."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from portal.desk import DeskOf
from services.portal_overviews import count_plans


def health_routes() -> APIRouter:
    """Return the route ``/suc-khoe``: 200 when pages can be served, 503 when the ledger is out."""
    router = APIRouter()

    @router.get("/suc-khoe")
    def show_health(desk: DeskOf) -> JSONResponse:
        plans = count_plans(desk.engine)
        return JSONResponse({"status": "ok", "plans": plans, "now": desk.now.isoformat()})

    return router
