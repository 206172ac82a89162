"""The journal's entries and the chain that makes an altered row visible."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

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
    return content_hash({name: getattr(entry, name) for name in CONTENT}, at=entry.at)


def content_hash(content: Mapping[str, object], *, at: datetime) -> str:
    """The SHA-256 of an entry's content, the fields of ``CONTENT``, told at that instant."""
    # The very text that was hashed since the first version: another text breaks every chain.
    canonical = _canonical({**content, "at": at.astimezone(UTC).isoformat()})
    return hashlib.sha256(canonical.encode()).hexdigest()


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
