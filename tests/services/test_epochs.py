"""A restored or copied database sends nothing until it was compared and let go."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, select

from adapters import tables
from adapters.database import open_engine, transaction
from adapters.mime import message_id_for
from adapters.witness import read_witness, write_witness
from models.clocks import MonotonicReading
from models.letters import LetterKind, LetterState
from models.oracles import Oracle
from services import brakes
from services.epochs import Reconciled, note_accepted, reconcile_restored
from services.journal import read_journal
from services.letterheads import Letterhead
from tests.services.letter_rows import put_letter, state_of
from tests.services.stage import COMMUNE, at

NOW = at((15, 6))
STILL = MonotonicReading(boot_id="a", seconds=0.0)


def accept(engine: Engine, count: int) -> None:
    with transaction(engine) as connection:
        note_accepted(connection, commune=COMMUNE, count=count)


def engage(engine: Engine, home: Path) -> str | None:
    return brakes.engage(engine, commune=COMMUNE, home=home, now=NOW, monotonic=STILL)


def release(engine: Engine, home: Path) -> int:
    return brakes.release(engine, commune=COMMUNE, by="vp", now=NOW, home=home)


def seq_of(engine: Engine) -> int:
    with transaction(engine) as connection:
        seq: int = connection.execute(select(tables.epochs.c.seq)).scalar_one()
    return seq


def played(engine: Engine, home: Path, count: int = 7) -> None:
    assert engage(engine, home) is None
    accept(engine, count)
    brakes.rest(engine, commune=COMMUNE, home=home)


def test_accepted_letters_are_counted_and_witnessed(engine: Engine, tmp_path: Path) -> None:
    accept(engine, 0)
    played(engine, tmp_path)
    accept(engine, 2)
    assert seq_of(engine) == 9
    seen = read_witness(tmp_path, COMMUNE)
    assert seen is not None
    assert seen.epoch.seq == 7  # as of the end of the round
    assert engage(engine, tmp_path) is None
    again = read_witness(tmp_path, COMMUNE)
    assert again is not None
    assert again.epoch.seq == 9


def test_the_first_letter_counts_even_before_any_round(engine: Engine) -> None:
    accept(engine, 3)
    assert seq_of(engine) == 3


def test_a_database_older_than_its_witness_sends_nothing(engine: Engine, tmp_path: Path) -> None:
    played(engine, tmp_path)
    with transaction(engine) as connection:
        connection.execute(tables.epochs.update().values(seq=5))
    told = engage(engine, tmp_path)
    assert told is not None
    assert "chỉ ghi 5 thư, thực tế đã gửi 7 thư" in told
    brakes.rest(engine, commune=COMMUNE, home=tmp_path)
    seen = read_witness(tmp_path, COMMUNE)
    assert seen is not None
    assert seen.epoch.seq == 7  # the doubt does not wash itself away
    assert engage(engine, tmp_path) == told
    assert release(engine, tmp_path) == 1
    assert engage(engine, tmp_path) is None


def test_a_backup_put_back_is_recognised_by_what_it_forgot(
    database_url: str, backend: str, tmp_path: Path
) -> None:
    if backend != "sqlite":
        pytest.skip("a file is copied")
    file = Path(str(make_url(database_url).database))
    engine = open_engine(database_url)
    played(engine, tmp_path, 3)
    with transaction(engine) as connection:
        connection.exec_driver_sql("SELECT 1")
    engine.dispose()
    shutil.copy(file, tmp_path / "backup")
    engine = open_engine(database_url)
    played(engine, tmp_path, 4)
    engine.dispose()
    shutil.copy(tmp_path / "backup", file)
    restored = open_engine(database_url)
    assert engage(restored, tmp_path) is not None
    restored.dispose()


def test_a_copy_in_another_home_sends_nothing(engine: Engine, tmp_path: Path) -> None:
    played(engine, tmp_path / "here")
    told = engage(engine, tmp_path / "there")
    assert told is not None
    assert "chưa biết" in told


def test_a_home_put_back_together_with_its_database_sends_nothing(
    database_url: str, backend: str, tmp_path: Path
) -> None:
    if backend != "sqlite":
        pytest.skip("a folder is copied")
    home = Path(str(make_url(database_url).database)).parent
    engine = open_engine(database_url)
    played(engine, home)
    engine.dispose()
    home.rename(tmp_path.with_suffix(".backup"))
    shutil.copytree(tmp_path.with_suffix(".backup"), home)
    restored = open_engine(database_url)
    told = engage(restored, home)
    restored.dispose()
    assert told is not None
    assert "chưa biết" in told


def test_a_new_installation_registers_itself_silently(engine: Engine, tmp_path: Path) -> None:
    assert engage(engine, tmp_path) is None
    seen = read_witness(tmp_path, COMMUNE)
    assert seen is not None
    assert seen.epoch.seq == 0


def test_a_home_moved_to_another_machine_is_held_once(engine: Engine, tmp_path: Path) -> None:
    played(engine, tmp_path)
    seen = read_witness(tmp_path, COMMUNE)
    assert seen is not None
    if seen.machine_id is None:
        pytest.skip("this machine has no identity")
    write_witness(tmp_path, COMMUNE, seen.model_copy(update={"machine_id": "khác"}))
    told = engage(engine, tmp_path)
    assert told is not None
    assert "máy khác" in told
    release(engine, tmp_path)
    assert engage(engine, tmp_path) is None


def test_a_lost_witness_of_a_database_that_sent_is_doubted(engine: Engine, tmp_path: Path) -> None:
    played(engine, tmp_path)
    shutil.rmtree(tmp_path / "witness")
    assert engage(engine, tmp_path) is not None


def reconcile(engine: Engine, letterhead: Letterhead, oracle: Oracle) -> Reconciled:
    return reconcile_restored(
        engine, commune=COMMUNE, letterhead=letterhead, oracle=oracle, now=NOW
    )


def test_letters_the_archive_holds_are_not_sent_again(
    engine: Engine, letterhead: Letterhead
) -> None:
    def id_of(key: str, kind: LetterKind) -> str:
        return message_id_for(letterhead.key, key, kind, letterhead.domain)

    archive = {id_of("a", LetterKind.ASSIGNMENT), id_of("r", LetterKind.OVERDUE_FIRST), "<f@x>"}
    sent = put_letter(engine, "a", now=NOW)
    turned = put_letter(engine, "r", now=NOW, kind=LetterKind.REMIND_SOON)
    frozen = put_letter(engine, "f", now=NOW, message_id="<f@x>")
    unsent = put_letter(engine, "b", now=NOW)
    done = put_letter(engine, "c", now=NOW, state=LetterState.REFUSED)
    found = reconcile(engine, letterhead, lambda message_id: message_id in archive)
    assert found == Reconciled(accepted=3, absent=1)
    assert {state_of(engine, x) for x in (sent, turned, frozen)} == {LetterState.ACCEPTED}
    assert state_of(engine, unsent) == LetterState.READY
    assert state_of(engine, done) == LetterState.REFUSED
    assert seq_of(engine) == 3
    (entry,) = read_journal(engine, commune=COMMUNE, subject_prefix="r")
    assert entry.action == "letter.reconciled"
    assert reconcile(engine, letterhead, lambda message_id: message_id in archive).accepted == 0


def test_a_silent_archive_settles_nothing(engine: Engine, letterhead: Letterhead) -> None:
    letter = put_letter(engine, "a", now=NOW)
    assert reconcile(engine, letterhead, lambda _: None) == Reconciled(silent=1)
    assert state_of(engine, letter) == LetterState.READY
