"""Files too large for a letter: fetched by the signed link that the letter carries instead."""

from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import FileResponse

from adapters.install_key import read_install_key
from adapters.links import FileScope, read_file_token
from models.errors import PermanentError, RefusedError
from portal.desk import DeskOf
from portal.downloads import download_headers
from portal.visitors import READ
from services.desk import Desk

GONE = "Đường dẫn tải tệp đã hết hạn; hãy liên hệ đầu mối của xã để nhận đường dẫn mới."
LOST = "Tệp này không còn trên máy chủ; hãy liên hệ đầu mối của xã để nhận tệp."
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


def file_link_routes() -> APIRouter:
    """Return the route ``/tep/{token}``; opening it changes nothing."""
    router = APIRouter()

    @router.api_route("/tep/{token}", methods=READ)
    def fetch_file(token: str, desk: DeskOf) -> Response:
        scope = read_scope(desk, token)
        return FileResponse(
            _stored(desk, scope), media_type=scope.media_type, headers=download_headers(scope.name)
        )

    return router


def read_scope(desk: Desk, token: str) -> FileScope:
    """Return which file the link fetches.

    Raises:
        HTTPException: 404, the link is not ours; 410, it has expired.
    """
    try:
        scope = read_file_token(read_install_key(desk.settings.home), token, now=_BEFORE_ALL)
    except RefusedError as error:
        raise HTTPException(404) from error
    if scope.expires_at < desk.now:
        raise HTTPException(410, GONE)
    return scope


def _stored(desk: Desk, scope: FileScope) -> Path:
    try:
        return desk.blobs.checked(scope.sha256)
    except PermanentError as error:
        # What a restore would mend is told to the administrator by ``dondoc doctor``, not here.
        raise HTTPException(404, LOST) from error
