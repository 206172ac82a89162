"""The fields of a form as they are written; a blank one is written once, whoever opens it."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from fastapi.templating import Jinja2Templates
from markupsafe import Markup

from models.answer_forms import row_fields, wants_note
from models.indicators import Indicator, IndicatorType
from portal.answers import MAX_ROWS, value_name
from portal.form_pages import FormState, hint_of, row_label, rows_shown
from portal.posted import MORE, FormInput

FIELDS = "portal/form_fields.html.j2"
MOST_BLANKS = 1_000  # of about a kilobyte
BLANK = FormState(given=FormInput(), nonce="", started_from=0)
WORDS = {
    "hint_of": hint_of,
    "row_fields": row_fields,
    "most_rows": MAX_ROWS,
    "rows_shown": rows_shown,
    "row_label": row_label,
    "wants_note": wants_note,
    "value_name": value_name,
    "types": IndicatorType,
}


def teach_fields(templates: Jinja2Templates) -> Jinja2Templates:
    """Give the templates the fields of forms; returns them."""
    templates.env.globals.update(WORDS)
    write: Callable[..., Markup] = vars(templates.env.get_template(FIELDS).module)["indicator"]

    @lru_cache(maxsize=MOST_BLANKS)
    def blank(indicator: Indicator, labels: tuple[tuple[str, str], ...]) -> Markup:
        return write(indicator, {}, BLANK, BLANK.given, dict(labels))

    def field_of(
        indicator: Indicator,
        state: FormState,
        remarks: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> Markup:
        if indicator.id in remarks or not is_blank(indicator, state):
            return write(indicator, remarks, state, state.given, labels)
        return blank(indicator, tuple((k, labels[k]) for k in indicator.keys if k in labels))

    templates.env.globals["field_of"] = field_of
    return templates


def is_blank(indicator: Indicator, state: FormState) -> bool:
    """Whether nothing was typed, asked for or found wrong in the field of the indicator."""
    given = state.given
    return not (
        state.faults_of(indicator.id)
        or given.one(MORE) == indicator.id
        or any(f".{indicator.id}" in name for name in given.fields)
    )
