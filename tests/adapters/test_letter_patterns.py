"""Filling a pattern gives the words that printing the letter itself would give."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.letter_patterns import FORM_FILTERS, compose, read_pattern
from adapters.letter_templates import LetterRenderer
from models.addressees import Addressee
from models.letter_contexts import ReceiptContext
from models.letter_frames import LetterContext, LetterFrame
from models.letter_rows import LinkedFile
from models.letter_slots import slot
from models.letters import Composed, LetterKind, Printed
from models.units import Salutation, UnitKind
from models.vietnamese import clean_text
from tests.letter_catalogue import LETTERS
from tests.letter_reading import EVERY_LETTER, RENDERER, visible
from tests.letter_samples import COORDINATOR, FRAME, REMINDERS, SCHOOL, at, reminder_of

# No word begins with a mark that would melt into the letter before it (Unicode composition).
NAMES = st.text(st.characters(exclude_categories=["Cs", "Mn", "Mc", "Me"]), max_size=30).filter(
    clean_text
)
ADDRESSEES = st.builds(
    Addressee,
    unit_code=NAMES, unit_name=NAMES | st.just(COORDINATOR.unit_name),
    unit_kind=st.sampled_from(UnitKind), person_name=st.none() | NAMES, title=st.just("") | NAMES,
    salutation=st.sampled_from(Salutation), is_head=st.booleans(), is_leader=st.booleans(),
)  # fmt: skip
PAGES = st.none() | st.from_regex(r"https://x\.vn/d/[a-z&'#;0-9]{1,20}", fullmatch=True)


def printed(kind: LetterKind, context: LetterContext) -> Composed:
    """The letter printed from its own context, without a slot."""
    pattern = RENDERER.print_pattern(kind, context)
    assert not pattern.words
    return compose(pattern.fill(context))


@EVERY_LETTER
def test_a_filled_pattern_is_the_printed_letter(kind: LetterKind, context: LetterContext) -> None:
    assert RENDERER.render(kind, context) == printed(kind, context)


@pytest.mark.parametrize("kind", [*REMINDERS, LetterKind.ASSIGNMENT, LetterKind.RETURNED])
@settings(max_examples=25)
@given(to=ADDRESSEES, page=PAGES)
def test_any_reader_is_written_to_as_if_alone(
    kind: LetterKind, to: Addressee, page: str | None
) -> None:
    frame: LetterFrame = FRAME.model_copy(update={"page_url": page, "extension_url": page})
    context = LETTERS[kind].model_copy(update={"to": to, "frame": frame})
    assert RENDERER.render(kind, context) == printed(kind, context)


@settings(max_examples=50)
@given(
    code=NAMES | st.just(""), files=st.lists(NAMES, max_size=3), minutes=st.integers(0, 99_999),
    is_checked=st.booleans(),
)  # fmt: skip
def test_any_receipt_is_written_as_if_alone(
    *, code: str, files: list[str], minutes: int, is_checked: bool
) -> None:
    received_at = at(1) + timedelta(minutes=minutes)
    context = ReceiptContext.model_validate(
        LETTERS[LetterKind.RECEIPT].model_dump()
        | {"receipt_code": code, "files": files, "received_at": received_at}
        | {"check_by": received_at if is_checked else None}
    )
    assert RENDERER.render(LetterKind.RECEIPT, context) == printed(LetterKind.RECEIPT, context)


def test_letters_of_one_shape_are_printed_once() -> None:
    renderer = LetterRenderer()
    prints = []
    print_pattern = renderer.print_pattern

    def counted(kind: LetterKind, context: LetterContext) -> object:
        prints.append(kind)
        return print_pattern(kind, context)

    renderer.print_pattern = counted  # type: ignore[method-assign, assignment]  # counts for real
    for number in range(9):
        to = SCHOOL.model_copy(update={"person_name": f"Lò Văn {number}"})
        text = renderer.render(LetterKind.REMIND_SOON, reminder_of(LetterKind.REMIND_SOON, to=to))
        assert f"Lò Văn {number} -" in text.text
    assert prints == [LetterKind.REMIND_SOON]


def test_a_reader_named_like_a_template_or_a_slot_is_printed_literally() -> None:
    name = "{0} {{7*7}} {% raw %} %s to.greeting|"
    to = SCHOOL.model_copy(update={"person_name": name})
    letter = RENDERER.render(LetterKind.REMIND_SOON, reminder_of(LetterKind.REMIND_SOON, to=to))
    assert name in letter.text
    assert name in visible(letter.html)


def test_a_readers_link_cannot_leave_its_quotes() -> None:
    page = "https://x.vn/d/'&<b"
    frame = FRAME.model_copy(update={"page_url": page})
    letter = RENDERER.render(
        LetterKind.REMIND_SOON, reminder_of(LetterKind.REMIND_SOON, frame=frame)
    )
    assert 'href="https://x.vn/d/&#39;&amp;&lt;b"' in letter.html
    assert page in letter.text


def test_files_too_large_to_attach_are_linked_in_both_forms() -> None:
    file = LinkedFile(name="Phụ lục <1>.pdf", megabytes="12,4", url="https://x.vn/tep/abc")
    context = LETTERS[LetterKind.DISPATCH].model_copy(update={"linked_files": (file,)})
    letter = RENDERER.render(LetterKind.DISPATCH, context)
    assert "vượt quá 10 MB nên không đính kèm được" in letter.text
    assert "- Phụ lục <1>.pdf <https://x.vn/tep/abc> (12,4 MB)" in letter.text
    assert '<a href="https://x.vn/tep/abc"' in letter.html
    assert "Phụ lục &lt;1&gt;.pdf" in letter.html


def test_a_form_is_put_off_for_a_slot_and_given_to_a_value() -> None:
    day = FORM_FILTERS["day"]
    assert day(at(22)) == "22/6/2026"
    pattern = read_pattern(subject=f"ngày {day(slot('at'))}", text="", html="{}")
    context = reminder_of(LetterKind.REMIND_SOON)
    assert pattern.fill(context) == Printed(subject="ngày 17/6/2026", text=b"", html=b"{}")
