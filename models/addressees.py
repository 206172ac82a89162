"""Whom a letter greets, and the register it must keep towards them."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, StringConstraints

from models.units import Contact, ContactRole, Salutation, Unit, UnitKind
from models.values import Value
from models.vietnamese import clean_text, mid_sentence

# A value from the world is one clean line before any template sees it, so it can add no header.
Line = Annotated[str, AfterValidator(clean_text)]
WebLink = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$")]

_OWNERS = (" của đơn vị", " của thôn")


def without_owner(product: str) -> str:
    """Drop "của đơn vị" from a product's name, for sentences that go on to name the unit."""
    for owner in _OWNERS:
        product = product.removesuffix(owner)
    return product


Product = Annotated[Line, AfterValidator(without_owner)]

ORDERS_FROM_TIMES = 2  # "yêu cầu" from the second overdue letter on (domain.md 4.1 rule 3)

_COURTEOUS_KINDS = frozenset({UnitKind.MASS_ORGANISATION, UnitKind.SECTOR})
_UPWARD_KINDS = frozenset({UnitKind.AUTHORITY, UnitKind.SUPERIOR})
_ORDERABLE_KINDS = frozenset(UnitKind) - _COURTEOUS_KINDS - _UPWARD_KINDS


class RequestVerb(StrEnum):
    """How something is asked for; the verb follows the relation to the unit."""

    ASK = "đề nghị"
    ASK_COURTEOUSLY = "trân trọng đề nghị"
    ASK_UPWARDS = "kính đề nghị"
    ORDER = "yêu cầu"


def request_verb(
    kind: UnitKind, *, overdue_times: int = 0, orders_allowed: bool = False
) -> RequestVerb:
    """Choose the verb for a kind of unit; ``ORDER`` only when late again, allowed and orderable."""
    if kind in _COURTEOUS_KINDS:
        return RequestVerb.ASK_COURTEOUSLY
    if kind in _UPWARD_KINDS:
        return RequestVerb.ASK_UPWARDS
    if orders_allowed and overdue_times >= ORDERS_FROM_TIMES:
        return RequestVerb.ORDER
    return RequestVerb.ASK


class Addressee(Value):
    """Whom a letter greets; without ``person_name`` the head by title, else the unit itself.

    ``unit_code`` is the short code in subjects (TH-THCS), ``unit_name`` the full official name.
    """

    unit_code: Line
    unit_name: Line
    unit_kind: UnitKind
    person_name: Line | None = None
    title: Line = ""
    salutation: Salutation = Salutation.COMRADE
    is_head: bool = False  # the head may be greeted by title while the name is unknown
    is_leader: bool = False

    @classmethod
    def of(cls, unit: Unit, contact: Contact | None = None, *, is_leader: bool = False) -> Self:
        """Build the addressee from the register."""
        return cls(
            unit_code=(unit.abbreviation or unit.id).upper(),
            unit_name=unit.name,
            unit_kind=unit.kind,
            person_name=contact.full_name if contact else None,
            title=contact.title if contact else "",
            salutation=contact.salutation if contact else Salutation.COMRADE,
            is_head=contact is not None and contact.role is not ContactRole.CONTACT,
            is_leader=is_leader,
        )

    @property
    def may_be_ordered(self) -> bool:
        """Whether UBND may write "yêu cầu" to the unit."""
        return self.unit_kind in _ORDERABLE_KINDS

    @property
    def greeting(self) -> str:
        """The words after "Kính gửi:": person, title and unit, or the unit alone."""
        if not self.is_person:
            return self.unit_name
        honorific = "Đồng chí" if self.salutation is Salutation.COMRADE else "Ông/Bà"
        name = f" {self.person_name} -" if self.person_name else ""
        return f"{honorific}{name} {self.position}"

    @property
    def is_person(self) -> bool:
        """Whether someone in particular is greeted."""
        return bool(self.person_name or (self.is_head and self.title))

    @property
    def position(self) -> str:
        """Title and unit as one phrase: "Trưởng thôn" of "Thôn Vịn" is "Trưởng thôn Vịn"."""
        return overlap_words(self.title, self.unit_name)

    @property
    def pronoun(self) -> str:
        """How the body speaks to the reader; gender is never guessed."""
        if not self.is_person:
            return "thôn" if self.unit_kind is UnitKind.VILLAGE else "đơn vị"
        return "đồng chí" if self.salutation is Salutation.COMRADE else "Ông/Bà"

    @property
    def unit_inline(self) -> str:
        """The unit's name within a sentence: "thôn Vịn", but "Phòng Kinh tế"."""
        return (
            mid_sentence(self.unit_name) if self.unit_kind is UnitKind.VILLAGE else self.unit_name
        )

    @property
    def verb(self) -> RequestVerb:
        """The everyday verb for this unit."""
        return request_verb(self.unit_kind)

    @property
    def formal_verb(self) -> RequestVerb:
        """The more formal verb, for heads and on the eve of a deadline."""
        return RequestVerb.ASK_UPWARDS if self.verb is RequestVerb.ASK else self.verb


def overlap_words(title: str, unit_name: str) -> str:
    """Join two phrases, saying once the words that end the first and begin the second."""
    left, right = title.split(), unit_name.split()
    ends, begins = title.casefold().split(), unit_name.casefold().split()
    for size in range(min(len(left), len(right)), 0, -1):
        if ends[-size:] == begins[:size]:
            return " ".join(left + right[size:])
    return " ".join(left + right)
