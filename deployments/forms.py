"""Forms: the parameters of a flow under the words that the Prefect pages show."""

from typing import Any, get_args, get_type_hints

from prefect import Flow
from pydantic.fields import FieldInfo


def label_parameters(flow: Flow[..., object]) -> None:
    """Give the flow's form the titles and descriptions of its annotations.

    Prefect titles a parameter by its name in code and reads no ``Annotated`` field.
    """
    hints = get_type_hints(flow.fn, include_extras=True)
    for name, shown in flow.parameters.properties.items():
        for field in get_args(hints.get(name)):
            if isinstance(field, FieldInfo):
                shown.update(_words(field))
    for definition in flow.parameters.definitions.values():
        definition.pop("description", None)  # an English docstring


def _words(field: FieldInfo) -> dict[str, Any]:  # Prefect's schema is a dict of JSON
    words = {"title": field.title, "description": field.description}
    return {key: text for key, text in words.items() if text}
