"""The archive of what was sent: a folder, by IMAP, with a copy of every letter the relay took."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from adapters.imap_client import ImapConnection, ImapSettings, logged_in, outages


class ImapArchive:
    """One folder that is only searched, never changed."""

    def __init__(self, client: ImapConnection, folder: str) -> None:
        """Open the folder for reading."""
        self._client = client
        client.select_folder(folder, readonly=True)

    def holds(self, message_id: str, *, since: date) -> bool:
        """Whether a letter with that Message-ID lies there that came on that day or later.

        Raises:
            TransientError: the server is away.
        """
        asked: list[object] = ["SINCE", since, "HEADER", "Message-ID", message_id]
        with outages():
            return bool(self._client.search(asked))


@contextmanager
def open_archive(settings: ImapSettings) -> Iterator[ImapArchive]:
    """Log in and open the folder of the settings for the block.

    Raises:
        PermanentError: the settings are unsafe, or the server refuses name or password.
        TransientError: the server is away, or has no such folder.
    """
    with logged_in(settings) as client:
        with outages():
            archive = ImapArchive(client, settings.folder)
        yield archive
