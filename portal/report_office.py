"""What the office does on the report's page: the signed PDF comes in, the package goes out."""

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from adapters.pdf_signatures import MOST_BYTES
from models.errors import PermanentError
from portal.board import plan_of
from portal.desk import DeskOf
from portal.officers import OfficerOf, ReviewForm
from portal.reports import PREFIX, report_of
from services.dispatch_packages import ZIP, find_packages
from services.signed_files import enter_signed


def report_office_routes() -> APIRouter:
    """Return the routes by which the office enters the signed PDF and fetches a package."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)

    @router.post("/{plan_id}/bao-cao/ky")
    def take_signed(plan_id: str, desk: DeskOf, form: ReviewForm) -> Response:
        plan_of(desk, plan_id)
        if len(form.files) != 1:
            raise HTTPException(422, "Hãy chọn một tệp PDF đã ký.")
        content = form.files[0].file.read(MOST_BYTES + 1)
        try:
            enter_signed(
                desk.engine,
                plan_id,
                content,
                by=form.officer.account_id,
                blobs=desk.blobs,
                now=desk.now,
            )
        except PermanentError as error:  # the reader's file is at fault, not this machine
            raise HTTPException(422, str(error)) from error
        return RedirectResponse(f"{PREFIX}/{plan_id}/bao-cao", 303)

    @router.get("/{plan_id}/bao-cao/{version}/goi/{sha256}")
    def download_package(
        *, plan_id: str, version: int, sha256: str, desk: DeskOf, _: OfficerOf
    ) -> Response:
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
