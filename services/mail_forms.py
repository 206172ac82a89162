"""The filled forms among a reply's files: each read by the rules of its page, or told back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from adapters.blobs import BlobStore
from adapters.workbook_identity import WRONG
from models.answer_workbooks import XLSX
from models.calendars import WorkingCalendar
from models.errors import RefusedError, WorkbookUnreadableError
from models.letter_rows import RemarkRow
from models.submissions import Attachment
from models.values import Value
from services.answer_workbooks import read_answer_workbook
from services.mail_rulings import FoundForm

USE_FORM = "Dùng biểu .xlsx kèm theo thư gửi cho đơn vị, hoặc nhập tại trang của đơn vị."


class ReadForms(Value):
    """The forms, the other documents, and what could not be read, in the order of the mail.

    ``refusal`` says why nothing more is to be sent for one of the forms.
    """

    forms: tuple[FoundForm, ...] = ()
    documents: tuple[Attachment, ...] = ()
    faults: tuple[RemarkRow, ...] = ()
    refusal: str = ""


class FormReader:
    """Reads the forms of one unit."""

    def __init__(
        self, engine: Engine, blobs: BlobStore, *, key: bytes, calendar: WorkingCalendar,
        now: datetime,
    ) -> None:  # fmt: skip
        """Keep what is needed; nothing is read yet."""
        self._engine, self._blobs = engine, blobs
        self._key, self._calendar, self._now = key, calendar, now

    def read(self, files: Sequence[Attachment], *, unit_id: str, asks_form: bool) -> ReadForms:
        """Read every spreadsheet that is a form; others are documents where no form is asked for.

        Beside a form, other spreadsheets are documents, too; another unit's form never is, nor what
        is not safe to open.
        """
        found = ReadForms()
        strange: list[tuple[Attachment, str]] = []
        for file in files:
            if file.media_type != XLSX:
                found = found.model_copy(update={"documents": (*found.documents, file)})
                continue
            try:
                form = self._form(file, unit_id)
                found = found.model_copy(update={"forms": (*found.forms, form)})
            except WorkbookUnreadableError as error:
                strange.append((file, str(error)))
            except RefusedError as error:
                found = found.model_copy(update={"refusal": str(error)})
        is_needed = asks_form and not found.forms
        told = [x for x in strange if is_needed or x[1] != WRONG]
        documents = [file for file, why in strange if (file, why) not in told]
        faults = [
            RemarkRow(field=f"Tệp “{file.name}”", message=why, hint=USE_FORM) for file, why in told
        ]
        return found.model_copy(
            update={"documents": (*found.documents, *documents), "faults": tuple(faults)}
        )

    def _form(self, file: Attachment, unit_id: str) -> FoundForm:
        read = read_answer_workbook(
            self._engine, self._blobs.get(file.sha256), unit_id=unit_id, key=self._key,
            calendar=self._calendar, now=self._now,
        )  # fmt: skip
        return FoundForm(
            file=file, obligation_id=read.obligation_id, answer=read.answer,
            findings=read.findings,
        )  # fmt: skip
