"""One round of the mailbox, read and taken in, in a process of its own that tests kill."""

import sys
from pathlib import Path

from adapters.blobs import BlobStore
from adapters.database import open_engine
from services.mail_answers import take_answers
from tests.services.fetch_once import fetch_once
from tests.services.inbox_stage import clerk_of


def answer_once(database: str, blobs: str, port: str, address: str) -> None:
    """Take in what lies in the mailbox, and make answers of the replies."""
    fetch_once(database, blobs, port, address)
    take_answers(clerk_of(open_engine(database), BlobStore(Path(blobs))))


if __name__ == "__main__":
    answer_once(*sys.argv[1:])
