"""The first page: plans in force, how far they are, and how long is left."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from portal.desk import DeskOf
from portal.officers import OfficerOf
from services.plans import find_plans
from services.portal_overviews import read_overviews


def home_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the route ``/``."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/")
    def show_home(request: Request, desk: DeskOf, _: OfficerOf) -> Response:
        overviews = read_overviews(
            desk.engine, commune=desk.commune, calendar=desk.calendar, now=desk.now
        )
        running = {one.plan.id for one in overviews}
        plans = find_plans(desk.engine, commune=desk.commune)
        context = {
            "overviews": overviews,
            "others": [plan for plan in plans if plan.id not in running],
            "settings": desk.settings,
            "now": desk.now,
        }
        return templates.TemplateResponse(request, "portal/home.html.j2", context)

    return router
