"""The leader decides from the office's login: same text, same power, same service as by link."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from models.accounts import Role
from portal.board import plan_of
from portal.decisions import take_verdict
from portal.desk import DeskOf
from portal.officers import OfficerForm, form_of
from portal.reports import NO_CONTACT

LeaderForm = Annotated[OfficerForm, Depends(form_of(Role.LEADER))]


def report_decision_routes() -> APIRouter:
    """Return the route that takes a leader's decision on a report."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.post("/ke-hoach/{plan_id}/bao-cao/quyet-dinh")
    def take_decision(plan_id: str, desk: DeskOf, form: LeaderForm) -> Response:
        contact_id = form.officer.session.account.contact_id
        if contact_id is None:
            raise HTTPException(403, NO_CONTACT)
        plan = plan_of(desk, plan_id)
        take_verdict(desk, plan, form.input, by=contact_id)
        return RedirectResponse(f"/ke-hoach/{plan.id}/bao-cao#quyet-dinh", 303)

    return router
