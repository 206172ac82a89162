from pathlib import Path

import pytest
import yaml

from adapters.plan_files import read_dossier
from models.coverage import Coverage
from models.final_report import build_final_report, reconcile
from models.indicators import IndicatorType
from models.report_outline import OutlineSentence, ReportOutline
from models.totals import compute_totals
from tests.report_samples import AS_OF, event, report

CONFIG = Path(__file__).parents[2] / "config"


def outline() -> ReportOutline:
    return ReportOutline.model_validate(
        yaml.safe_load((CONFIG / "outlines/khcn-2026.yaml").read_text())
    )


def test_the_outline_tells_every_indicator_of_the_catalogue() -> None:
    catalogue = read_dossier(CONFIG / "plans/bat-mot-2026.yaml").catalogue
    parts = [part for section in outline().sections for part in section.parts]
    told = " ".join(
        clause.text for part in parts for sentence in part.sentences for clause in sentence.clauses
    )
    quoted = {id_ for part in parts for id_ in part.quotes}
    untold = {one.id for one in catalogue.indicators if f"{{{one.id}}}" not in told} - quoted
    assert untold == {"MC01"}  # evidence is counted in the annex only
    assert quoted == {one.id for one in catalogue.indicators if one.type is IndicatorType.TEXT}


def test_keys_of_parts_are_told_apart() -> None:
    keys = [part.key for section in outline().sections for part in section.parts]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("plan", ["bat-mot-2026", "dong-hoa-2026"])
def test_the_plans_of_the_house_get_a_report_whose_figures_agree(plan: str) -> None:
    dossier = read_dossier(CONFIG / f"plans/{plan}.yaml")
    numbers = [one.id for one in dossier.catalogue.indicators if one.type is IndicatorType.INT]
    given = report(
        dossier.plan.coordinator, {**dict.fromkeys(numbers, 12), "HD01": (event("e"),), "HD03": 40}
    )
    totals = compute_totals(dossier.catalogue, [given])
    made = build_final_report(
        dossier,
        totals,
        Coverage(),
        number=None,
        issued_on=None,
        as_of=AS_OF,
        partial=False,
        edits={},
        outline=outline() if plan == "bat-mot-2026" else None,
    )
    assert reconcile(made, totals) == ()
    assert made.figures


def test_a_sentence_is_made_of_clauses() -> None:
    sentences = [
        s for section in outline().sections for part in section.parts for s in part.sentences
    ]
    assert all(isinstance(s, OutlineSentence) and s.clauses for s in sentences)
