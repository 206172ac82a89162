"""Points that only the register can judge: number, order, recipients, authority, metadata."""

from datetime import date

from models.agencies import Signer
from models.document_rules import Breach, Breaches, RuleSet
from models.documents import OfficialDocument
from models.plans import Plan
from models.report_wording import in_full
from models.values import Value
from models.vietnamese import fold_key, format_day

_SUPERIORS = {"KT.": "Phó ", "TUQ.": "", "TL.": ""}


class IssuedNumber(Value):
    """A number of the register: whose it is and on what day it was given."""

    owner: str
    number: int
    issued_on: date


class RegisterFacts(Value):
    """What the register knows about one document.

    ``others`` are the other numbers of the commune in that year and series; ``breaks`` are the
    figures that do not reconcile; ``altered`` names stored files and contents that changed.
    """

    others: tuple[IssuedNumber, ...] = ()
    numbered_on: date | None = None
    breaks: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    page_amount: int | None = None
    signer: Signer | None = None  # who decided in the place of the plan's signer


def register_breaches(
    document: OfficialDocument, plan: Plan, facts: RegisterFacts, rules: RuleSet
) -> Breaches:
    """Yield what the register contradicts of a report that a plan's agency issues."""
    told = _Told(rules)
    yield from _agency(document, plan, told)
    yield from _number(document, facts, told)
    yield from _recipients(document, plan, told)
    yield from _authority(document, facts.signer or plan.signer, told)
    yield from _metadata(document, plan, facts, told)
    for line in facts.breaks:
        yield told("F-83", "phụ lục, cơ sở dữ liệu", line)
    for name in facts.altered:
        yield told("F-85", "kho tệp", f"{name} đã thay đổi sau khi ghi nhận.")


class _Told:
    """Tells a breach of a point of the rule set."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules

    def __call__(self, point_id: str, place: str, wrong: str, *, quote: str = "") -> Breach:
        point = self.rules.point(point_id)
        return Breach(
            point=point_id, severity=point.severity, place=place, quote=quote, wrong=wrong,
            mend=point.mend, clause=point.clause,
        )  # fmt: skip


def _agency(document: OfficialDocument, plan: Plan, told: _Told) -> Breaches:
    wanted = plan.agency.header_lines
    if document.agency_lines != wanted or document.parent_line is not None:
        found = " / ".join(
            (*((document.parent_line,) if document.parent_line else ()), *document.agency_lines)
        )
        wrong = f"Danh mục ghi “{' / '.join(wanted)}”, không có cơ quan chủ quản."
        yield told("F-22", "đầu trang 1", wrong, quote=found)


def _number(document: OfficialDocument, facts: RegisterFacts, told: _Told) -> Breaches:
    number, day = document.number, document.issued_on
    if number is None or day is None:
        return
    quote = f"{number:02d}/{document.symbol}"
    for other in facts.others:
        if other.number == number:
            yield told("F-28", "số, ký hiệu", f"Số đã cấp cho {other.owner}.", quote=quote)
        elif (other.number < number) is (other.issued_on > day):
            wrong = f"Số {other.number:02d} mang ngày {format_day(other.issued_on)}."
            yield told("F-31", "ngày ban hành", wrong, quote=f"{quote} ngày {format_day(day)}")
    if facts.numbered_on is not None and day > facts.numbered_on:
        wrong = f"Ngày ban hành sau ngày vào sổ {format_day(facts.numbered_on)}."
        yield told("F-31", "ngày ban hành", wrong, quote=format_day(day))


def _recipients(document: OfficialDocument, plan: Plan, told: _Told) -> Breaches:
    named = {fold_key(in_full(line)) for line in document.recipients}
    addressed = {fold_key(in_full(line)) for line in document.addressees}
    if fold_key(in_full(plan.parent.name)) not in addressed | named:
        yield told("F-58", "Kính gửi", f"Thiếu {plan.parent.name}.")
    if not any(fold_key(in_full(plan.channel.name)) in line for line in named):
        yield told("F-58", "Nơi nhận", f"Thiếu {plan.channel.name}.")


def _authority(document: OfficialDocument, signer: Signer, told: _Told) -> Breaches:
    lines = document.authority_lines
    if document.signer_name != signer.full_name or lines != signer.authority_lines:
        wrong = f"Người có thẩm quyền ký là {signer.title} {signer.full_name}."
        quote = " / ".join((*lines, document.signer_name))
        yield told("F-60", "chữ ký", wrong, quote=quote)
    for mark, rank in _SUPERIORS.items():
        marked = any(line.startswith(mark) for line in lines)
        if marked and not signer.title.startswith(rank):
            yield told("F-60", "chữ ký", f"{signer.title} không ký {mark}", quote=" / ".join(lines))
    if lines and fold_key(lines[-1]) != fold_key(signer.title):
        yield told("F-61", "chữ ký", f"Chức vụ trong danh mục: {signer.title}.", quote=lines[-1])


def metadata_of(document: OfficialDocument, plan: Plan, facts: RegisterFacts) -> dict[str, str]:
    """Return the data that goes with an issued document (Phụ lục VI); unknown is empty."""
    issued = document.issued_on
    return {
        "FileCode": plan.code,
        "DocOrdinal": "1",
        "TypeName": (document.type_name or "Công văn").capitalize(),
        "CodeNumber": "" if document.number is None else f"{document.number:02d}",
        "CodeNotation": document.symbol,
        "IssuedDate": "" if issued is None else issued.isoformat(),
        "OrganName": plan.agency.name,
        "Subject": document.subject,
        "Language": "Tiếng Việt",
        "PageAmount": "" if facts.page_amount is None else str(facts.page_amount),
        "SignerInfo": document.signer_name,
        "To": "; ".join(document.addressees or document.recipients),
        "Priority": "Thường",
        "IssuedAmount": "1",
    }


def _metadata(
    document: OfficialDocument, plan: Plan, facts: RegisterFacts, told: _Told
) -> Breaches:
    if document.number is None:
        return  # văn thư makes the metadata when giving the number
    point = told.rules.point("F-79")
    known = metadata_of(document, plan, facts)
    for name in point.lists["fields"]:
        value = known.get(name, "")
        if not value:
            yield told("F-79", "dữ liệu đặc tả", f"Thiếu {name}.")
        elif len(value) > point.limits.get(name, len(value)):
            yield told("F-79", "dữ liệu đặc tả", f"{name} dài {len(value)} ký tự.", quote=value)
