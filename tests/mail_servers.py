"""A Postfix and a Dovecot of their own for the tests: on the loopback, gone afterwards."""

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from imaplib import IMAP4
from pathlib import Path

from tests.postgresql_cluster import find_free_port

PASSWORD = "mật-khẩu-thử".encode().hex()
MAIL_USER = "nobody"
POSTFIX_SERVERS = Path("/usr/lib/postfix/sbin")
BOUND = ("setpriv", "--pdeathsig", "TERM")  # the servers end with the tests, even if killed
START_SECONDS = 20
AUTHSERV = "mx.dondoc.example"
VERDICT = f"{AUTHSERV}; dmarc=pass header.from="

_DOVECOT = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/server.crt
ssl_key = <{folder}/server.key
ssl_dh =
disable_plaintext_auth = no
default_internal_user = dovecot
default_internal_group = dovecot
default_login_user = dovenull
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%Lu
mail_fsync = never
recipient_delimiter = +
lmtp_hdr_delivery_address = original
auth_username_format = %Lu
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
"""

_MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {servers}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log/maillog
maillog_file_prefixes = {folder}/log
myhostname = mx.dondoc.example
mydestination =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
recipient_delimiter = +
smtpd_tls_security_level = none
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
smtpd_sender_restrictions = check_sender_access {sender_access}
virtual_alias_maps = {aliases}
always_bcc = {archive}
virtual_mailbox_domains = {domain}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
lmtp_destination_recipient_limit = 1
default_transport = error:5.1.2 no way out of the tests
bounce_queue_lifetime = 1h
"""

_MASTER_CF = """\
127.0.0.1:{smtp_port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp flags=DOR
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Dovecot:
    """Mailboxes read by IMAP and filled by LMTP."""

    folder: Path
    imap_port: int
    imaps_port: int
    lmtp_port: int

    def mailbox(self, address: str) -> IMAP4:
        """A logged-in connection to the mailbox of an address; close it with ``logout``."""
        connection = IMAP4("127.0.0.1", self.imap_port, timeout=START_SECONDS)
        connection.login(address, PASSWORD)
        return connection

    def letters(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """The messages in a folder of the mailbox, oldest first."""
        connection = self.mailbox(address)
        try:
            if connection.select(folder, readonly=True)[0] != "OK":
                return []
            numbers = connection.search(None, "ALL")[1][0].split()
            found = [connection.fetch(n.decode(), "(BODY.PEEK[])")[1][0] for n in numbers]
        finally:
            connection.logout()
        return [item[1] for item in found if isinstance(item, tuple)]

    def empty(self, address: str) -> None:
        """Delete what lies in the mailbox, as its owner may."""
        connection = self.mailbox(address)
        try:
            connection.select("INBOX")
            connection.store("1:*", "+FLAGS", r"(\Deleted)")
            connection.expunge()
        finally:
            connection.logout()

    def put(self, address: str, raw: bytes, folder: str = "INBOX") -> None:
        """Lay a message into the mailbox, as a server does that had it delivered."""
        connection = self.mailbox(address)
        try:
            assert connection.append(folder, "", "", raw)[0] == "OK"
        finally:
            connection.logout()


@dataclass(frozen=True)
class Postfix:
    """A relay that delivers to Dovecot and bounces what Dovecot refuses."""

    folder: Path
    port: int

    @property
    def log(self) -> str:
        """What it wrote so far."""
        file = self.folder / "log" / "maillog"
        return file.read_text() if file.exists() else ""

    def submit(self, raw: bytes, *, sender: str, recipient: str) -> None:
        """Hand in a message as somebody else's mail program does."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=START_SECONDS) as connection:
            connection.sendmail(sender, [recipient], raw)


def missing_programs() -> str | None:
    """Why the servers cannot run here; None when they can."""
    if os.geteuid() != 0:
        return "Postfix starts as root only"
    programs = {"postfix": POSTFIX_SERVERS / "master", "dovecot": Path("/usr/sbin/dovecot")}
    absent = [name for name, path in programs.items() if not path.exists()]
    return f"not installed: {', '.join(absent)}" if absent else None


@contextmanager
def running_dovecot(addresses: Sequence[str]) -> Iterator[Dovecot]:
    """Run a Dovecot with these mailboxes during the block."""
    folder = Path(tempfile.mkdtemp(prefix="dondoc-dovecot-"))
    found = Dovecot(folder, find_free_port(), find_free_port(), find_free_port())
    try:
        folder.chmod(0o755)
        for name in ("run", "state", "mail"):
            (folder / name).mkdir()
        shutil.chown(folder / "mail", MAIL_USER, "nogroup")
        (folder / "users").write_text("".join(_user_line(folder, x) for x in addresses))
        _make_certificate(folder)
        config = folder / "dovecot.conf"
        config.write_text(
            _DOVECOT.format(
                folder=folder, imap_port=found.imap_port, imaps_port=found.imaps_port,
                lmtp_port=found.lmtp_port,
            )
        )  # fmt: skip
        with _running(("/usr/sbin/dovecot", "-F", "-c", str(config)), port=found.imap_port):
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_postfix(
    lmtp_port: int,
    domain: str,
    *,
    aliases: Mapping[str, str] | None = None,
    archive: str = "",
) -> Iterator[Postfix]:
    """Run a Postfix that hands mail for this domain to LMTP during the block.

    It leaves a copy of everything it takes in the mailbox of the ``archive`` address, if any.

    For senders of the domain it states that their domain was proved, as a server does that checks.
    """
    folder = Path(tempfile.mkdtemp(prefix="dondoc-postfix-"))
    found = Postfix(folder, find_free_port())
    try:
        folder.chmod(0o755)
        config = folder / "config"
        for path in (config, folder / "queue", folder / "data", folder / "log"):
            path.mkdir()
        shutil.chown(folder / "data", "postfix")
        (config / "main.cf").write_text(
            _MAIN_CF.format(
                folder=folder, servers=POSTFIX_SERVERS, domain=domain,
                lmtp_port=lmtp_port, aliases=_inline(aliases or {}), archive=archive,
                sender_access=_inline({domain: f"PREPEND Authentication-Results: {VERDICT}{domain}"}),
            )
        )  # fmt: skip
        (config / "master.cf").write_text(_MASTER_CF.format(smtp_port=found.port))
        subprocess.run(
            ("postfix", "-c", str(config), "check"), check=True, capture_output=True, timeout=60
        )
        with _running((str(POSTFIX_SERVERS / "master"), "-c", str(config), "-d"), port=found.port):
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(command: Sequence[str], *, port: int) -> Iterator[None]:
    server = subprocess.Popen(
        (*BOUND, *command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for_greeting(server, port)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=START_SECONDS)


def _wait_for_greeting(server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                if connection.recv(1):
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{server.args!r} did not start")


def _inline(table: Mapping[str, str]) -> str:
    if not table:
        return ""  # Postfix refuses a table without a line
    return "inline:{" + "".join(f" {{ {key} = {value} }}" for key, value in table.items()) + " }"


def _user_line(folder: Path, address: str) -> str:
    return f"{address}:{PASSWORD}:65534:65534::{folder / 'mail' / address}::\n"


def _make_certificate(folder: Path) -> None:
    subprocess.run(
        (
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", str(folder / "server.key"), "-out", str(folder / "server.crt"),
        ),
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
