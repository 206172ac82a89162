"""The plain way of the benchmark sends the letters that our path sends."""

from email import message_from_bytes
from email.policy import default

import pytest

from benchmarks.delivery import OF_MIME, headers_of, write_plainly
from models.letters import Composed, LetterKind
from models.plans import PlanDossier
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.stage import at

DUE = at((23, 6), "07:30")  # T+1 of the reports: everybody is reminded

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def test_a_plain_letter_has_the_headers_and_words_of_ours(mailroom: Mailroom) -> None:
    mailroom.plan(DUE)
    mailroom.claim(DUE)
    frozen = mailroom.rows(LetterKind.OVERDUE_FIRST)[0].frozen
    ours = message_from_bytes(frozen, policy=default)
    text, html = (part.get_content() for part in ours.iter_parts())
    words = Composed(subject=str(ours["Subject"]), text=text, html=html)
    written = write_plainly(headers_of(frozen), words).as_bytes(policy=default)
    plain = message_from_bytes(written, policy=default)
    assert headers_of(written) == {n: str(v) for n, v in ours.items() if n not in OF_MIME}
    assert [part.get_content().splitlines() for part in plain.iter_parts()] == [
        text.splitlines(), html.splitlines(),
    ]  # fmt: skip
    assert {"Message-ID", "References", "Reply-To", "Auto-Submitted"} <= headers_of(written).keys()
