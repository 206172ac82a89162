"""What the ledger knows of an incoming mail: its letter, its sender, whether it came before."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.incoming_mail import Reading, read_mail
from adapters.ledger import PlanState
from adapters.reply_tokens import token_in_address, token_sha256
from models.incoming import IncomingMail
from models.incoming_classes import Known, KnownContact, KnownLetter
from models.letters import LetterState
from models.values import Value

MOST_COMPARED = 5  # earlier mails with the same Message-ID; a stranger may repeat it without end


class Intake(Value):
    """Whose mail is taken in: the commune, the addresses letters come from, whom to believe.

    Without a real clock, in a rehearsal, the dates of a real mailbox say nothing.
    """

    commune: str
    addresses: tuple[str, ...]
    authserv_id: str | None = None
    has_real_clock: bool = True

    def find_token(self, address: str) -> str | None:
        """The token in an address that was made from one of ours."""
        found = (token_in_address(address, base) for base in self.addresses)
        return next((token for token in found if token is not None), None)

    def reading(self, blobs: BlobStore) -> Reading:
        """How to read a message, keeping its files."""
        return Reading(find_token=self.find_token, keep=blobs.put, authserv_id=self.authserv_id)


def read_known(
    connection: Connection, mail: IncomingMail, *, intake: Intake, blobs: BlobStore
) -> Known:
    """Everything that decides the class of the mail."""
    c, commune = tables.frozen_letters.c, intake.commune
    ours = {address.lower() for address in intake.addresses}
    own_id = [] if mail.message_id is None else [mail.message_id]
    return Known(
        by_token=_letter(connection, commune, c.token_sha256.in_(_hashes(mail.tokens))),
        by_thread=_letter(connection, commune, c.message_id.in_(mail.references)),
        by_return=_returned(connection, commune, mail),
        contacts=_contacts(connection, commune, mail.sender),
        is_own=_letter(connection, commune, c.message_id.in_(own_id)) is not None,
        is_from_us=mail.sender is not None and _without_token(mail.sender, intake) in ours,
        is_repeated=_is_repeated(connection, mail, intake=intake, blobs=blobs),
    )


def is_in_sending(connection: Connection, letter_ids: Sequence[int]) -> bool:
    """Whether the outcome of one of those letters is still to be recorded by its sender."""
    c = tables.outbox.c
    statement = select(c.id).where(c.id.in_(letter_ids), c.state == LetterState.SENDING)
    return connection.execute(statement.limit(1)).first() is not None


def _hashes(tokens: Sequence[str]) -> list[str]:
    return [token_sha256(token) for token in tokens]


def _without_token(address: str, intake: Intake) -> str:
    token = intake.find_token(address)
    return address if token is None else address.replace(f"+{token}", "", 1)


def _returned(connection: Connection, commune: str, mail: IncomingMail) -> KnownLetter | None:
    if mail.report is None or mail.report.message_id is None or not mail.report.tokens:
        return None
    c = tables.frozen_letters.c
    is_ours = (c.message_id == mail.report.message_id) & c.token_sha256.in_(
        _hashes(mail.report.tokens)
    )
    return _letter(connection, commune, is_ours)


def _letter(
    connection: Connection, commune: str, condition: ColumnElement[bool]
) -> KnownLetter | None:
    c, p = tables.outbox.c, tables.plans.c
    statement = (
        select(
            c.id, c.dedupe_key, tables.frozen_letters.c.message_id, c.address, c.unit_id,
            c.contact_id,
            (func.coalesce(p.state, PlanState.ACTIVE) == PlanState.ACTIVE).label("is_current"),
        )
        .join_from(tables.letters, tables.plans, p.id == c.plan_id, isouter=True)
        .where(c.commune == commune, condition)
        .order_by(c.id.desc())
        .limit(1)
    )  # fmt: skip
    row = connection.execute(statement).mappings().first()
    return None if row is None else KnownLetter.model_validate(dict(row))


def _contacts(connection: Connection, commune: str, sender: str | None) -> tuple[KnownContact, ...]:
    if sender is None:
        return ()
    c = tables.contacts.c
    statement = (
        select(c.id.label("contact_id"), c.unit_id)
        .where(c.commune == commune, func.lower(c.email) == sender)
        .order_by(c.role, c.rank, c.id)
    )
    rows = connection.execute(statement).mappings()
    return tuple(KnownContact.model_validate(dict(row)) for row in rows)


def _is_repeated(
    connection: Connection, mail: IncomingMail, *, intake: Intake, blobs: BlobStore
) -> bool:
    # The same Message-ID is not enough: whoever repeats it with other words is read, too.
    if mail.message_id is None:
        return False
    c = tables.inbox.c
    same = (c.commune == intake.commune, c.message_id == mail.message_id, c.sender == mail.sender)
    known = select(c.sha256).where(*same, c.sha256.is_not(None)).order_by(c.id.desc())
    earlier = connection.execute(known.limit(MOST_COMPARED)).scalars().all()
    reading = intake.reading(blobs)
    return any(
        read_mail(blobs.get(sha256), reading=reading).content == mail.content for sha256 in earlier
    )
