"""The officer who signed in: known by the cookie of the session, let in by role."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request, Response
from starlette.datastructures import UploadFile

from adapters.install_key import read_install_key
from config.settings import Settings
from models.accounts import LONGEST_SESSION, Role
from portal.csrf import CSRF_FIELD, csrf_token, refuse_forged
from portal.desk import DeskOf
from portal.posted import FormInput, Posted, read_posted
from services.waiting import count_waiting
from services.web_sessions import OpenSession, read_session

SIGN_IN = "/dang-nhap"
NEXT = "tiep"
NOT_YOURS = (
    "Tài khoản đang dùng không được làm việc này; hãy đăng nhập bằng tài khoản có quyền phù hợp."
)


class SignInNeededError(Exception):
    """Nobody is signed in, and the page is for those who are."""


@dataclass(frozen=True, kw_only=True)
class Officer:
    """Who is signed in; ``account_id`` is what the journal keeps, ``name`` what pages show."""

    session: OpenSession
    key: bytes

    @property
    def account_id(self) -> str:
        """The name typed to sign in."""
        return self.session.account.id

    @property
    def name(self) -> str:
        """The person's name."""
        return self.session.account.name

    @property
    def role(self) -> Role:
        """What the account may do."""
        return self.session.account.role

    @property
    def unit_id(self) -> str | None:
        """The unit the person belongs to, whose answers are not theirs to review."""
        return self.session.account.unit_id

    @property
    def csrf(self) -> str:
        """The token that forms of this session carry."""
        return csrf_token(self.key, self.session.digest)

    def may(self, *roles: Role) -> bool:
        """Whether the role is one of these; the administrator's is always."""
        return self.role is Role.ADMINISTRATOR or self.role in roles


@dataclass(frozen=True, kw_only=True)
class OfficerForm:
    """A form sent by an officer, made by our page for that session."""

    officer: Officer
    input: FormInput
    files: tuple[UploadFile, ...]


def cookie_name(settings: Settings) -> str:
    """Return the name of the session's cookie: bound to this host wherever it is encrypted."""
    return "__Host-dondoc" if _is_encrypted(settings) else "dondoc"


def keep_cookie(response: Response, settings: Settings, token: str) -> Response:
    """Give the browser the session's id, out of reach of scripts and other sites."""
    response.set_cookie(
        cookie_name(settings), token, max_age=int(LONGEST_SESSION.total_seconds()), path="/",
        secure=_is_encrypted(settings), httponly=True, samesite="lax",
    )  # fmt: skip
    return response


def drop_cookie(response: Response, settings: Settings) -> Response:
    """Take the session's id from the browser."""
    response.delete_cookie(
        cookie_name(settings), path="/", secure=_is_encrypted(settings), httponly=True,
        samesite="lax",
    )  # fmt: skip
    return response


def _is_encrypted(settings: Settings) -> bool:
    return settings.portal_url.startswith("https://")


def sign_in_path(path: str) -> str:
    """Return the address of the sign-in page that goes on to a path."""
    return f"{SIGN_IN}?{NEXT}={quote(path, safe='/')}"


def find_officer(request: Request, desk: DeskOf) -> Officer | None:
    """Return who is signed in, and let the page's frame know; None when nobody is."""
    token = request.cookies.get(cookie_name(desk.settings))
    if not token:
        return None
    session = read_session(desk.engine, token, commune=desk.commune, now=desk.now)
    if session is None:
        return None
    officer = Officer(session=session, key=read_install_key(desk.settings.home))
    request.state.officer = officer
    if request.method == "GET":  # what the navigation of the page counts
        request.state.waiting = count_waiting(desk.engine, commune=desk.commune)
    return officer


MaybeOfficer = Annotated[Officer | None, Depends(find_officer)]


@dataclass(frozen=True)
class Gate:
    """A dependency that lets in some roles."""

    roles: frozenset[Role]

    def __call__(self, found: MaybeOfficer) -> Officer:
        """Return the officer.

        Raises:
            SignInNeededError: nobody is signed in.
            HTTPException: 403, the role is another.
        """
        if found is None:
            raise SignInNeededError
        if found.role not in self.roles:
            raise HTTPException(403, NOT_YOURS)
        return found


def require(*roles: Role) -> Gate:
    """Return a dependency that lets in whoever has one of these roles; the administrator always."""
    return Gate(frozenset({*roles, Role.ADMINISTRATOR}))


def form_of(*roles: Role) -> Callable[..., OfficerForm]:
    """Return a dependency that gives a form of our own page, sent by one of these roles.

    It raises HTTPException 403 when the form comes from elsewhere, beside what the gate raises.
    """
    let_in = Depends(require(*roles))

    def own_form(
        request: Request,
        officer: Annotated[Officer, let_in],
        posted: Annotated[Posted, Depends(read_posted)],
    ) -> OfficerForm:
        given = posted.input.one(CSRF_FIELD)
        refuse_forged(request, key=officer.key, link=officer.session.digest, given=given)
        return OfficerForm(officer=officer, input=posted.input, files=posted.files)

    return own_form


READERS = (Role.OFFICE, Role.LEADER, Role.VIEWER)
OfficerOf = Annotated[Officer, Depends(require(*READERS))]
AnyForm = Annotated[OfficerForm, Depends(form_of(*READERS))]
ReviewForm = Annotated[OfficerForm, Depends(form_of(Role.OFFICE))]
ReviewerOf = Annotated[Officer, Depends(require(Role.OFFICE))]
AdministratorOf = Annotated[Officer, Depends(require())]
AdministratorForm = Annotated[OfficerForm, Depends(form_of())]
