"""What the office does on the report's page: the signed PDF comes in, the package goes out."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from adapters.install_key import read_install_key
from adapters.pdf_signatures import MOST_BYTES
from models.errors import PermanentError
from portal.board import plan_of
from portal.csrf import CSRF_FIELD, refuse_forged
from portal.desk import DeskOf
from portal.letters import OFFICER, may_act
from portal.posted import Posted, read_posted
from portal.reports import PREFIX, report_of
from services.dispatch_packages import ZIP, find_packages
from services.signed_files import enter_signed


def officer_files(
    request: Request, desk: DeskOf, posted: Annotated[Posted, Depends(read_posted)]
) -> Posted:
    """Return the form when our report page made it and its reader sits at this machine.

    Raises:
        HTTPException: 403, it comes from elsewhere, or the portal is open to the network.
    """
    if not may_act(desk.settings):
        raise HTTPException(403, "Trang này chỉ để xem; hãy dùng lệnh dondoc report trên máy chủ.")
    key, given = read_install_key(desk.settings.home), posted.input.one(CSRF_FIELD)
    refuse_forged(request, key=key, link=PREFIX, given=given)
    return posted


OfficerFiles = Annotated[Posted, Depends(officer_files)]


def report_office_routes() -> APIRouter:
    """Return the routes by which the office enters the signed PDF and fetches a package."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)

    @router.post("/{plan_id}/bao-cao/ky")
    def take_signed(plan_id: str, desk: DeskOf, posted: OfficerFiles) -> Response:
        plan_of(desk, plan_id)
        if len(posted.files) != 1:
            raise HTTPException(422, "Hãy chọn một tệp PDF đã ký.")
        content = posted.files[0].file.read(MOST_BYTES + 1)
        try:
            enter_signed(desk.engine, plan_id, content, by=OFFICER, blobs=desk.blobs, now=desk.now)
        except PermanentError as error:  # the reader's file is at fault, not this machine
            raise HTTPException(422, str(error)) from error
        return RedirectResponse(f"{PREFIX}/{plan_id}/bao-cao", 303)

    @router.get("/{plan_id}/bao-cao/{version}/goi/{sha256}")
    def download_package(plan_id: str, version: int, sha256: str, desk: DeskOf) -> Response:
        report = report_of(desk, plan_of(desk, plan_id), version)
        held = [p for p in find_packages(desk.engine, report.id) if p.sha256 == sha256]
        if not held:
            raise HTTPException(404, "Báo cáo không có gói này.")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(held[0].name, safe='')}",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        return Response(desk.blobs.get(sha256), media_type=ZIP, headers=headers)

    return router
