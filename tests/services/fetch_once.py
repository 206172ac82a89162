"""One round of reading the mailbox for a process that tests kill."""

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


def fetch_once(database: str, blobs: str, port: int, address: str) -> None:
    """Take in what lies in the mailbox."""
    settings = ImapSettings(
        host="127.0.0.1", port=port, username=address, password=SecretStr(PASSWORD),
        tls=ImapTls.NONE,
    )  # fmt: skip
    now: datetime = NOW
    engine = open_engine(database)
    with open_folder(settings) as folder:
        MailReader(
            engine, folder, intake=INTAKE, blobs=BlobStore(Path(blobs)),
            day=now.date(), now=now,
        ).take_in()  # fmt: skip
    engine.dispose()  # as at a process's end: its last writes may be killed too
