"""Settings of one installation; the only reader and writer of the environment."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

CONFIG_FOLDER = Path(__file__).parent


class Settings(BaseSettings):
    """Every setting has a default that works on a machine with nothing configured."""

    model_config = SettingsConfigDict(env_prefix="DONDOC_", frozen=True, extra="ignore")

    home: Path = Path("var")
    database_url: str | None = None
    clock_file: Path | None = None
    commune: str = "bat-mot"
    host: str = "127.0.0.1"
    prefect_port: int = 4200
    portal_port: int = 4280
    mail_port: int = 4225
    public_url: str | None = None
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: str = "starttls"
    smtp_connections: int = Field(default=4, ge=1, le=50)
    smtp_rate_per_minute: int | None = Field(default=None, ge=1)
    min_free_mb: int = Field(default=200, ge=0)  # no letter leaves while the disk has less
    imap_host: str | None = None
    imap_port: int = Field(default=993, ge=1, le=65_535)
    imap_username: str | None = None
    imap_password: SecretStr | None = None
    imap_tls: str = "tls"
    imap_folder: str = "INBOX"
    # Where the relay leaves a copy of all it takes; what is not set is as for reading mail.
    archive_folder: str | None = None
    archive_host: str | None = None
    archive_port: int | None = Field(default=None, ge=1, le=65_535)
    archive_username: str | None = None
    archive_password: SecretStr | None = None
    archive_tls: str | None = None
    authserv_id: str | None = None  # our mail server's name in Authentication-Results (RFC 8601)
    sender_name: str = "Hệ thống Đôn Đốc"
    sender_address: str = "don-doc@dondoc.example"
    reply_address: str = "van-hoa-xa-hoi@dondoc.example"
    plus_addressing: bool = True  # the mail server takes local+anything@domain for local@domain
    admin_address: str | None = None
    officer_name: str = ""
    officer_phone: str = ""

    @property
    def engine_url(self) -> str:
        """The database address: the one set, else SQLite in the home folder."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'dondoc.sqlite3'}"

    @property
    def alarm_address(self) -> str:
        """Who is told when something is wrong: the administrator, else who reads the replies."""
        return self.admin_address or self.reply_address

    @property
    def is_loopback_mail(self) -> bool:
        """Whether letters go to the catcher on this machine instead of a relay."""
        return self.smtp_host is None

    @property
    def mail_folder(self) -> Path:
        """Where the loopback catcher keeps letters."""
        return self.home / "mail"

    @property
    def blob_folder(self) -> Path:
        """Where files are kept by content hash."""
        return self.home / "blobs"

    @property
    def portal_url(self) -> str:
        """The address of the portal as printed in letters, without a final slash."""
        return (self.public_url or f"http://{self.host}:{self.portal_port}").rstrip("/")

    @property
    def prefect_url(self) -> str:
        """The address of the Prefect UI."""
        return f"http://{self.host}:{self.prefect_port}"


def load_settings() -> Settings:
    """Read the settings as they are now."""
    return Settings()


def apply_environment(values: Mapping[str, str]) -> None:
    """Set variables for this process and the children it will start."""
    os.environ.update(values)


def forget_settings(*, keep: Collection[str]) -> None:
    """Remove this program's variables from the process, but for those named."""
    for name in [n for n in os.environ if n.startswith("DONDOC_") and n not in keep]:
        del os.environ[name]


def inherited_environment() -> dict[str, str]:
    """The environment a child process starts with."""
    return dict(os.environ)
