"""The journal's entries and the chain that makes an altered row visible."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from json.encoder import encode_basestring as _quoted

from models.values import Value

GENESIS = "0" * 64
Detail = Mapping[str, str | int | bool | list[str] | None]

_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class JournalEntry(Value):
    """Who did what to which subject, when and why; chained to the entry before it."""

    commune: str
    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, str | int | bool | list[str] | None]
    previous: str
    hash: str


CONTENT = tuple(name for name in JournalEntry.model_fields if name not in {"hash", "at"})


def chain_hash(entry: JournalEntry) -> str:
    """The SHA-256 that the entry must carry."""
    content = {name: getattr(entry, name) for name in CONTENT}
    # The very text that was hashed since the first version: another text breaks every chain.
    canonical = _canonical(content | {"at": _instant(entry.at)})
    return hashlib.sha256(canonical.encode()).hexdigest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


class Chain:
    """The end of a commune's chain, to which what one actor does at one instant is appended."""

    def __init__(self, seq: int, last: str, *, commune: str, actor: str, at: datetime) -> None:
        """Begin behind the entry of that number and hash."""
        self.seq = seq
        self.last = last
        # The canonical text of an entry but for what differs between entries of one batch.
        self._at = f'"actor":{_quoted(actor)},"at":"{_instant(at)}","commune":{_quoted(commune)}'
        self._detail: Detail = {}  # the last one, written out once for all that share it
        self._told = _canonical(self._detail)

    def append(self, action: str, subject: str, detail: Detail) -> tuple[int, str, str]:
        """Append an entry; returns its number, the hash before it and its own."""
        self.seq += 1
        if detail is not self._detail:  # not by equality: 1 equals True
            self._detail, self._told = detail, _canonical(detail)
        previous = self.last
        canonical = (
            f'{{"action":{_quoted(action)},{self._at},"detail":{self._told},'
            f'"previous":"{previous}","seq":{self.seq},"subject":{_quoted(subject)}}}'
        )
        self.last = hashlib.sha256(canonical.encode()).hexdigest()
        return self.seq, previous, self.last


def find_breaks(entries: Iterable[JournalEntry]) -> tuple[str, ...]:
    """Every place where the chain of one commune, read in order, does not hold; empty if whole."""
    breaks = []
    previous, expected = GENESIS, 1
    for entry in entries:
        if entry.seq != expected:
            breaks.append(f"Thiếu bản ghi {expected} (gặp bản ghi {entry.seq}).")
        if entry.previous != previous:
            breaks.append(f"Bản ghi {entry.seq}: không nối với bản ghi trước.")
        if entry.hash != chain_hash(entry):
            breaks.append(f"Bản ghi {entry.seq}: nội dung đã bị sửa ({entry.action}).")
        previous, expected = entry.hash, entry.seq + 1
    return tuple(breaks)
