"""Slots: letters of one shape differ only in a few words; a slot stands where such words go."""

from collections.abc import Mapping
from functools import cache
from operator import attrgetter
from typing import NamedTuple, Self, TypeVar, cast

from models.addressees import Addressee
from models.letter_frames import LetterContext, LetterFrame
from models.letter_rows import TaskRow
from models.units import Salutation, UnitKind
from models.values import Value

Made = TypeVar("Made", bound=Value)

# Private use characters: clean_text leaves none in a line of a letter, so no value looks like one.
OPENS, CLOSES = "\ue000", "\ue001"


class Links(NamedTuple):
    """The links of one reader's page; absent for a reader who has none."""

    page_url: str | None
    acknowledge_url: str | None
    extension_url: str | None

    @classmethod
    def to(cls, page: str | None) -> Self:
        """The links of a page."""
        return cls(page, page and f"{page}#xac-nhan", page)


LINKS = Links._fields
WORDS = tuple(name for name in LetterFrame.model_fields if name not in LINKS)
_words_of_frame, _links_of_frame = attrgetter(*WORDS), attrgetter(*LINKS)


class Reader(NamedTuple):
    """All that letters of one shape differ in where their fields are not open."""

    frame: Links
    to: Addressee


def slot(path: str) -> str:
    """The mark that stands where the value at that path of the letter's context will be printed."""
    return f"{OPENS}{path}|{CLOSES}"


def is_slot(value: object) -> bool:
    """Whether the value is one slot and nothing else."""
    return isinstance(value, str) and value[:1] == OPENS and value.find(CLOSES) == len(value) - 1


def formatted_slot(mark: str, form: str) -> str:
    """The slot whose value will be printed in a form: a template's filter put off."""
    return f"{mark[:-1]}{form}{CLOSES}"


class OpenAddressee(Addressee):
    """A reader of whom only the register is known; names stand open."""

    @property
    def greeting(self) -> str:
        """Open: the words after "Kính gửi:"."""
        return slot("to.greeting")

    @property
    def position(self) -> str:
        """Open: title and unit."""
        return slot("to.position")

    @property
    def unit_inline(self) -> str:
        """Open: the unit's name within a sentence."""
        return slot("to.unit_inline")


class Shape(NamedTuple):
    """All that decides the words of a letter but those of one reader; equal shapes share words."""

    of: type[LetterContext]
    frame: tuple[object, ...]
    links: tuple[bool, ...]  # which of the reader's links there are
    kind: UnitKind
    salutation: Salutation
    is_person: bool
    is_leader: bool
    own_name: str | None  # the unit's, where it is the coordinator's: it decides who speaks
    values: tuple[object, ...]  # of the fields that are not open
    sizes: tuple[object, ...]  # of the open fields: how many, whether there is one, or what is not


def shape_of(context: LetterContext) -> Shape:
    """The shape of a letter."""
    frame, to = context.frame, context.to
    fixed, opened = _fields(type(context))
    return Shape(
        of=type(context),
        frame=_words_of_frame(frame),
        links=tuple([link is not None for link in _links_of_frame(frame)]),
        kind=to.unit_kind,
        salutation=to.salutation,
        is_person=to.is_person,
        is_leader=to.is_leader,
        own_name=to.unit_name if to.unit_name == frame.coordinator_name else None,
        values=tuple([_printed(getattr(context, name)) for name in fixed]),
        sizes=tuple([_size(getattr(context, name)) for name in opened]),
    )


def open_context(shape: Shape) -> LetterContext:
    """The context of every letter of a shape, with slots where one reader's words go.

    It is made from the shape alone, so that nothing of one reader can stand in another's letter.
    """
    fixed, opened = _fields(shape.of)
    sizes = zip(opened, shape.sizes, strict=True)
    values: dict[str, object] = {name: _open_value(name, size) for name, size in sizes}
    values |= zip(fixed, shape.values, strict=True)
    return _made(shape.of, values | {"frame": _open_frame(shape), "to": _open_addressee(shape)})


def _open_frame(shape: Shape) -> LetterFrame:
    links = zip(LINKS, shape.links, strict=True)
    values: dict[str, object] = {n: slot(f"frame.{n}") if there else None for n, there in links}
    return _made(LetterFrame, values | dict(zip(WORDS, shape.frame, strict=True)))


def _open_addressee(shape: Shape) -> OpenAddressee:
    return _made(
        OpenAddressee,
        {
            "unit_code": slot("to.unit_code"),
            "unit_name": shape.own_name or slot("to.unit_name"),
            "unit_kind": shape.kind,
            "person_name": slot("to.person_name") if shape.is_person else None,
            "title": slot("to.title"),
            "salutation": shape.salutation,
            "is_head": False,
            "is_leader": shape.is_leader,
        },
    )


def _made(kind: type[Made], values: Mapping[str, object]) -> Made:
    # Not validated: a slot stands where an instant or a link would.
    return cast("Made", kind.model_construct(None, **values))


@cache
def _fields(kind: type[LetterContext]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    own = {"frame", "to", *kind.OPEN}
    return tuple(name for name in kind.model_fields if name not in own), kind.OPEN


def _printed(value: object) -> object:
    """The value as it is printed: no row names its obligation."""
    if isinstance(value, tuple) and value and isinstance(value[0], TaskRow):
        return tuple([row.named("") for row in value])
    return value


def _size(value: object) -> object:
    """How many values there are, True for one; an absent value stands for itself."""
    if not value:
        return value
    return len(value) if isinstance(value, tuple) else True


def _open_value(name: str, size: object) -> object:
    if size is True:
        return slot(name)
    if isinstance(size, int):
        return tuple(slot(f"{name}.{place}") for place in range(size))
    return size
