"""Who issues, signs, pays for and receives a plan, and the documents it rests on."""

from datetime import date

from models.values import Value


class Agency(Value):
    """The issuing or receiving agency, as printed in documents."""

    id: str
    name: str
    level: str = "xa"
    header_lines: tuple[str, ...] = ()  # as printed at the top left, capitals
    symbol: str = "UBND"
    code: str | None = None
    province: str | None = None
    province_code: str | None = None


class LegalBasis(Value):
    """A document the plan implements or cites; None where the plan does not say."""

    type_name: str
    number: str
    issued_on: date | None = None
    agency: str
    subject: str | None = None
    cited_in: str | None = None


class Signer(Value):
    """Who signs for the agency and under which authority (TM./KT. lines, domain.md 2.5)."""

    full_name: str
    title: str
    authority_lines: tuple[str, ...]
    source_wording: str


class Funding(Value):
    """Where the money comes from; no amount where the plan gives none."""

    sources: tuple[str, ...]
    rule: str
    amount: int | None = None


class Recipient(Value):
    """One line of Nơi nhận; ``units`` are unit or duty-holder ids the line reaches."""

    id: str
    name: str
    purpose: str | None = None
    units: tuple[str, ...] = ()
