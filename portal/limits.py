"""The limits of the portal: how often links may be guessed and letters asked for."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from fastapi import Request

from portal.rate_limits import RateLimit


@dataclass(frozen=True)
class Limits:
    """One set for an application."""

    wrong_links: RateLimit = field(default_factory=lambda: RateLimit(10, timedelta(minutes=1)))
    new_links: RateLimit = field(default_factory=lambda: RateLimit(5, timedelta(minutes=10)))


def limits_of(request: Request) -> Limits:
    """Return the limits that the application was made with."""
    return cast("Limits", request.app.state.limits)
