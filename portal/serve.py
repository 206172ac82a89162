"""The portal as a process: ``python -m portal.serve``, with the mail catcher of this machine."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from starlette.types import Lifespan

from adapters.database import migrate
from adapters.mail_catcher import MailCatcher
from config.clock import read_now
from config.settings import Settings, load_settings
from portal.app import make_app

STOP_SECONDS = 2


def catching(settings: Settings) -> Lifespan[FastAPI]:
    """Return a lifespan in which letters sent on this machine are caught and kept."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        catcher = MailCatcher(
            settings.mail_folder, clock=lambda: read_now(settings), port=settings.mail_port
        )
        async with catcher:
            yield

    return lifespan


def make_server(settings: Settings, *, catches_mail: bool) -> uvicorn.Server:
    """Build the server; it keeps no access log, for personal links stand in the addresses."""
    catches = catches_mail and settings.is_loopback_mail
    app = make_app(settings, lifespan=catching(settings) if catches else None)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.portal_port,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )


def main(arguments: list[str] | None = None) -> None:
    """Bring the ledger up to date and serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m portal.serve", description=__doc__)
    parser.add_argument("--no-catcher", action="store_true", help="không chạy hộp thư thử")
    chosen = parser.parse_args(arguments)
    settings = load_settings()
    migrate(settings.engine_url)
    make_server(settings, catches_mail=not chosen.no_catcher).run()


if __name__ == "__main__":
    main()
