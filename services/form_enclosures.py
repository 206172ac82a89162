"""Forms that travel with letters: one prefilled spreadsheet for each product that asks figures."""

from collections.abc import MutableMapping, Sequence

from sqlalchemy import Connection, select

from adapters import tables
from adapters.ledger import read_submission
from models.answer_forms import is_sent_by_form
from models.letter_contexts import AssignmentContext, ReturnedContext
from models.letter_frames import LetterContext
from models.letters import Part
from models.obligations import DONE_STATES, Obligation
from models.plans import PlanDossier
from services.answer_workbooks import answer_form, write_answer_form
from services.portal_views import read_remarks


def enclose_forms(
    connection: Connection,
    context: LetterContext,
    *,
    dossier: PlanDossier,
    key: bytes,
    made: MutableMapping[str, tuple[Part, ...]],
) -> tuple[Part, ...]:
    """Return the forms of the letters that ask for figures first, or again after a return.

    Reminders carry none: their page has the form as it is then. ``made`` keeps those of a batch
    by obligation, for contact and head of a unit get the same.
    """
    wanted = _asked_by(context)
    missing = [id_ for id_ in wanted if id_ not in made]
    for obligation in _read(connection, missing):
        made[obligation.id] = _form(connection, obligation, dossier, key)
    return tuple(part for id_ in wanted for part in made.get(id_, ()))


def _asked_by(context: LetterContext) -> tuple[str, ...]:
    if isinstance(context, AssignmentContext):
        products = context.products
        return tuple(p.obligation_id for p in products if is_sent_by_form(p.kind))
    if isinstance(context, ReturnedContext) and context.obligation_id:
        return (context.obligation_id,)
    return ()


def _read(connection: Connection, ids: Sequence[str]) -> list[Obligation]:
    if not ids:
        return []
    columns = [column for column in tables.obligations.c if column.name != "commune"]
    rows = connection.execute(select(*columns).where(tables.obligations.c.id.in_(ids)))
    return [Obligation.model_validate(dict(row)) for row in rows.mappings()]


def _form(
    connection: Connection, obligation: Obligation, dossier: PlanDossier, key: bytes
) -> tuple[Part, ...]:
    sent = obligation.version
    if obligation.state in DONE_STATES or not is_sent_by_form(obligation.kind):
        return ()
    form = answer_form(
        dossier,
        obligation,
        previous=read_submission(connection, obligation.id, sent).answer if sent else None,
        remarks=read_remarks(connection, obligation),
        key=key,
    )
    if not form.asked:
        return ()
    file = write_answer_form(form, dossier=dossier, obligation=obligation)
    return (Part(name=file.name, media_type=file.media_type, content=file.content),)
