"""The web application: pages, headers, error pages, and what it leaves out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from urllib.parse import urlsplit

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Lifespan

from adapters.database import open_engine
from config.settings import Settings
from models.accounts import Role
from portal.board import board_routes
from portal.compliance import compliance_routes
from portal.contact_changes import contact_change_routes
from portal.contact_desk import contact_desk_routes
from portal.decisions import decision_routes
from portal.entering import entering_routes
from portal.entrances import entrance_routes
from portal.errors import add_error_pages
from portal.file_links import file_link_routes
from portal.form_fields import teach_fields
from portal.forms import form_routes
from portal.health import health_routes
from portal.held_files import held_file_routes
from portal.home import home_routes
from portal.incoming import incoming_routes
from portal.letters import letter_routes
from portal.limits import Limits
from portal.mail_confirmations import mail_confirmation_routes
from portal.mailbox import mailbox_routes
from portal.new_links import new_link_routes
from portal.office_lists import office_list_routes
from portal.pages import NavLink, SecurityHeaders, headers_of, make_templates
from portal.personal import personal_routes
from portal.question_answers import question_answer_routes
from portal.rate_limits import AtOnce
from portal.receipts import receipt_routes
from portal.report_decisions import report_decision_routes
from portal.report_edits import report_edit_routes
from portal.report_office import report_office_routes
from portal.report_traces import report_trace_routes
from portal.reports import report_routes
from portal.requests import request_routes
from portal.review_acts import review_act_routes
from portal.reviews import review_routes
from portal.sign_in import sign_in_routes
from portal.statics import static_routes
from portal.unit_documents import unit_document_routes
from portal.units import unit_routes
from portal.wording import teach
from portal.workbooks import workbook_routes

EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on
PAGES = (
    form_routes,  # first those that hundreds open in the same hour: routes are tried in order
    personal_routes,
    receipt_routes,
    workbook_routes,
    sign_in_routes,
    home_routes,
    board_routes,
    unit_routes,
    report_edit_routes,  # before the pages of versions: its path would be one
    report_routes,
    report_trace_routes,
    review_routes,
    review_act_routes,
    compliance_routes,
    entering_routes,
    office_list_routes,
    contact_desk_routes,
    held_file_routes,
    letter_routes,
    incoming_routes,
    mail_confirmation_routes,
    decision_routes,
    contact_change_routes,
    new_link_routes,
)


def make_app(settings: Settings, *, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Build the portal of an installation; nothing is opened before the first request."""
    engine = open_engine(settings.engine_url)
    app = FastAPI(
        title="Đôn Đốc", openapi_url=None, docs_url=None, redoc_url=None,
        lifespan=_closing(engine, lifespan),
    )  # fmt: skip
    app.state.settings, app.state.engine = settings, engine
    app.state.limits = Limits()
    templates = teach_fields(teach(make_templates(_navigation(settings))))
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(settings))
    app.add_middleware(AtOnce)
    app.add_middleware(SecurityHeaders, headers=headers_of(settings))
    add_error_pages(app, templates)
    for routes in PAGES:
        app.include_router(routes(templates))
    app.include_router(static_routes())
    app.include_router(entrance_routes())
    app.include_router(report_office_routes())
    app.include_router(report_decision_routes())
    app.include_router(request_routes())
    app.include_router(unit_document_routes())
    app.include_router(question_answer_routes())
    app.include_router(file_link_routes())
    app.include_router(health_routes())
    if settings.is_loopback_mail:
        app.include_router(mailbox_routes(settings.mail_folder, templates))
    return app


def _closing(engine: Engine, lifespan: Lifespan[FastAPI] | None) -> Lifespan[FastAPI]:
    """Close the connections after everything else has ended."""

    @asynccontextmanager
    async def closing(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app) if lifespan is not None else nullcontext():
            yield
        engine.dispose()

    return closing


def _navigation(settings: Settings) -> tuple[NavLink, ...]:
    links = [
        NavLink(label="Kế hoạch", href="/"),
        NavLink(label="Thẩm định", href="/tham-dinh"),
        NavLink(label="Gia hạn", href="/gia-han"),
        NavLink(label="Thư đến", href="/thu-den", counts="mails"),
        NavLink(label="Thư đi", href="/thu"),
        NavLink(label="Đầu mối", href="/dau-moi-moi", counts="changes"),
        NavLink(label="Tệp giữ lại", href="/tep-giu-lai", counts="files"),
        NavLink(label="Nhật ký", href="/nhat-ky"),
    ]
    if settings.is_loopback_mail:
        # Its letters hold the links by which units and leaders act.
        administrators = frozenset({Role.ADMINISTRATOR})
        links.append(NavLink(label="Hộp thư thử", href="/hop-thu", roles=administrators))
    return tuple(links)


def _hosts(settings: Settings) -> list[str]:
    """Names the portal answers to: without this, a foreign page could read it by DNS rebinding."""
    if settings.host in EVERYWHERE and settings.public_url is None:
        return ["*"]
    public = urlsplit(settings.portal_url).hostname or settings.host
    return sorted({settings.host, public, "127.0.0.1", "localhost"} - EVERYWHERE)
