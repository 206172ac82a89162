"""A chain shows what was altered, removed, moved or added."""

import hashlib
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.journal import GENESIS, Chain, JournalEntry, chain_hash, find_breaks

NOON = datetime(2026, 5, 11, 5, tzinfo=UTC)


def chain(length: int) -> list[JournalEntry]:
    entries: list[JournalEntry] = []
    for seq in range(1, length + 1):
        blank = JournalEntry(
            commune="bat-mot", seq=seq, at=NOON, actor="văn thư", action="plan.closed",
            subject=f"kh-{seq}", detail={"lý do": "thử", "số": seq, "mục": ["a", "b"]},
            previous=entries[-1].hash if entries else GENESIS, hash="",
        )  # fmt: skip
        entries.append(blank.model_copy(update={"hash": chain_hash(blank)}))
    return entries


@given(st.integers(0, 12))
def test_an_untouched_chain_is_whole(length: int) -> None:
    assert find_breaks(chain(length)) == ()


@given(
    st.integers(1, 8),
    st.sampled_from(
        [
            {"actor": "x"}, {"action": "x"}, {"subject": "x"}, {"detail": {}}, {"commune": "x"},
            {"at": NOON.replace(minute=1)}, {"hash": "x"},
        ]
    ),
)  # fmt: skip
def test_an_altered_entry_is_named(place: int, change: dict[str, object]) -> None:
    entries = chain(8)
    entries[place - 1] = entries[place - 1].model_copy(update=change)
    assert find_breaks(entries)[0].startswith(f"Bản ghi {place}: nội dung đã bị sửa")


@given(st.integers(1, 7))
def test_a_removed_entry_is_missed(place: int) -> None:
    entries = chain(8)
    del entries[place - 1]
    assert find_breaks(entries) == (
        f"Thiếu bản ghi {place} (gặp bản ghi {place + 1}).",
        f"Bản ghi {place + 1}: không nối với bản ghi trước.",
    )


@given(st.permutations(range(6)))
def test_a_moved_entry_is_noticed(order: list[int]) -> None:
    entries = chain(6)
    moved = [entries[n] for n in order]
    assert bool(find_breaks(moved)) is (moved != entries)


DETAILS = st.dictionaries(
    st.text(max_size=9),
    st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=3),
)


@given(
    text=st.text(),
    detail=DETAILS,
    at=st.integers(0, 2**32).map(lambda s: datetime.fromtimestamp(s + s / 1e6, UTC))
    | st.just(NOON.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))),
)
def test_the_hash_is_that_of_the_first_version(
    text: str, detail: dict[str, str | int | bool | list[str] | None], at: datetime
) -> None:
    entry = JournalEntry(
        commune="bat-mot", seq=7, at=at, actor=text, action="x", subject=text, detail=detail,
        previous=GENESIS, hash="",
    )  # fmt: skip
    body = entry.model_dump(mode="json", exclude={"hash", "at"})
    body["at"] = at.astimezone(UTC).isoformat()
    first = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert chain_hash(entry) == hashlib.sha256(first.encode()).hexdigest()
    chain = Chain(6, GENESIS, commune="bat-mot", actor=text, at=at)
    assert chain.append("x", text, detail) == (7, GENESIS, chain_hash(entry))


def test_the_zone_an_instant_is_told_in_does_not_matter() -> None:
    (entry,) = chain(1)
    told = entry.model_copy(update={"at": NOON.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))})
    assert chain_hash(told) == entry.hash
