"""A shape holds what many letters share, and nothing that is one reader's."""

from datetime import timedelta

from models.letter_contexts import ReceiptContext
from models.letter_frames import LetterContext
from models.letter_slots import Shape, formatted_slot, is_slot, open_context, shape_of, slot
from models.letters import LetterKind
from models.units import Salutation, UnitKind
from models.vietnamese import clean_text
from tests.letter_catalogue import LETTERS
from tests.letter_reading import EVERY_LETTER
from tests.letter_samples import COORDINATOR, FRAME, OFFICE, SCHOOL, VILLAGE, reminder_of, task

KIND = LetterKind.REMIND_SOON


def test_a_slot_is_told_from_words() -> None:
    mark = slot("to.greeting")
    assert is_slot(mark)
    assert is_slot(formatted_slot(mark, "day"))
    assert not is_slot(f"{mark} và {mark}")
    assert not is_slot("Thôn Vịn")
    assert not is_slot(5)


def test_no_line_of_a_letter_can_look_like_a_slot() -> None:
    assert clean_text(slot("to.greeting")) == "to.greeting|"


@EVERY_LETTER
def test_a_shape_knows_no_reader(kind: LetterKind, context: LetterContext) -> None:
    printed = repr(open_context(shape_of(context)))
    assert kind in LETTERS
    to, frame = context.to, context.frame
    own = {to.person_name, to.greeting, frame.page_url}
    if to.unit_name != frame.coordinator_name:
        own |= {to.unit_name}
    said_elsewhere = repr(context.model_dump(exclude={"to": True, "frame": {"page_url"}}))
    assert not [
        words for words in own if words and words in printed and words not in said_elsewhere
    ]


def test_readers_of_one_register_share_a_shape() -> None:
    colleague = SCHOOL.model_copy(
        update={"person_name": "Vi Văn Tám", "unit_name": "Trường Mầm non", "unit_code": "MN"}
    )
    frame = FRAME.model_copy(update={"page_url": "https://x.vn/d/khac"})
    one, other = reminder_of(KIND), reminder_of(KIND, to=colleague, frame=frame)
    assert shape_of(one) == shape_of(other)
    assert hash(shape_of(one)) == hash(shape_of(other))


def test_rows_of_different_obligations_share_a_shape() -> None:
    one = reminder_of(KIND, items=(task(3),))
    other = reminder_of(KIND, items=(task(3, obligation_id="kh/BC/mn/1"),))
    assert shape_of(one) == shape_of(other)
    assert one != other


def test_what_changes_the_words_changes_the_shape() -> None:
    first = reminder_of(KIND)
    others: list[LetterContext] = [
        reminder_of(KIND, to=VILLAGE),
        reminder_of(KIND, to=OFFICE),
        reminder_of(KIND, to=COORDINATOR),
        reminder_of(KIND, to=SCHOOL.model_copy(update={"salutation": Salutation.MR_MRS})),
        reminder_of(KIND, to=SCHOOL.model_copy(update={"unit_kind": UnitKind.CENTRE})),
        reminder_of(KIND, to=SCHOOL.model_copy(update={"is_leader": True})),
        reminder_of(KIND, to=SCHOOL.model_copy(update={"person_name": None})),
        reminder_of(KIND, frame=FRAME.model_copy(update={"page_url": None})),
        reminder_of(KIND, frame=FRAME.model_copy(update={"officer_phone": "1"})),
        reminder_of(KIND, items=(task(2),)),
        reminder_of(KIND, respond_by=first.at),
        LETTERS[LetterKind.RECEIPT],
    ]
    shapes: list[Shape] = [shape_of(context) for context in (first, *others)]
    assert len(set(shapes)) == len(shapes)


def test_receipts_differ_in_shape_by_what_is_there_and_not_by_what_it_is() -> None:
    first = LETTERS[LetterKind.RECEIPT]
    assert isinstance(first, ReceiptContext)
    later = {"received_at": first.received_at + timedelta(hours=1), "receipt_code": "BM-0"}
    renamed = {"files": tuple(f"{name}.bak" for name in first.files)}
    assert shape_of(first.model_copy(update=later | renamed)) == shape_of(first)
    for less in ({"files": first.files[:1]}, {"files": ()}, {"check_by": None}):
        assert shape_of(first.model_copy(update=less)) != shape_of(first)
