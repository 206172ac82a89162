"""Forms and answers undo each other, whatever stands in them."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.answer_forms import row_fields, wants_note
from models.indicators import Indicator, IndicatorType
from models.submissions import Answer, FieldValue
from portal.answers import read_answer, write_form
from portal.posted import FormInput

ASKED = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml").catalogue.indicators
WORDS = st.text("aăâbđê ủỹ;,.<>&\"'", min_size=1, max_size=20).map(
    lambda text: " ".join(text.split()) or "x"
)
COUNTS = st.integers(0, 10**9)


def value_of(indicator: Indicator) -> st.SearchStrategy[FieldValue]:
    kind = indicator.type
    if kind is IndicatorType.BOOL:
        return st.booleans()
    if kind is IndicatorType.TEXT:
        return WORDS
    if kind is IndicatorType.MAP_INT:
        return st.dictionaries(st.sampled_from(indicator.keys), COUNTS, min_size=1)
    if kind is IndicatorType.ENUM_LIST:
        chosen = st.sets(st.sampled_from(indicator.keys), min_size=1)
        return chosen.map(lambda keys: "; ".join(k for k in indicator.keys if k in keys))
    if kind is IndicatorType.LIST:
        columns = row_fields(indicator)
        cells: dict[str, st.SearchStrategy[str | int | bool]] = {
            f: COUNTS if f == "participants" else WORDS for f in columns
        }
        return st.lists(st.fixed_dictionaries(cells), max_size=10).map(tuple)
    return COUNTS


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    chosen = draw(st.lists(st.sampled_from(ASKED), unique_by=lambda one: one.id, max_size=8))
    noted = [one.id for one in chosen if wants_note(one)]
    return Answer(
        values={one.id: draw(value_of(one)) for one in chosen},
        notes={id_: draw(WORDS) for id_ in noted},
        narrative=draw(st.dictionaries(st.just("t"), WORDS)),
        document_number=draw(st.none() | WORDS),
        document_date=draw(st.none() | st.dates()),
        nil_reason=draw(st.none() | WORDS),
    )


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(answers())
def test_an_answer_written_as_a_form_reads_back_the_same(answer: Answer) -> None:
    reading = read_answer(write_form(answer), asked=ASKED, narratives=["t"], attachments=())
    assert reading.faults == ()
    assert reading.answer == answer


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([
    "v.TT01", "v.CD02", "v.HD01.0.date", "v.HD01.0.participants", "v.TT04.zalo", "ngay_van_ban",
    "khong_phat_sinh", "v.KP01",
]), st.text(max_size=30)))  # fmt: skip
def test_no_typed_text_breaks_the_reading(typed: dict[str, str]) -> None:
    fields = FormInput(fields={name: (text,) for name, text in typed.items()})
    reading = read_answer(fields, asked=ASKED, narratives=[], attachments=())
    assert all(fault.is_error for fault in reading.faults)


def test_texts_of_a_form_are_composed_and_freed_of_what_nobody_sees() -> None:
    typed = {"v.DG01": "Tốt\u200b", "n.AT01": "Ổn", "t.t": "Đã  họp", "so_van_ban": "12/BC-THỊ"}
    fields = {k: (unicodedata.normalize("NFD", text),) for k, text in typed.items()}
    answer = read_answer(
        FormInput(fields=fields), asked=ASKED, narratives=["t"], attachments=()
    ).answer
    assert answer.values == {"DG01": "Tốt"}
    assert answer.notes == {"AT01": "Ổn"}
    assert answer.narrative == {"t": "Đã họp"}
    assert answer.document_number == "12/BC-THỊ"
