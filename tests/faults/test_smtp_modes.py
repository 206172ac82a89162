"""Every way a relay may fail, through the whole path: outbox, sender, outcome, journal, alarm, and afterwards."""

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from models.letters import LetterKind
from tests.adapters.smtp_certificates import Authority, authority
from tests.adapters.smtp_modes import FAULT_MODES, FaultMode
from tests.adapters.smtp_tls_modes import TLS_MODES, EncryptionMode
from tests.faults.bench import Shelf
from tests.faults.smtp_ends import ENDS, KINDS, RELAY, REMINDER, TAKEN, End
from tests.faults.smtp_trials import END, Trial, all_of, attempt, listening, with_pauses

TLS_ENDS = {mode.name: TAKEN if mode.is_sound else RELAY for mode in TLS_MODES}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_800)]
Shelves = Mapping[LetterKind, Shelf]


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Shelves:
    """One letter of each kind, alone in its world."""
    return {
        kind: Shelf(
            tmp_path_factory.mktemp(kind), villages=1, planned=kind is REMINDER,
            kinds=() if kind is REMINDER else (kind,), not_after=END,
        )
        for kind in KINDS
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    with_pauses(monkeypatch)


def test_every_mode_has_an_end() -> None:
    assert {mode.name for mode in FAULT_MODES} ^ set(ENDS) == set()
    assert len(ENDS) >= 40
    assert len(TLS_ENDS) >= 10


def test_each_mode_ends_as_its_table_says_for_one_kind_of_letter(
    shelves: Shelves, tmp_path: Path
) -> None:
    chosen = [(mode, KINDS[n % len(KINDS)], n % 2 == 0) for n, mode in enumerate(FAULT_MODES)]
    _try_modes(shelves, tmp_path, chosen)


@pytest.mark.faults
@pytest.mark.parametrize("is_pipelining", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_each_mode_ends_as_its_table_says_for_every_kind_of_letter(
    shelves: Shelves, tmp_path: Path, kind: LetterKind, is_pipelining: bool
) -> None:
    _try_modes(shelves, tmp_path, [(mode, kind, is_pipelining) for mode in FAULT_MODES])


def _try_modes(
    shelves: Shelves, folder: Path, chosen: list[tuple[FaultMode, LetterKind, bool]]
) -> None:
    trials = [Trial(mode.name, kind) for mode, kind, _ in chosen]

    async def one(number: int) -> None:
        mode, kind, is_pipelining = chosen[number]
        place = shelves[kind].copy_to(folder / str(number))
        async with listening(mode, is_pipelining=is_pipelining) as (relay, settings):
            await attempt(trials[number], place, relay, settings, mode)

    asyncio.run(all_of(partial(one, number) for number in range(len(chosen))))
    _judge(trials, ENDS)
    print(f"{len(trials)} trials of {len({t.name for t in trials})} faults, none doubled or lost")


def test_each_encryption_mode_ends_as_it_must_for_one_kind_of_letter(
    shelves: Shelves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [(mode, KINDS[number % len(KINDS)]) for number, mode in enumerate(TLS_MODES)]
    _try_encryption(shelves, tmp_path, monkeypatch, chosen)


@pytest.mark.faults
def test_each_encryption_mode_ends_as_it_must_for_every_kind_of_letter(
    shelves: Shelves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [(mode, kind) for mode in TLS_MODES for kind in KINDS]
    _try_encryption(shelves, tmp_path, monkeypatch, chosen)


def _try_encryption(
    shelves: Shelves,
    folder: Path,
    patch: pytest.MonkeyPatch,
    chosen: list[tuple[EncryptionMode, LetterKind]],
) -> None:
    signer = authority()
    _trust(signer, folder / "authorities.pem", patch)
    trials = [Trial(mode.name, kind) for mode, kind in chosen]

    async def one(number: int) -> None:
        mode, kind = chosen[number]
        place = shelves[kind].copy_to(folder / str(number))
        async with mode.relay(signer, place.home) as relay:
            await attempt(trials[number], place, relay, mode.settings(relay.port), None)
        assert set(relay.verbs) <= mode.verbs or mode.is_sound, "no envelope without encryption"

    asyncio.run(all_of(partial(one, number) for number in range(len(chosen))))
    _judge(trials, TLS_ENDS)
    for trial in trials:
        assert TLS_ENDS[trial.name] is TAKEN or "relay_failing" in trial.alarms, trial
    print(f"{len(trials)} trials of {len(TLS_MODES)} encryption modes, none doubled or lost")


def _trust(signer: Authority, file: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the system's authorities be this one."""
    file.write_bytes(signer.certificate.public_bytes(serialization.Encoding.PEM))
    patch.setenv("SSL_CERT_FILE", str(file))


def _judge(trials: list[Trial], ends: Mapping[str, End]) -> None:
    wrong = [f"{trial.name} {trial.kind}: {fault}" for trial in trials
             for fault in _faults_of(trial, ends[trial.name])]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def _faults_of(trial: Trial, end: End) -> list[str]:
    of_kind = KINDS.index(trial.kind)
    is_fault_of_relay = end is RELAY
    checks = {
        f"at once {trial.at_once}": trial.at_once == end.at_once,
        f"in the end {trial.in_the_end}": trial.in_the_end == end.in_the_end[of_kind],
        f"attempt {trial.attempt}": trial.attempt == (0 if is_fault_of_relay else 1),
        f"journal {sorted(trial.actions)}": end.action in trial.actions,
        f"alarms {trial.alarms}": end.alarms[of_kind] in {"", *trial.alarms},
        f"copies {list(trial.copies.values())}": _are_right(trial, end, of_kind),
        f"others {trial.others}": set(trial.others) <= {"accepted"},
    }
    return [name for name, is_right in checks.items() if not is_right]


def _are_right(trial: Trial, end: End, of_kind: int) -> bool:
    """Nothing doubled but identical copies of what may come twice; nothing lost."""
    most = max(trial.copies.values(), default=0)
    if end in {RELAY, TAKEN} or end.at_once == "ready":
        return trial.copies.total() == 1
    if end.at_once == "refused":
        return most <= 1 and trial.copies.total() == len(trial.others)
    is_reminder = of_kind == 0
    least = 0 if is_reminder else 1  # a reminder in doubt counts as sent: the next rung covers it
    return least <= trial.copies.total() <= (1 if is_reminder else 2) and len(trial.copies) <= 1
