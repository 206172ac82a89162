"""A unit downloads its own report: the blank form, and what it sent as a document to sign."""

from fastapi import APIRouter, Response

from portal.desk import DeskOf
from portal.downloads import download
from portal.visitors import PAGE, READ, VisitorOf
from services.unit_documents import Ending, write_unit_document


def unit_document_routes() -> APIRouter:
    """Return the route ``/dv/{who}/van-ban/{version}/{ending}/{obligation_id}``; 0: blank form."""
    router = APIRouter()

    @router.api_route(PAGE + "/van-ban/{version}/{ending}/{obligation_id:path}", methods=READ)
    def download_document(
        *, version: int, ending: Ending, obligation_id: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        made = write_unit_document(
            desk.engine, obligation_id, ending=ending, version=version, unit_id=visitor.unit_id
        )
        return download(made.content, name=made.name, media_type=made.media_type)

    return router
