"""The desk: everything a step needs, opened from the settings and closed after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from adapters.blobs import BlobStore
from adapters.calendars import read_calendar
from adapters.caught_mail import CaughtMailbox
from adapters.database import open_engine
from adapters.imap_client import ImapSettings, ImapTls
from adapters.install_key import read_install_key
from adapters.letter_templates import LetterRenderer
from adapters.policies import read_policy
from adapters.smtp import RelaySettings
from config.clock import read_monotonic
from config.settings import CONFIG_FOLDER, Settings
from models.addresses import Mailbox
from models.calendars import WorkingCalendar
from models.clocks import MonotonicReading
from models.errors import UsageError
from models.reminder_policy import ReminderPolicy
from services.composing import Composer
from services.inbox_facts import Intake
from services.letterheads import Letterhead
from services.mail_replies import Clerk


class Desk:
    """Settings, engine, calendar, policy and files, with the instant they are used at."""

    def __init__(self, settings: Settings, engine: Engine, *, now: datetime) -> None:
        """Keep the engine; read the calendar."""
        self.settings = settings
        self.engine = engine
        self.now = now
        self.commune = settings.commune
        self.calendar: WorkingCalendar = read_calendar()
        self.blobs = BlobStore(settings.blob_folder)

    @cached_property
    def policy(self) -> ReminderPolicy:
        """When units are reminded; most pages do not ask."""
        return read_policy("default", CONFIG_FOLDER / "policies")

    @property
    def letterhead(self) -> Letterhead:
        """Who writes, by the settings."""
        s = self.settings
        return Letterhead(
            sender=Mailbox(address=s.sender_address, name=s.sender_name),
            reply_to=s.reply_address,
            officer_name=s.officer_name,
            officer_phone=s.officer_phone,
            portal_url=s.portal_url,
            key=read_install_key(s.home),
            plus_addressing=s.plus_addressing,
        )

    def composer(self) -> Composer:
        """A composer of letters."""
        return Composer(
            letterhead=self.letterhead,
            renderer=LetterRenderer(),
            calendar=self.calendar,
            blobs=self.blobs,
        )

    @property
    def relay(self) -> RelaySettings:
        """Where letters go: the relay of the settings, else the catcher on this machine."""
        s = self.settings
        if s.smtp_host is None:
            return RelaySettings(host="127.0.0.1", port=s.mail_port, tls="none")
        return RelaySettings(
            host=s.smtp_host, port=s.smtp_port, username=s.smtp_username,
            password=s.smtp_password, tls=s.smtp_tls,
        )  # fmt: skip

    @property
    def monotonic(self) -> MonotonicReading:
        """The clock that never jumps, read now."""
        return read_monotonic(self.settings)

    @property
    def mailbox(self) -> ImapSettings | CaughtMailbox | None:
        """Where replies and bounces come to; None where nothing is set.

        Without a relay that is the catcher on this machine.

        Raises:
            UsageError: the server is set without a name or a password.
        """
        s = self.settings
        if s.imap_host is None:
            ours = tuple(dict.fromkeys((s.reply_address, s.sender_address)))
            return CaughtMailbox(path=s.mail_folder, addresses=ours) if s.is_loopback_mail else None
        if s.imap_username is None or s.imap_password is None:
            raise UsageError(
                "Đã đặt DONDOC_IMAP_HOST nhưng thiếu DONDOC_IMAP_USERNAME hoặc "
                "DONDOC_IMAP_PASSWORD; hãy đặt đủ cả ba."
            )
        return ImapSettings(
            host=s.imap_host, port=s.imap_port, username=s.imap_username,
            password=s.imap_password, tls=ImapTls(s.imap_tls), folder=s.imap_folder,
        )  # fmt: skip

    @property
    def archive(self) -> ImapSettings | None:
        """Where the relay leaves a copy of every letter it takes; None where nothing is set.

        Raises:
            UsageError: the folder is set without a server, a name or a password.
        """
        s = self.settings
        if s.archive_folder is None:
            return None
        host, username = s.archive_host or s.imap_host, s.archive_username or s.imap_username
        password = s.archive_password or s.imap_password
        if host is None or username is None or password is None:
            raise UsageError(
                "Đã đặt DONDOC_ARCHIVE_FOLDER nhưng thiếu máy chủ, tên hoặc mật khẩu của hộp thư "
                "lưu; hãy đặt DONDOC_ARCHIVE_HOST, DONDOC_ARCHIVE_USERNAME, "
                "DONDOC_ARCHIVE_PASSWORD, hoặc các thiết lập DONDOC_IMAP_ cùng tên."
            )
        return ImapSettings(
            host=host, port=s.archive_port or s.imap_port, username=username, password=password,
            tls=ImapTls(s.archive_tls or s.imap_tls), folder=s.archive_folder,
        )  # fmt: skip

    @property
    def intake(self) -> Intake:
        """Whose mail is taken in, and whose word on its sender counts."""
        s = self.settings
        return Intake(
            commune=self.commune, addresses=(s.reply_address, s.sender_address),
            authserv_id=s.authserv_id, has_real_clock=s.clock_file is None,
        )  # fmt: skip

    @property
    def clerk(self) -> Clerk:
        """Who takes in the replies by mail."""
        return Clerk(
            engine=self.engine, blobs=self.blobs, calendar=self.calendar,
            letterhead=self.letterhead, intake=self.intake, now=self.now,
        )  # fmt: skip

    @property
    def locks(self) -> Path:
        """Where living senders hold their locks."""
        return self.settings.home / "locks"


@contextmanager
def open_desk(settings: Settings, *, now: datetime) -> Iterator[Desk]:
    """Open a desk for the block; its connections are closed at the end."""
    engine = open_engine(settings.engine_url)
    try:
        yield Desk(settings, engine, now=now)
    finally:
        engine.dispose()
