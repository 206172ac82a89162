"""One round of reading the mailbox in a process of its own, for tests that kill it."""

import sys
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from adapters.blobs import BlobStore
from adapters.database import open_engine
from adapters.imap import open_folder
from adapters.imap_client import ImapSettings, ImapTls
from services.inbox import MailReader
from tests.mail_servers import PASSWORD
from tests.services.inbox_stage import INTAKE, NOW


def fetch_once(database: str, blobs: str, port: str, address: str) -> None:
    """Take in what lies in the mailbox."""
    settings = ImapSettings(
        host="127.0.0.1", port=int(port), username=address, password=SecretStr(PASSWORD),
        tls=ImapTls.NONE,
    )  # fmt: skip
    now: datetime = NOW
    with open_folder(settings) as folder:
        MailReader(
            open_engine(database), folder, intake=INTAKE, blobs=BlobStore(Path(blobs)),
            day=now.date(), now=now,
        ).take_in()  # fmt: skip


if __name__ == "__main__":
    fetch_once(*sys.argv[1:])
