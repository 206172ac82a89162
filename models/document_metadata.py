"""What travels with an outgoing document: the fields of Phụ lục VI, NĐ 30/2020/NĐ-CP (F-79)."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from models.documents import OfficialDocument
from models.plans import Plan
from models.values import Value
from models.vietnamese import format_day, sentence_case

LANGUAGE = "Tiếng Việt"
ORDINARY = "Thường"  # độ khẩn; the system produces no urgent and no secret document (F-77)
_CUT = " …"


class SignerInfo(Value):
    """Who signed: full name and title."""

    full_name: Annotated[str, StringConstraints(max_length=50)]
    title: Annotated[str, StringConstraints(max_length=100)]


class DocumentMetadata(Value):
    """The input fields of an outgoing document, in the order of the annex, with its lengths."""

    file_code: Annotated[str, StringConstraints(max_length=60)]  # mã hồ sơ
    doc_ordinal: int = Field(ge=1)  # số thứ tự văn bản trong hồ sơ
    type_name: Annotated[str, StringConstraints(max_length=100)]
    code_number: Annotated[str, StringConstraints(max_length=11)]
    code_notation: Annotated[str, StringConstraints(max_length=30)]
    issued_date: date
    organ_name: Annotated[str, StringConstraints(max_length=200)]
    subject: Annotated[str, StringConstraints(max_length=500)]
    language: Annotated[str, StringConstraints(max_length=100)] = LANGUAGE
    page_amount: int = Field(ge=1)
    signer_info: SignerInfo
    to: tuple[Annotated[str, StringConstraints(max_length=500)], ...]
    priority: Annotated[str, StringConstraints(max_length=10)] = ORDINARY
    issued_amount: int = Field(ge=1)
    due_date: date | None = None

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """The plain fields by their names in the annex; days as dd/mm/yyyy."""
        return (
            ("FileCode", self.file_code),
            ("DocOrdinal", str(self.doc_ordinal)),
            ("TypeName", self.type_name),
            ("CodeNumber", self.code_number),
            ("CodeNotation", self.code_notation),
            ("IssuedDate", self.issued_date.strftime("%d/%m/%Y")),
            ("OrganName", self.organ_name),
            ("Subject", self.subject),
            ("Language", self.language),
            ("PageAmount", str(self.page_amount)),
            ("Priority", self.priority),
            ("IssuedAmount", str(self.issued_amount)),
            ("DueDate", self.due_date.strftime("%d/%m/%Y") if self.due_date else ""),
        )


def metadata_of(
    document: OfficialDocument, plan: Plan, *, page_amount: int, recipients: tuple[str, ...]
) -> DocumentMetadata:
    """Return the metadata of a numbered and dated document.

    Raises:
        ValueError: the document has no number or no day.
    """
    if document.number is None or document.issued_on is None:
        raise ValueError("an unnumbered document has no metadata")
    return DocumentMetadata(
        file_code=f"{plan.agency.code or plan.commune_tag}.{document.issued_on.year}.{plan.code}",
        doc_ordinal=1,
        type_name=sentence_case((document.type_name or "Công văn").casefold()),
        code_number=f"{document.number:02d}",
        code_notation=document.symbol,
        issued_date=document.issued_on,
        organ_name=cut(plan.agency.name, 200),
        subject=cut(document.subject, 500),
        page_amount=page_amount,
        signer_info=SignerInfo(
            full_name=cut(document.signer_name, 50),
            title=cut(sentence_case(document.authority_lines[-1].casefold()), 100),
        ),
        to=tuple(cut(name, 500) for name in recipients),
        issued_amount=max(1, len(recipients)),
    )


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters, with a mark where it was cut."""
    return text if len(text) <= most else text[: most - len(_CUT)] + _CUT


def dated(metadata: DocumentMetadata) -> str:
    """Tell number, notation and day in one phrase."""
    number = f"{metadata.code_number}/{metadata.code_notation}"
    return f"số {number} ngày {format_day(metadata.issued_date)}"
