"""Delivery: the whole path of a letter, against smtp-source and the plain way on one smtp-sink."""

import asyncio
import email
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter, process_time, sleep
from typing import NamedTuple

import aiosmtplib
from sqlalchemy import Engine, text

from adapters.database import open_engine, transaction
from adapters.letter_templates import LetterRenderer
from config.clock import read_now
from config.settings import Settings
from models.letters import Composed, LetterKind
from services import mailing
from services.desk import open_desk
from tests.faults.bench import Place
from tests.faults.world import COMMUNE, build_world, plan_morning
from tests.letter_catalogue import LETTERS as SAMPLES
from tests.postgresql_cluster import (
    DURABLE,
    Cluster,
    find_free_port,
    programs,
    running_cluster,
)

LETTERS = 10_000
FEW_LETTERS = LETTERS // 4  # of the same plan: what grows with letters shows against it
PLAIN = 300
OF_MIME = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")  # EmailMessage adds them
BARE = ("From", "To", "Subject")  # of a letter that nobody could answer, thread or prove
ROUNDS = 5
SINK_STARTS_SECONDS = 10
LINES = 50  # connections of all senders together: as many as Postfix takes from one client
SOURCE_SESSIONS = 16
KIND = LetterKind.REMIND_TODAY  # of all letters, ours and the plain ones

Headers = dict[str, str]  # of one letter, by name; unfolded and decoded


class Sent(NamedTuple):
    """What sending took: seconds by the clock and of our processors, and the highest peak."""

    letters: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Letters a second."""
        return self.letters / self.seconds

    @property
    def cpu(self) -> float:
        """Microseconds of processor a letter."""
        return self.cpu_seconds / self.letters * 1e6


class Round(NamedTuple):
    """One round: our path, smtp-source and the plain way, one after the other."""

    ours: Sent
    limit: float  # letters a second of smtp-source
    plain: Sent  # the same letters
    bare: Sent  # the same words under three headers


def run() -> Iterator[str]:
    """Send 10,000 reminders from SQLite and PostgreSQL, with one sender and with two."""
    if shutil.which("smtp-source") is None:
        yield "smtp-source (postfix) is not installed: nothing measured"
        return
    with tempfile.TemporaryDirectory() as folder, running_sink() as port:
        for name, shelf in shelves(Path(folder)):
            for senders in (1, 2):
                rounds = [_round(shelf, senders, port) for _ in range(ROUNDS)]
                yield f"{name}, {senders} sender(s): {_compared(rounds)}"
            few = _ours(_with_few(shelf()), 1, port, letters=FEW_LETTERS)
            yield f"{name}, one sender, peak: {_grown(few, _ours(shelf(), 1, port))}"


def _round(shelf: Callable[[], Place], senders: int, port: int) -> Round:
    place = shelf()
    ours, limit = _ours(place, senders, port), LETTERS / _source(port)
    letters = _headers(place)
    bare = [{name: letter[name] for name in BARE} for letter in letters]
    return Round(ours, limit, _plain(letters, port), _plain(bare, port))


def _compared(rounds: Sequence[Round]) -> str:
    shares = sorted(r.ours.rate / r.limit for r in rounds)
    times = median(r.ours.rate / r.plain.rate for r in rounds)
    bare_times = median(r.ours.rate / r.bare.rate for r in rounds)
    cpu_times = median(r.plain.cpu / r.ours.cpu for r in rounds)
    return (
        f"{median(shares):.2f} [{shares[0]:.2f} .. {shares[-1]:.2f}] of smtp-source, {times:.1f} "
        f"times the plain way, {cpu_times:.1f} times by CPU, "
        f"{bare_times:.1f} times plain letters with nothing but {', '.join(BARE)} "
        f"({median(r.ours.rate for r in rounds):.0f} letters/s, "
        f"{median(r.ours.cpu for r in rounds):.0f} us of CPU a letter, "
        f"peak {max(r.ours.peak_mb for r in rounds):.0f} MB)"
    )


def _grown(few: Sent, many: Sent) -> str:
    return (
        f"{few.peak_mb:.0f} MB for {few.letters} letters, "
        f"{many.peak_mb:.0f} MB for {many.letters} of the same plan"
    )


@contextmanager
def running_sink() -> Iterator[int]:
    """Run Postfix's smtp-sink for the block; gives its port."""
    port = find_free_port()
    process = subprocess.Popen(
        ["smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "1000"], stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    until = perf_counter() + SINK_STARTS_SECONDS
    while perf_counter() < until:
        try:
            asyncio.run(aiosmtplib.SMTP(hostname="127.0.0.1", port=port, timeout=1).connect())
        except aiosmtplib.SMTPException:
            sleep(0.05)
            continue
        return
    raise RuntimeError("smtp-sink does not answer")


def shelves(folder: Path) -> Iterator[tuple[str, Callable[[], Place]]]:
    """Yield each database with a function that makes its world anew."""
    template = Place(folder / "template", f"sqlite:///{folder / 'template' / 'dondoc.sqlite3'}")
    _furnish(template)

    def on_sqlite() -> Place:
        shutil.rmtree(folder / "home", ignore_errors=True)
        shutil.copytree(template.home, folder / "home")
        return Place(folder / "home", f"sqlite:///{folder / 'home' / 'dondoc.sqlite3'}")

    yield "SQLite", on_sqlite
    binaries = programs()
    if binaries is None:
        return
    with running_cluster(binaries, find_free_port(), DURABLE) as cluster:
        yield "PostgreSQL", _on_postgresql(folder, cluster)


def _on_postgresql(folder: Path, cluster: Cluster) -> Callable[[], Place]:
    name = cluster.create()
    template = Place(folder / "pg-template", cluster.url(name))
    _furnish(template)
    used: list[str] = []

    def made() -> Place:
        shutil.rmtree(folder / "pg-home", ignore_errors=True)
        shutil.copytree(template.home, folder / "pg-home")
        while used:
            cluster.drop(used.pop())
        used.append(cluster.create(name))
        return Place(folder / "pg-home", cluster.url(used[-1]))

    return made


def _furnish(place: Place) -> None:
    """Let every village have a reminder waiting."""
    build_world(place.home, place.url, villages=LETTERS)
    engine = open_engine(place.url)
    if engine.dialect.name == "postgresql":  # as its autovacuum does within a minute
        _execute(engine, "ANALYZE")
    plan_morning(engine)
    engine.dispose()


def _with_few(place: Place) -> Place:
    engine = open_engine(place.url)
    _execute(engine, f"DELETE FROM outbox WHERE id % {LETTERS // FEW_LETTERS} <> 0")
    engine.dispose()
    return place


def _execute(engine: Engine, statement: str) -> None:
    with transaction(engine) as connection:
        connection.execute(text(statement))


def _source(port: int) -> float:
    """Seconds of smtp-source for as many letters of the same size."""
    start = perf_counter()
    command = ["smtp-source", "-s", str(SOURCE_SESSIONS), "-d", "-m", str(LETTERS), "-l", "6200"]
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True)
    return perf_counter() - start


def _ours(place: Place, senders: int, port: int, *, letters: int = LETTERS) -> Sent:
    """Send from the word to start until all letters are recorded."""
    command = [sys.executable, "-m", "benchmarks.delivery", str(place.home), place.url, str(port)]
    processes = [
        subprocess.Popen(
            [*command, str(LINES // senders)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(senders)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    start = perf_counter()
    for process in processes:
        assert process.stdin is not None
        print("go", file=process.stdin, flush=True)
    said = [_said(process) for process in processes]
    seconds = perf_counter() - start  # how long an interpreter takes to end is nobody's letter
    for process in processes:
        process.communicate()
    accepted, cpu_seconds, peaks = zip(*said, strict=True)
    assert sum(accepted) == letters, said
    return Sent(letters, seconds, sum(cpu_seconds), max(peaks))


def _said(process: "subprocess.Popen[str]") -> list[float]:
    assert process.stdout is not None
    return [float(word) for word in process.stdout.readline().split()]


def _headers(place: Place) -> list[Headers]:
    """Read the headers of the first letters that our path sent."""
    engine = open_engine(place.url)
    with engine.connect() as connection:
        sent = connection.execute(
            text("SELECT content FROM frozen_letters ORDER BY outbox_id LIMIT :few"), {"few": PLAIN}
        ).scalars()
        letters = [headers_of(content) for content in sent]
    engine.dispose()
    return letters


def headers_of(letter: bytes) -> Headers:
    """Return what somebody wrote into the letter's headers, without what says how it is coded."""
    message = email.message_from_bytes(letter, policy=default)
    return {name: str(value) for name, value in message.items() if name not in OF_MIME}


def write_plainly(headers: Headers, words: Composed) -> EmailMessage:
    """Write a letter with those headers and words as the standard library does it."""
    message = EmailMessage()
    for name, value in headers.items():
        message[name] = value
    message.set_content(words.text)
    message.add_alternative(words.html, subtype="html")
    return message


def _plain(letters: Sequence[Headers], port: int) -> Sent:
    """Send as one writes first: render, EmailMessage, one connection for each letter."""
    renderer = LetterRenderer()
    renderer.render(KIND, SAMPLES[KIND])  # compiled before the word, as ours

    async def send_all() -> None:
        for headers in letters:
            message = write_plainly(headers, renderer.render(KIND, SAMPLES[KIND]))
            await aiosmtplib.send(message, hostname="127.0.0.1", port=port, start_tls=False)

    start, used = perf_counter(), process_time()
    asyncio.run(send_all())
    return Sent(len(letters), perf_counter() - start, process_time() - used, 0)


def send_once(home: str, url: str, port: str, connections: str) -> None:
    """Be one sender: get ready, wait for the word, send until nothing is left."""
    settings = Settings(
        home=Path(home), database_url=url, clock_file=Path(home) / "clock", commune=COMMUNE,
        smtp_host="127.0.0.1", smtp_port=int(port), smtp_tls="none",
        smtp_connections=int(connections),
    )  # fmt: skip
    with open_desk(settings, now=read_now(settings)) as desk:
        LetterRenderer().render(KIND, SAMPLES[KIND])  # compiled, as in a running engine
        print("ready", flush=True)
        sys.stdin.readline()
        used = _processor_seconds()
        done = asyncio.run(mailing.send_due(desk))
        used = _processor_seconds() - used
        print(done.accepted, used, getrusage(RUSAGE_SELF).ru_maxrss / 1024, flush=True)


def _processor_seconds() -> float:
    """Of this process and of its copies that have ended."""
    copies = getrusage(RUSAGE_CHILDREN)
    return process_time() + copies.ru_utime + copies.ru_stime


if __name__ == "__main__":
    send_once(*sys.argv[1:])
