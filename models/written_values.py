"""Values of an answer as their sender reads them again."""

from models.submissions import FieldValue
from models.validation_shapes import label_of
from models.vietnamese import format_number


def written_value(value: FieldValue) -> str:
    """Return a value as its sender reads it again."""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, int):
        return format_number(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {format_number(number)}" for key, number in value.items())
    if isinstance(value, tuple):
        rows = (", ".join(f"{label_of(f)}: {cell}" for f, cell in row.items()) for row in value)
        return "\n".join(rows) or "0"
    return value
