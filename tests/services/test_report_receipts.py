"""A recipient that does not confirm is asked again, at most twice; altered files do not go."""

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import transaction
from models.errors import RefusedError
from models.letters import LetterKind
from models.plans import PlanDossier
from services.report_files import read_files
from services.report_receipts import chase_receipts, confirm_receipt
from services.signed_files import enter_signed
from tests.pdf_signing import sign_pdf
from tests.services.mailroom import FEW, Mailroom, attachments_of, body_of, with_units
from tests.services.reporting import ISSUED, Reporting
from tests.services.stage import PLAN, at
from tests.services.test_signed_files import issued

pytestmark = pytest.mark.slow  # each renders documents

NOW = at(ISSUED, "15:00")  # a Friday


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def numbered(reporting: Reporting) -> Reporting:
    reporting.report()
    reporting.assemble()
    reporting.decide()
    reporting.number()
    return reporting


def dispatch(numbered: Reporting) -> int:
    return numbered.dispatch(now=NOW)


def chase(numbered: Reporting, day: tuple[int, int], hour: str) -> int:
    office = numbered.office
    return chase_receipts(office.engine, PLAN, calendar=office.calendar, now=at(day, hour))


def test_two_whole_working_days_two_reminders_and_no_third(
    numbered: Reporting, mailroom: Mailroom
) -> None:
    dispatch(numbered)
    assert chase(numbered, (28, 6), "15:00") == 0  # a Sunday
    assert chase(numbered, (29, 6), "14:00") == 0
    assert chase(numbered, (29, 6), "15:00") == 2
    assert chase(numbered, (30, 6), "07:30") == 0
    confirm_receipt(numbered.office.engine, PLAN, recipient="so-khcn", by="vt", now=at((30, 6)))
    assert chase(numbered, (30, 6), "15:00") == 1
    assert chase(numbered, (6, 7), "15:00") == 0
    reminders = [r for r in mailroom.rows(LetterKind.DISPATCH) if r.context["reminder"]]
    assert [(r.unit_id, r.context["reminder"]) for r in reminders] == [
        ("so-khcn", 1), ("ubnd-tinh", 1), ("ubnd-tinh", 2),
    ]  # fmt: skip


def test_a_reminder_asks_for_a_receipt_and_carries_no_file(
    numbered: Reporting, mailroom: Mailroom
) -> None:
    dispatch(numbered)
    chase(numbered, (29, 6), "15:00")
    mailroom.send(at((29, 6), "15:00"))
    asked = [x for x in mailroom.letters() if "đề nghị xác nhận" in str(x["Subject"])]
    assert len(asked) == 2
    assert attachments_of(asked[0]) == {}
    assert "chưa nhận được xác nhận" in " ".join(body_of(asked[0]).split())


def test_the_signed_pdf_goes_in_the_place_of_the_unsigned(
    numbered: Reporting, mailroom: Mailroom
) -> None:
    signed = sign_pdf(issued(numbered), "Lê Văn Công")
    enter_signed(numbered.office.engine, PLAN, signed, by="vt", blobs=numbered.blobs, now=NOW)
    dispatch(numbered)
    names = [[p["name"] for p in row.parts] for row in mailroom.rows(LetterKind.DISPATCH)]
    base = "20260626_BC_112_UBND-BATMOT_KHCN-2026_v01"
    assert names == [[f"{base}.docx", f"{base}_signed.pdf"]] * 2


def test_an_altered_file_stops_the_dispatch_and_raises_one_alarm(numbered: Reporting) -> None:
    report_id = numbered.newest().id
    with transaction(numbered.office.engine) as connection:
        (first, *_) = read_files(connection, report_id, role="issued")
    path = numbered.blobs._path(first.sha256)
    held = path.read_bytes()
    path.write_bytes(held + b"x")
    for _ in range(2):
        with pytest.raises(RefusedError, match=r"đã bị thay đổi.*bản sao lưu"):
            dispatch(numbered)
    assert numbered.office.count(tables.dispatches) == 0
    with transaction(numbered.office.engine) as connection:
        (alarm,) = connection.execute(select(tables.alarms)).all()
    assert (alarm.kind, first.name in alarm.text) == ("report", True)
    path.write_bytes(held)
    assert dispatch(numbered) == 2
