"""The forms of the Prefect pages speak the administrator's language."""

from deployments.catalogue import SPECS, load_flow
from deployments.forms import label_parameters


def test_every_parameter_of_every_form_has_a_vietnamese_title() -> None:
    for spec in SPECS:
        flow = load_flow(spec)
        label_parameters(flow)
        for name, shown in flow.parameters.properties.items():
            assert shown["title"] != name
            assert shown["title"][0].isupper()
        assert all("description" not in kind for kind in flow.parameters.definitions.values())


def test_labelling_twice_changes_nothing() -> None:
    flow = load_flow(SPECS[0])
    label_parameters(flow)
    once = flow.parameters.model_dump_json()
    label_parameters(flow)
    assert flow.parameters.model_dump_json() == once
