"""A unit's own report or sheet as a file: a blank form, or filled from a version it sent."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine

from adapters.database import transaction
from adapters.docx import write_docx
from adapters.ledger import PlanRecord, PlanState, read_obligations, read_plan, read_submission
from adapters.outlines import read_outline, read_unit_outline
from adapters.pdf import write_pdf
from models.errors import RefusedError, UsageError
from models.obligations import Obligation
from models.report_wording import abbreviation_of
from models.submissions import Submission
from models.unit_documents import KINDS, UnitCase, build_unit_document, unit_case
from models.values import Value
from models.vietnamese import local
from services.files import DOCX, PDF

BLANK = 0  # the version of a form that nobody has filled in


class Ending(StrEnum):
    """The two files a document is written as."""

    DOCX = "docx"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """The media type of such a file."""
        return DOCX if self is Ending.DOCX else PDF


class UnitFile(Value):
    """A file for the unit to sign, or to fill in, sign and send."""

    name: str
    media_type: str
    content: bytes


def write_unit_document(
    engine: Engine,
    obligation_id: str,
    *,
    ending: Ending,
    version: int | None = None,
    unit_id: str | None = None,
) -> UnitFile:
    """The document of a version sent, ``BLANK`` the form; by default the newest there is.

    The same version gives the same bytes. ``unit_id`` lets pass that unit's documents only.

    Raises:
        UsageError: there is no such obligation of the unit, or no such version.
        RefusedError: what the obligation asks for has no form.
    """
    plan, obligation = _find(engine, obligation_id, unit_id)
    chosen = obligation.version if version is None else version
    sent = _sent(engine, obligation, chosen) if chosen != BLANK else None
    catalogue = plan.dossier.catalogue
    outline = read_outline(catalogue.id)
    case = unit_case(
        plan.dossier,
        obligation,
        outline=read_unit_outline(catalogue.id),
        labels=outline.labels if outline else {},
        answer=sent.answer if sent else None,
    )
    at = sent.received_at if sent else obligation.opened_at
    return UnitFile(
        name=f"{_name(case, chosen, at)}.{ending}",
        media_type=ending.media_type,
        content=_written(case, ending, at),
    )


def _find(engine: Engine, obligation_id: str, unit_id: str | None) -> tuple[PlanRecord, Obligation]:
    with transaction(engine) as connection:
        plan = read_plan(connection, obligation_id.split("/", 1)[0])
        found = read_obligations(connection, commune=plan.commune, plan_id=plan.id)
    mine = next((o for o in found if o.id == obligation_id), None)
    is_foreign = mine is not None and unit_id is not None and mine.unit_id != unit_id
    if mine is None or is_foreign or plan.state is PlanState.DRAFT:
        raise UsageError("Đơn vị không có việc này; hãy mở lại từ trang của đơn vị.")
    if mine.kind not in KINDS:
        raise RefusedError(
            f"Việc '{obligation_id}' không có mẫu văn bản; chỉ báo cáo kết quả và phiếu số liệu có."
        )
    return plan, mine


def _sent(engine: Engine, obligation: Obligation, version: int) -> Submission:
    with transaction(engine) as connection:
        return read_submission(connection, obligation.id, version)


def _name(case: UnitCase, version: int, at: datetime) -> str:
    """ASCII, sortable, short (domain.md 2.6)."""
    kind = "PSL" if case.is_sheet else "BC"
    owner = f"{abbreviation_of(case.unit)}_{case.plan.code}"
    if version == BLANK:
        return f"MAU_{kind}_{owner}"
    return f"{local(at):%Y%m%d}_{kind}_{owner}_v{version:02d}"


def _written(case: UnitCase, ending: Ending, at: datetime) -> bytes:
    document = build_unit_document(case)
    if ending is Ending.DOCX:
        return write_docx(document, modified=at)
    return write_pdf(document, timestamp=at)
