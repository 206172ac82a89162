"""What a form posted: fields and files, bounded, and only when the form is ours."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from pydantic import Field
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from models.errors import TransientError
from models.file_kinds import MAX_FILES
from models.values import Value
from portal.csrf import CSRF_FIELD, refuse_forged
from portal.visitors import SessionOf, VisitorOf

FILES = "tep_da_gui"
MORE, SAVE, DISCARD = "them", "luu_nhap", "bo_nhap"
BUTTONS = frozenset({MORE, SAVE, DISCARD})
MAX_BODY_BYTES = 60 * 1024 * 1024
MAX_FIELDS = 2_000  # thirty rows of every list of the catalogue
MAX_FIELD_BYTES = 1024 * 1024  # a text of more than 50 KB is refused later, beside its field
STALLED_SECONDS = 60.0  # nothing came for so long: the line is dead, or somebody holds it open
TOO_MUCH = ("exceeded", "Too many")
TOO_MANY_FIELDS = (
    "Nội dung gửi có quá nhiều mục, hoặc một mục quá dài; mỗi lần gửi tối đa 20 tệp. "
    "Đề nghị bỏ bớt rồi gửi lại."
)


class FormInput(Value):
    """Fields of a form by name, each with its texts in the order given."""

    fields: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    def one(self, name: str) -> str:
        """The first text of a field; empty when there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def every(self, name: str) -> tuple[str, ...]:
        """All texts of a field; empty when there are none."""
        return self.fields.get(name, ())


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A form as it came in; its files are open as long as the request lasts."""

    input: FormInput
    files: tuple[UploadFile, ...]


async def read_posted(request: Request) -> AsyncIterator[Posted]:
    """Parse the body; its temporary files are closed after the request.

    Raises:
        HTTPException: 413, the body is too long; 408, it stopped coming; 400, it is no form.
    """
    form = await _parsed(request)
    try:
        request.state.posted = posted = _posted(form)
        yield posted
    finally:
        await form.close()


async def _parsed(request: Request) -> FormData:
    is_multipart = request.headers.get("content-type", "").startswith("multipart/form-data")
    try:
        if not is_multipart:
            return await FormParser(
                request.headers, _bounded(request), max_fields=MAX_FIELDS
            ).parse()
        return await MultiPartParser(
            request.headers, _bounded(request), max_files=MAX_FILES + 1, max_fields=MAX_FIELDS,
            max_part_size=MAX_FIELD_BYTES,
        ).parse()  # fmt: skip
    except MultiPartException as error:
        if any(sign in error.message for sign in TOO_MUCH):
            raise HTTPException(413, TOO_MANY_FIELDS) from error
        raise HTTPException(400) from error
    except OSError as error:  # the disk that holds what is coming in is full
        raise TransientError("Không nhận được tệp do máy chủ hết chỗ; hãy thử lại sau.") from error
    except KeyError as error:  # a multipart form without a boundary
        raise HTTPException(400) from error


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MAX_BODY_BYTES:
        raise HTTPException(413)
    received, stream = 0, aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            raise HTTPException(408) from error
        if chunk is None:
            return
        received += len(chunk)
        if received > MAX_BODY_BYTES:
            raise HTTPException(413)
        yield chunk


def _posted(form: FormData) -> Posted:
    fields: dict[str, list[str]] = {}
    files = []
    for name, item in form.multi_items():
        if isinstance(item, UploadFile):
            files += [item] if item.filename else []
        else:
            fields.setdefault(name, []).append(item)
    return Posted(input=FormInput(fields=_frozen(fields)), files=tuple(files))


def _frozen(fields: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(texts) for name, texts in fields.items()}


def typed_fields(request: Request) -> tuple[tuple[str, str], ...]:
    """Return the fields of the form that was posted, to be sent again; no button is pressed."""
    posted: Posted | None = getattr(request.state, "posted", None)
    if posted is None:
        return ()
    stored = {FILES: (*posted.input.every(FILES), *getattr(request.state, "stored", ()))}
    fields = posted.input.fields | stored
    return tuple(
        (name, text) for name, texts in fields.items() if name not in BUTTONS for text in texts
    )


def own_form(
    request: Request,
    _: SessionOf,  # before a body is read: whoever has no session sends nothing
    posted: Annotated[Posted, Depends(read_posted)],  # before the ledger: an outage loses no text
    visitor: VisitorOf,
) -> Posted:
    """Return the form when our page made it for this visitor.

    Raises:
        HTTPException: 403, it comes from elsewhere.
    """
    given = posted.input.one(CSRF_FIELD)
    refuse_forged(request, key=visitor.key, link=visitor.link, given=given)
    return posted


PostedOf = Annotated[Posted, Depends(own_form)]
