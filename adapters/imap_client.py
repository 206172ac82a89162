"""Connections to a mailbox server: encrypted, or on this machine; faults told apart."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from ipaddress import ip_address
from typing import Protocol, cast

from imapclient import IMAPClient  # type: ignore[import-untyped] # it ships no types
from imapclient.exceptions import LoginError  # type: ignore[import-untyped] # as above
from pydantic import SecretStr

from models.errors import PermanentError, TransientError
from models.values import Value

TIMEOUT_SECONDS = 60
_OUTAGES = (imaplib.IMAP4.error, OSError)  # IMAPClient's own errors are imaplib's


class ImapTls(StrEnum):
    """How the connection is protected; ``NONE`` only on this machine."""

    IMPLICIT = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class ImapSettings(Value):
    """Where the mailbox is and who reads it."""

    host: str
    port: int = 993
    username: str
    password: SecretStr
    tls: ImapTls = ImapTls.IMPLICIT
    folder: str = "INBOX"

    @property
    def account(self) -> str:
        """What names the account in the ledger."""
        return f"{self.username}@{self.host}"


class ImapConnection(Protocol):
    """The part of IMAPClient that is used; UIDs throughout."""

    def login(self, username: str, password: str) -> bytes:
        """Prove who reads."""
        ...

    def logout(self) -> bytes:
        """Say goodbye."""
        ...

    def shutdown(self) -> None:
        """Close the connection without a word."""
        ...

    def starttls(self, ssl_context: ssl.SSLContext) -> bytes:
        """Encrypt the connection."""
        ...

    def select_folder(self, folder: str, *, readonly: bool = False) -> dict[bytes, object]:
        """Open a folder; gives what the server says of it."""
        ...

    def search(self, criteria: list[object]) -> list[int]:
        """List the UIDs that match, in any order."""
        ...

    def fetch(self, messages: list[int], data: list[str]) -> dict[int, dict[bytes, object]]:
        """Read items of mails by UID; what is gone is left out."""
        ...

    def has_capability(self, capability: str) -> bool:
        """Whether the server knows an extension."""
        ...

    def folder_exists(self, folder: str) -> bool:
        """Whether there is such a folder."""
        ...

    def create_folder(self, folder: str) -> bytes:
        """Make a folder."""
        ...

    def move(self, messages: list[int], folder: str) -> bytes:
        """Move mails (RFC 6851)."""
        ...

    def add_flags(self, messages: list[int], flags: list[bytes]) -> object:
        """Mark mails."""
        ...


@contextmanager
def logged_in(settings: ImapSettings) -> Iterator[ImapConnection]:
    """Connect and log in for the block.

    Raises:
        PermanentError: the settings are unsafe, or the server refuses name or password.
        TransientError: the server is away or its certificate does not prove it.
    """
    client = _connect(settings)
    try:
        with outages():
            _log_in(client, settings)
        yield client
    finally:
        _leave(client)


def _connect(settings: ImapSettings) -> ImapConnection:
    if settings.tls is ImapTls.NONE and not _is_loopback(settings.host):
        raise PermanentError(
            f"E-IMAP-TLS: Không đọc hộp thư trên {settings.host} qua kết nối không mã hóa; "
            "hãy đặt DONDOC_IMAP_TLS là tls hoặc starttls."
        )
    is_implicit = settings.tls is ImapTls.IMPLICIT
    with outages():
        return cast(
            "ImapConnection",
            IMAPClient(
                settings.host, settings.port, use_uid=True, ssl=is_implicit,
                ssl_context=ssl.create_default_context() if is_implicit else None,
                timeout=TIMEOUT_SECONDS,
            ),
        )  # fmt: skip


def _log_in(client: ImapConnection, settings: ImapSettings) -> None:
    if settings.tls is ImapTls.STARTTLS:
        client.starttls(ssl.create_default_context())
    try:
        client.login(settings.username, settings.password.get_secret_value())
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise  # the connection broke: nobody has refused anything
        raise PermanentError(
            f"E-IMAP-AUTH: Máy chủ {settings.host} không nhận tên hoặc mật khẩu hộp thư "
            f"{settings.username}; hãy kiểm tra DONDOC_IMAP_USERNAME và DONDOC_IMAP_PASSWORD."
        ) from error


def _leave(client: ImapConnection) -> None:
    # Everything was settled before; a server that hangs at the farewell is left standing.
    try:
        client.logout()
    except _OUTAGES:
        try:
            client.shutdown()
        except _OUTAGES:
            return


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def outages() -> Iterator[None]:
    """Turn what a server or the network does wrong in the block into a transient error."""
    try:
        yield
    except _OUTAGES as error:
        raise TransientError(
            f"E-IMAP-AWAY: Không đọc được hộp thư ({type(error).__name__}: {error}); "
            "hệ thống sẽ tự đọc lại ở lượt sau."
        ) from error
