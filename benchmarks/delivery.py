"""Delivery: the whole path of a letter, against smtp-source and the plain way on one smtp-sink."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter

import aiosmtplib

from adapters.letter_templates import LetterRenderer
from config.clock import read_now
from config.settings import Settings
from models.letters import LetterKind
from services import mailing
from services.desk import open_desk
from tests.faults.bench import Place, furnish
from tests.faults.world import COMMUNE
from tests.letter_catalogue import LETTERS as SAMPLES
from tests.postgresql_cluster import Cluster, find_free_port, programs, running_cluster

LETTERS = 10_000
PLAIN = 300
ROUNDS = 5
LINES = 32  # connections of all senders together
SOURCE_SESSIONS = 16


def run() -> Iterator[str]:
    """Send 10,000 reminders from SQLite and PostgreSQL, with one sender and with two."""
    if shutil.which("smtp-source") is None:
        yield "smtp-source (postfix) is not installed: nothing measured"
        return
    with tempfile.TemporaryDirectory() as folder, running_sink() as port:
        for name, shelf in shelves(Path(folder)):
            for senders in (1, 2):
                yield _compared(name, shelf, senders, port)


def _compared(name: str, shelf: Callable[[], Place], senders: int, port: int) -> str:
    pairs = []
    for _ in range(ROUNDS):
        limit = LETTERS / _source(port)
        seconds, peak = _ours(shelf(), senders, port)
        pairs.append((LETTERS / seconds, limit, PLAIN / _plain(port), peak))
    ratios = sorted(ours / limit for ours, limit, _, _ in pairs)
    times = median(ours / plain for ours, _, plain, _ in pairs)
    rate = median(ours for ours, *_ in pairs)
    return (
        f"{name}, {senders} sender(s): {median(ratios):.2f} [{ratios[0]:.2f} .. {ratios[-1]:.2f}] "
        f"of smtp-source, {times:.1f} times the plain way ({rate:.0f} letters/s, peak "
        f"{max(p[3] for p in pairs):.0f} MB)"
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
    for _ in range(100):
        try:
            asyncio.run(aiosmtplib.SMTP(hostname="127.0.0.1", port=port, timeout=1).connect())
        except aiosmtplib.SMTPException:
            continue
        return
    raise RuntimeError("smtp-sink does not answer")


def shelves(folder: Path) -> Iterator[tuple[str, Callable[[], Place]]]:
    """Yield each database with a function that makes its world anew."""
    template = Place(folder / "template", f"sqlite:///{folder / 'template' / 'dondoc.sqlite3'}")
    furnish(template, villages=LETTERS)

    def on_sqlite() -> Place:
        shutil.rmtree(folder / "home", ignore_errors=True)
        shutil.copytree(template.home, folder / "home")
        return Place(folder / "home", f"sqlite:///{folder / 'home' / 'dondoc.sqlite3'}")

    yield "SQLite", on_sqlite
    binaries = programs()
    if binaries is None:
        return
    with running_cluster(binaries, find_free_port()) as cluster:
        yield "PostgreSQL", _on_postgresql(folder, cluster)


def _on_postgresql(folder: Path, cluster: Cluster) -> Callable[[], Place]:
    name = cluster.create()
    template = Place(folder / "pg-template", cluster.url(name))
    furnish(template, villages=LETTERS)

    def made() -> Place:
        shutil.rmtree(folder / "pg-home", ignore_errors=True)
        shutil.copytree(template.home, folder / "pg-home")
        return Place(folder / "pg-home", cluster.url(cluster.create(name)))

    return made


def _source(port: int) -> float:
    """Seconds of smtp-source for as many letters of the same size."""
    start = perf_counter()
    command = ["smtp-source", "-s", str(SOURCE_SESSIONS), "-d", "-m", str(LETTERS), "-l", "6200"]
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True)
    return perf_counter() - start


def _ours(place: Place, senders: int, port: int) -> tuple[float, float]:
    """Seconds from the word to start until all are recorded, and the highest peak in MB."""
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
    said = [process.communicate()[0].split() for process in processes]
    seconds = perf_counter() - start
    assert sum(int(accepted) for accepted, _ in said) == LETTERS, said
    return seconds, max(float(peak) for _, peak in said)


def _plain(port: int) -> float:
    """Seconds of what one writes first: render, EmailMessage, one connection for each letter."""
    kind, context = LetterKind.REMIND_TODAY, SAMPLES[LetterKind.REMIND_TODAY]
    renderer = LetterRenderer()

    async def send_all() -> None:
        for number in range(PLAIN):
            words = renderer.render(kind, context)
            message = EmailMessage()
            message["From"], message["To"] = "don-doc@dondoc.example", f"u{number}@thon.example"
            message["Subject"] = words.subject
            message.set_content(words.text)
            message.add_alternative(words.html, subtype="html")
            await aiosmtplib.send(message, hostname="127.0.0.1", port=port, start_tls=False)

    start = perf_counter()
    asyncio.run(send_all())
    return perf_counter() - start


def send_once(home: str, url: str, port: str, connections: str) -> None:
    """Be one sender: get ready, wait for the word, send until nothing is left."""
    settings = Settings(
        home=Path(home), database_url=url, clock_file=Path(home) / "clock", commune=COMMUNE,
        smtp_host="127.0.0.1", smtp_port=int(port), smtp_tls="none",
        smtp_connections=int(connections),
    )  # fmt: skip
    with open_desk(settings, now=read_now(settings)) as desk:
        LetterRenderer()  # compiled before the word, as in a running engine
        print("ready", flush=True)
        sys.stdin.readline()
        done = asyncio.run(mailing.send_due(desk))
        print(done.accepted, getrusage(RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    send_once(*sys.argv[1:])
