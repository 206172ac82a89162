"""What all pages share: the template environment and the security headers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.settings import Settings
from models.accounts import Role
from models.values import Value
from portal.statics import icon_path, office_stylesheet_path, stylesheet_path
from services.waiting import Waiting

TEMPLATE_FOLDER = Path(__file__).resolve().parent.parent / "templates"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def headers_of(settings: Settings) -> dict[str, str]:
    """Return the headers of every answer of the portal, which binds browsers to https it uses."""
    is_secure = settings.portal_url.startswith("https://")
    return SECURITY_HEADERS | (STRICT_TRANSPORT if is_secure else {})


class NavLink(Value):
    """One link of the header; ``counts`` names what waits behind it, as ``Waiting`` does."""

    label: str
    href: str
    counts: str = ""
    roles: frozenset[Role] = frozenset(Role)

    def is_for(self, role: Role) -> bool:
        """Whether the link leads somewhere the role may go."""
        return role in self.roles

    def waiting(self, found: Waiting | None) -> int:
        """How much waits behind the link."""
        return int(getattr(found, self.counts)) if found is not None and self.counts else 0

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
        auto_reload=False,  # a page is of one release, whole: never half of the next one
    )
    environment.globals.update(
        nav=tuple(nav), stylesheet=stylesheet_path(), office_stylesheet=office_stylesheet_path(),
        icon=icon_path(),
    )  # fmt: skip
    return Jinja2Templates(env=environment)


class SecurityHeaders:
    """ASGI: the security headers that an answer did not set itself, on every answer."""

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str]) -> None:
        """Pass requests on to the application."""
        self._app = app
        self._headers = [(f.lower().encode(), text.encode()) for f, text in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = list(message.get("headers", ()))
                set_already = {field.lower() for field, _ in found}
                added = [one for one in self._headers if one[0] not in set_already]
                message["headers"] = found + added
            await send(message)

        await self._app(scope, receive, send_with_headers)
