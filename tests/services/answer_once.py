"""One round of the mailbox, read and taken in, for a process that tests kill."""

from pathlib import Path

from adapters.blobs import BlobStore
from adapters.database import open_engine
from services.mail_answers import take_answers
from tests.services.fetch_once import fetch_once
from tests.services.inbox_stage import clerk_of


def answer_once(database: str, blobs: str, port: int, address: str) -> None:
    """Take in what lies in the mailbox, and make answers of the replies."""
    fetch_once(database, blobs, port, address)
    engine = open_engine(database)
    take_answers(clerk_of(engine, BlobStore(Path(blobs))))
    engine.dispose()
