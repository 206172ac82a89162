"""A product is named in the plan's own words."""

import pytest

from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.plans import PlanDossier
from models.products import product_name, short_product_name
from tests.obligation_samples import owed


@pytest.fixture(scope="module")
def dossier() -> PlanDossier:
    return read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")


@pytest.mark.parametrize(
    ("requirement", "period", "name", "short"),
    [
        ("PSL", "1", "phiếu số liệu của thôn", "phiếu số liệu"),
        (
            "BCDK", "2", "báo cáo định kỳ lần 2 (số liệu đến ngày 14/6/2026)",
            "báo cáo định kỳ lần 2 (số liệu đến ngày 14/6/2026)",
        ),
        ("BCDK", "9", "báo cáo định kỳ", "báo cáo định kỳ"),
        (
            "RS", "th-mn:1", "phiếu rà soát tính tuân thủ của Trường Mầm non Bát Mọt",
            "phiếu rà soát của Trường Mầm non Bát Mọt",
        ),
        (
            "RS", "th-mn:3", "phiếu rà soát tính tuân thủ của Trường Mầm non Bát Mọt (lần 3)",
            "phiếu rà soát của Trường Mầm non Bát Mọt (lần 3)",
        ),
        (
            "RS", "th-mn", "phiếu rà soát tính tuân thủ của Trường Mầm non Bát Mọt",
            "phiếu rà soát của Trường Mầm non Bát Mọt",
        ),
    ],
)  # fmt: skip
def test_a_product_tells_its_period_or_whose_plan_it_reviews(
    dossier: PlanDossier, *, requirement: str, period: str, name: str, short: str
) -> None:
    obligation = owed(requirement_id=requirement, period=period)
    assert product_name(dossier, obligation) == name
    assert short_product_name(dossier, obligation) == short
