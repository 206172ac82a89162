"""Letters: render and build against templates printed anew and EmailMessage; batches, us each."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from statistics import median
from time import process_time

from adapters.database import transaction
from adapters.letter_templates import MAIL_TEMPLATES, LetterRenderer
from adapters.mime import build_message
from benchmarks.letter_batch import REMINDERS, open_commune, wait_in_outbox
from benchmarks.rounds import compare
from models.addresses import Mailbox
from models.letters import LetterKind
from tests.letter_catalogue import LETTERS

COUNT = 100
BATCH, ROUNDS = 200, 7
NOW = datetime(2026, 6, 22, 0, 30, tzinfo=UTC)
SENDER, READER = Mailbox(address="a@x.example", name="Đôn Đốc"), Mailbox(address="b@y.example")


def run() -> Iterator[str]:
    """Build 100 reminders each way, then draft batches of every common kind from a ledger."""
    yield _built()
    yield from _drafted()


def _built() -> str:
    kind = LetterKind.REMIND_SOON
    context = LETTERS[kind]
    renderer = LetterRenderer()

    def ours() -> None:
        for number in range(COUNT):
            build_message(
                composed=renderer.render(kind, context), sender=SENDER, recipient=READER,
                reply_to="c@x.example", message_id=f"<{number}@x.example>", date=NOW,
            )  # fmt: skip

    def plain() -> None:
        for number in range(COUNT):
            words = LetterRenderer(MAIL_TEMPLATES).render(kind, context)
            message = EmailMessage()
            message["Subject"], message["From"], message["To"] = (
                words.subject,
                "a@x.example",
                "b@y.example",
            )
            message["Message-ID"] = f"<{number}@x.example>"
            message.set_content(words.text)
            message.add_alternative(words.html, subtype="html")
            message.as_bytes()

    return compare(f"{COUNT} reminders rendered and built", ours, plain, rounds=3)


def _drafted() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        engine, composer = open_commune(Path(folder), BATCH)
        for kind in (*REMINDERS, LetterKind.RECEIPT, LetterKind.ACCEPTED):
            rows = wait_in_outbox(engine, kind)
            spent = []
            with transaction(engine) as connection:
                for _ in range(ROUNDS):
                    start = process_time()
                    drafts = composer.draft(connection, rows, now=NOW)
                    spent.append(1e6 * (process_time() - start) / len(rows))
            if not all(draft.frozen for draft in drafts):
                raise RuntimeError(f"{kind}: {drafts[0].reason}")
            yield (
                f"{BATCH} letters {kind} drafted: {median(spent[1:]):.0f} us each "
                f"(quickest {min(spent):.0f}, first round {spent[0]:.0f})"
            )
        engine.dispose()
