"""The ways by which the units of a rehearsal answer, and who takes which."""

from collections.abc import Collection
from enum import StrEnum

from models.castings import Casting
from models.errors import UsageError


class Way(StrEnum):
    """How an answer reaches the commune."""

    SERVICE = "service"  # straight to the service, as the portal would call it
    PORTAL = "portal"  # the pages, over HTTP, from the link in the newest letter
    MAIL = "mail"  # a reply to the newest letter


Ways = frozenset[Way]
BY_SERVICE: Ways = frozenset({Way.SERVICE})


def read_ways(text: str) -> Ways:
    """Return the ways named in a list with commas; an empty text means the service.

    Raises:
        UsageError: a name is unknown, or the service is mixed with real ways.
    """
    names = {name.strip() for name in text.split(",") if name.strip()}
    if strange := sorted(names - set(Way)):
        raise UsageError(
            f"Không có đường gửi “{strange[0]}”; hãy dùng --through portal, mail hoặc portal,mail."
        )
    if Way.SERVICE in names and len(names) > 1:
        raise UsageError("--through service không đi cùng portal hoặc mail; hãy chọn một bên.")
    return frozenset(map(Way, names)) or BY_SERVICE


def way_of(
    casting: Casting, obligation_id: str, turn: int, *, ways: Ways, possible: Collection[Way]
) -> Way:
    """Choose the way of one answer among those that can carry it, by the scenario's seed.

    What none of the given ways can carry goes by the pages, which can carry everything.
    """
    open_ways = sorted(ways & frozenset(possible))
    if not open_ways:
        return Way.PORTAL
    return casting.choice("way", obligation_id, str(turn)).choice(open_ways)
