"""Where the final report stands, in words."""

import pytest

from models.plans import PlanDossier
from services.decisions import Verdict
from services.report_texts import decision_text, report_text
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import Reporting


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def test_a_plan_without_a_draft_says_so() -> None:
    assert report_text(None) == "Chưa có dự thảo báo cáo."


def test_the_words_follow_the_report_to_its_number(reporting: Reporting) -> None:
    reporting.report()
    told = report_text(reporting.assemble())
    assert "lần 1" in told
    assert "**1/8** đơn vị" in told
    assert "Chưa có số liệu: Phòng Văn hóa - Xã hội; " in told
    assert told.endswith("- Đang chờ lãnh đạo quyết định")
    reporting.decide()
    assert "chờ văn thư cấp số" in report_text(reporting.newest())
    reporting.number(7)
    assert decision_text(reporting.newest()) == (
        "Đã phê duyệt lúc 07 giờ 30 thứ Năm, ngày 25/6/2026 và cấp số 07 ngày 26/6/2026"
    )


@pytest.mark.slow
def test_a_return_is_told_with_its_comment(reporting: Reporting) -> None:
    reporting.report()
    reporting.excuse_the_rest()
    reporting.assemble()
    reporting.decide(Verdict.RETURNED, comment="Bổ sung")
    told = report_text(reporting.newest())
    assert "Chưa có số liệu" not in told
    assert "trả lại lúc 07 giờ 30" in told
    assert "“Bổ sung”" in told
