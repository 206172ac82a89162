"""Real things for the services: the plan of Bát Mọt, a database, files, a mail server."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.blobs import BlobStore
from adapters.calendars import read_calendar
from adapters.database import open_engine
from adapters.document_reading import read_document
from adapters.ledger import PlanRecord
from adapters.letter_templates import LetterRenderer
from adapters.mail_catcher import MailCatcher
from adapters.pdf_signatures import read_pdf_facts
from adapters.plan_files import read_dossier
from adapters.policies import read_policy
from config.settings import CONFIG_FOLDER
from models.addresses import Mailbox
from models.calendars import WorkingCalendar
from models.document_rules import FormVerdict, RuleSet
from models.nd30_document import ReadDocument
from models.nd30_lint import lint
from models.plans import PlanDossier
from models.reminder_policy import ReminderPolicy
from services import dispatch_packages, document_linting, phases, plans, signed_files
from services.composing import Composer
from services.letterheads import Letterhead
from services.mail_replies import Clerk
from tests.beginnings import MIGRATED, Beginning
from tests.services.mail_stage import INTAKE, NOW, Correspondence
from tests.services.mailroom import Mailroom
from tests.services.reporting import Reporting
from tests.services.stage import ISSUED_ON, NUMBER, PLAN, Office, at


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Read and judge the same octets once: most reports of the tests are the same, and a PDF takes long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document_linting, "read_document", lru_cache(maxsize=64)(read_document))
        patch.setattr(document_linting, "lint", _linted_once())
        facts = lru_cache(maxsize=64)(read_pdf_facts)
        for module in (dispatch_packages, signed_files):
            patch.setattr(module, "read_pdf_facts", facts)
        yield


def _linted_once() -> Callable[..., FormVerdict]:
    known: dict[tuple[ReadDocument, int, str | None], tuple[RuleSet, FormVerdict]] = {}

    def linted(read: ReadDocument, rules: RuleSet, *, kind: str | None = None) -> FormVerdict:
        key = (read, id(rules), kind)
        if key not in known:
            known[key] = (rules, lint(read, rules, kind=kind))  # kept: no other gets its id
        return known[key][1]

    return linted


@pytest.fixture(scope="session")
def dossier() -> PlanDossier:
    """The plan of Bát Mọt as its files say it."""
    return read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")


@pytest.fixture(scope="session")
def calendar() -> WorkingCalendar:
    """The public sector's working calendar."""
    return read_calendar()


@pytest.fixture(scope="session")
def policy() -> ReminderPolicy:
    """The default reminder policy."""
    return read_policy("default", CONFIG_FOLDER / "policies")


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    """A store of files of its own."""
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
def letterhead() -> Letterhead:
    """Who writes the letters."""
    return Letterhead(
        sender=Mailbox(address="don-doc@batmot.example", name="UBND xã Bát Mọt"),
        reply_to="vhxh@batmot.example",
        officer_name="Phòng Văn hóa - Xã hội",
        officer_phone="0237 000 000",
        portal_url="http://127.0.0.1:4280",
        key=b"k" * 32,
    )


@pytest.fixture
def composer(letterhead: Letterhead, calendar: WorkingCalendar, blobs: BlobStore) -> Composer:
    """Who composes the letters."""
    return Composer(
        letterhead=letterhead, renderer=LetterRenderer(), calendar=calendar, blobs=blobs
    )


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[MailCatcher]:
    """A listening mail server that keeps every letter under ``tmp_path / "mail"``."""
    with MailCatcher(tmp_path / "mail", clock=lambda: at(ISSUED_ON)) as listening:
        yield listening


@pytest.fixture
def imported_plan(engine: Engine, dossier: PlanDossier) -> PlanRecord:
    """The plan as a draft in the ledger."""
    return plans.import_plan(engine, dossier, actor="quản trị", now=at((9, 5)))


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning:
    """Tables without rows; for who asks for it, the plan in force."""
    if "active_plan" not in request.fixturenames:
        return MIGRATED
    dossier: PlanDossier = request.getfixturevalue("dossier")
    calendar: WorkingCalendar = request.getfixturevalue("calendar")
    return Beginning(
        dossier.model_dump_json(), partial(_put_in_force, dossier, calendar), after=MIGRATED
    )


def _put_in_force(dossier: PlanDossier, calendar: WorkingCalendar, url: str) -> None:
    engine = open_engine(url)
    plans.import_plan(engine, dossier, actor="quản trị", now=at((9, 5)))
    plans.activate_plan(
        engine, PLAN, number=NUMBER, issued_on=ISSUED_ON, actor="quản trị", now=at(ISSUED_ON),
        day=ISSUED_ON,
    )  # fmt: skip
    phases.open_phase(engine, PLAN, "P1", calendar=calendar, now=at(ISSUED_ON))
    engine.dispose()


@pytest.fixture
def active_plan(engine: Engine) -> PlanRecord:
    """The plan in force under number 15 since 11/5/2026 08:00, phase P1 opened then."""
    return plans.find_plan(engine, PLAN)


@pytest.fixture
def office(engine: Engine, active_plan: PlanRecord, calendar: WorkingCalendar) -> Office:
    """People at work on the plan in force."""
    assert active_plan.id == PLAN
    return Office(engine, calendar)


@pytest.fixture
def mailroom(  # noqa: PLR0917 - pytest passes fixtures by name
    engine: Engine,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    composer: Composer,
    catcher: MailCatcher,
    tmp_path: Path,
) -> Mailroom:
    """Whoever plans and sends letters, with a mail server of its own."""
    return Mailroom(engine, policy, calendar, composer, catcher, tmp_path / "mail")


@pytest.fixture
def reporting(office: Office, blobs: BlobStore) -> Reporting:
    """Whoever reports, assembles and decides."""
    return Reporting(office, blobs)


@pytest.fixture
def mails(
    office: Office, blobs: BlobStore, letterhead: Letterhead, calendar: WorkingCalendar
) -> Correspondence:
    """Whoever takes in the replies to the letters of the plan in force."""
    return Correspondence(
        Clerk(
            engine=office.engine, blobs=blobs, calendar=calendar, letterhead=letterhead,
            intake=INTAKE, now=NOW,
        )
    )  # fmt: skip
