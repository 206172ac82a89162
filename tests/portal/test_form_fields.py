"""The fields of a form: a blank one is written once, and never in place of one that is not blank."""

from collections.abc import Callable

import pytest
from markupsafe import Markup

from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.answer_forms import row_fields
from models.indicators import Indicator, IndicatorType
from portal.answers import NO_ROWS, value_name
from portal.form_fields import BLANK, FIELDS, teach_fields
from portal.form_pages import FormState
from portal.pages import make_templates
from portal.posted import MORE, FormInput
from portal.wording import teach

DOSSIER = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")
INDICATORS = {one.id: one for one in DOSSIER.catalogue.indicators}
LIST = next(one for one in INDICATORS.values() if one.type is IndicatorType.LIST)
NUMBER = next(one for one in INDICATORS.values() if one.type is IndicatorType.INT)
TEMPLATES = teach_fields(teach(make_templates()))
FIELD_OF: Callable[..., Markup] = TEMPLATES.env.globals["field_of"]  # type: ignore[assignment] # ours
WRITE: Callable[..., Markup] = vars(TEMPLATES.env.get_template(FIELDS).module)["indicator"]


def typed(**fields: str) -> FormState:
    given = FormInput(fields={name: (text,) for name, text in fields.items()})
    return BLANK.model_copy(update={"given": given})


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_a_blank_field_is_the_same_the_second_time(indicator: Indicator) -> None:
    labels = {key: f"<{key}>" for key in indicator.keys}
    written = WRITE(indicator, {}, BLANK, BLANK.given, labels)
    other = dict.fromkeys(indicator.keys, "khác")
    assert FIELD_OF(indicator, BLANK, {}, labels) == FIELD_OF(indicator, BLANK, {}, labels)
    assert FIELD_OF(indicator, BLANK, {}, labels) == written
    assert FIELD_OF(indicator, BLANK, {}, other) == WRITE(indicator, {}, BLANK, BLANK.given, other)


@pytest.mark.parametrize(
    ("indicator", "state"),
    [
        (NUMBER, typed(**{value_name(NUMBER.id): "<1>"})),
        (NUMBER, BLANK.model_copy(update={"faults": {NUMBER.id: ("<sai>",)}})),
        (LIST, typed(**{value_name(LIST.id, 2, row_fields(LIST)[0]): "<hàng>"})),
        (LIST, typed(**{value_name(LIST.id, NO_ROWS): "co"})),
        (LIST, typed(**{f"so_dong.{LIST.id}": "4"})),
        (LIST, typed(**{MORE: LIST.id})),
    ],
)
def test_what_was_typed_or_found_wrong_is_shown(indicator: Indicator, state: FormState) -> None:
    blank = FIELD_OF(indicator, BLANK, {}, {})
    found = FIELD_OF(indicator, state, {}, {})
    assert found == WRITE(indicator, {}, state, state.given, {})
    assert found != blank == FIELD_OF(indicator, BLANK, {}, {})
    assert not any(word in found for word in ("<1>", "<sai>", "<hàng>"))


def test_the_reviewers_words_are_shown_beside_a_blank_field() -> None:
    found = FIELD_OF(NUMBER, BLANK, {NUMBER.id: "Đề nghị <nêu> rõ."}, {})
    assert "Đề nghị &lt;nêu&gt; rõ." in found
    assert "Đề nghị" not in FIELD_OF(NUMBER, BLANK, {}, {})
