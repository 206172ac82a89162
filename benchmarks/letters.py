"""Letters: render and build, against a new Environment and EmailMessage for each letter."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

from adapters.letter_templates import MAIL_TEMPLATES, LetterRenderer
from adapters.mime import build_message
from benchmarks.rounds import compare
from models.addresses import Mailbox
from models.letters import LetterKind
from tests.letter_catalogue import LETTERS

COUNT = 100
NOW = datetime(2026, 6, 22, 0, 30, tzinfo=UTC)
SENDER, READER = Mailbox(address="a@x.example", name="Đôn Đốc"), Mailbox(address="b@y.example")


def run() -> Iterator[str]:
    """Build 100 reminders each way."""
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

    yield compare(f"{COUNT} reminders", ours, plain, rounds=3)
