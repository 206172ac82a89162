"""What a unit answers to a question of the office; the version it sent stays as it is."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from models.submissions import Channel
from models.vietnamese import paragraphs
from portal.desk import DeskOf
from portal.posted import PostedOf
from portal.visitors import VisitorOf
from services.questions import answer_question

ANSWER = "tra_loi"


def question_answer_routes() -> APIRouter:
    """Return the route that takes the answer to a question."""
    router = APIRouter()

    @router.post("/d/{link}/tra-loi/{question_id}")  # noqa: FAST003 - the visitor takes the link
    def take_answer(
        question_id: int, desk: DeskOf, visitor: VisitorOf, posted: PostedOf
    ) -> Response:
        answer_question(
            desk.engine, question_id, commune=desk.commune, unit_id=visitor.unit_id,
            text=paragraphs(posted.input.one(ANSWER)), by=visitor.contact_id,
            channel=Channel.PORTAL, now=desk.now,
        )  # fmt: skip
        return RedirectResponse(f"{visitor.page}?da=tra-loi#tra-loi", 303)

    return router
