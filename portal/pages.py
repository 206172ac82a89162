"""What all pages share: the template environment and the security headers."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.accounts import Role
from models.values import Value

TEMPLATE_FOLDER = Path(__file__).resolve().parent.parent / "templates"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "script-src 'none'; object-src 'none'; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class NavLink(Value):
    """One link of the header; ``prefix`` tells which pages it is the current one of."""

    label: str
    href: str
    roles: frozenset[Role] = frozenset(Role)

    def is_for(self, role: Role) -> bool:
        """Whether the link leads somewhere the role may go."""
        return role in self.roles

    def is_current(self, path: str) -> bool:
        """Whether the page of that path belongs to the link."""
        return path == self.href or (self.href != "/" and path.startswith(f"{self.href}/"))


def make_templates(nav: Sequence[NavLink] = ()) -> Jinja2Templates:
    """Return the environment of all pages: escaping always on, a missing variable is an error.

    ``nav`` are the links of the header; a page may pass its own under the same name.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["nav"] = tuple(nav)
    return Jinja2Templates(env=environment)


async def security_headers(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Add the security headers a page did not set itself; use as ``app.middleware("http")``."""
    response = await call_next(request)
    for field, text in SECURITY_HEADERS.items():
        response.headers.setdefault(field, text)
    return response
