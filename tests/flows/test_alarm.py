"""The flow of alarms: quiet while all is well, one letter when it is not."""

import pytest

from adapters.mail_store import list_letters
from flows.alarm import alarm
from flows.chase import chase
from flows.mailroom import mailroom
from flows.preparation import preparation
from tests.flows.conftest import Commune

pytestmark = [pytest.mark.slow, pytest.mark.anyio]


def warnings(commune: Commune) -> list[str]:
    letters = list_letters(commune.settings.mail_folder)
    return [x.subject for x in letters if "CẢNH BÁO" in x.subject]


async def test_while_all_is_well_nobody_is_written_to(commune: Commune) -> None:
    await preparation()
    commune.go_to("12/5/2026", "07:30")
    await chase()
    commune.go_to("12/5/2026", "09:10")
    await mailroom()
    await alarm()
    commune.go_to("16/5/2026", "10:00")  # a Saturday
    await alarm()
    assert warnings(commune) == []


async def test_a_missing_round_is_told_once_and_a_failed_run_with_it(commune: Commune) -> None:
    commune.go_to("12/5/2026", "09:10")
    await mailroom()
    assert warnings(commune) == [
        "[BATMOT][DONDOC] CẢNH BÁO: 1 việc cần xử lý - Chưa có lượt đôn đốc buổi sáng"
    ]
    await alarm("chase", "Đôn đốc · 12/5/2026", "run-1", "Crashed")
    assert len(warnings(commune)) == 2
    await alarm("chase", "Đôn đốc · 12/5/2026", "run-2", "Crashed")
    await mailroom()
    assert len(warnings(commune)) == 2
