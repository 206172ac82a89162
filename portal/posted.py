"""What a form posted: fields and files, bounded, and only when the form is ours."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from pydantic import Field
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from models.file_kinds import MAX_FILES
from models.values import Value
from portal.csrf import CSRF_FIELD, refuse_forged
from portal.visitors import VisitorOf

MAX_BODY_BYTES = 60 * 1024 * 1024
MAX_FIELDS = 2_000  # thirty rows of every list of the catalogue
MAX_FIELD_BYTES = 64 * 1024


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
        HTTPException: 413, the body is too long; 400, it is no form.
    """
    form = await _parsed(request)
    try:
        yield _posted(form)
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
        raise HTTPException(400) from error


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in request.stream():
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


def own_form(
    request: Request, visitor: VisitorOf, posted: Annotated[Posted, Depends(read_posted)]
) -> Posted:
    """Return the form when our page made it for this visitor.

    Raises:
        HTTPException: 403, it comes from elsewhere.
    """
    given = posted.input.one(CSRF_FIELD)
    refuse_forged(request, key=visitor.key, link=visitor.link, given=given)
    return posted


PostedOf = Annotated[Posted, Depends(own_form)]
