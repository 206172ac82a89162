"""The linter: every check of Nghị định 30/2020/NĐ-CP on one read document."""

from collections import Counter
from collections.abc import Iterable, Sequence

from models import (
    nd30_annexes,
    nd30_body,
    nd30_heading,
    nd30_outline,
    nd30_package,
    nd30_page,
    nd30_signature,
    nd30_title,
    nd30_words,
)
from models.document_rules import Breach, FormVerdict, Medium, RuleSet, Unseen
from models.nd30_anatomy import find_anatomy
from models.nd30_case import Case, Check
from models.nd30_document import ReadDocument

FAMILIES = (
    nd30_page, nd30_heading, nd30_title, nd30_body, nd30_outline, nd30_signature, nd30_annexes,
    nd30_words, nd30_package,
)  # fmt: skip
CHECKS: tuple[Check, ...] = tuple(check for family in FAMILIES for check in family.CHECKS)
_REASONS = {
    Medium.REGISTER: "không kiểm được từ tệp: cần sổ đăng ký và cơ sở dữ liệu của hệ thống",
    Medium.DOCX: "chỉ kiểm được trên tệp DOCX",
    Medium.PDF: "chỉ kiểm được trên tệp PDF",
}
_SCANNED = "tệp là bản quét, không có chữ để kiểm; cần kiểm bằng mắt"
_SEEN_ON_SCANS = frozenset({"F-01", "F-02", "F-65", "F-78", "F-84"})


def lint(read: ReadDocument, rules: RuleSet, *, kind: str | None = None) -> FormVerdict:
    """Return what a document breaks; ``kind`` (BC, CV, KH) overrides its type name."""
    anatomy = find_anatomy(read, rules, kind=kind)
    case = Case(read=read, anatomy=anatomy, rules=rules)
    unseen = unseen_points(read, rules, anatomy.kind)
    judged = {point.id for point in rules.points if point.binds(anatomy.kind)}
    judged -= {one.point for one in unseen}
    found = [breach for check in CHECKS for breach in check(case) if breach.point in judged]
    return FormVerdict(
        rule_set=rules.id,
        kind=anatomy.kind,
        medium=read.medium,
        breaches=limited(found, most=rules.most_findings),
        unseen=unseen,
    )


def unseen_points(read: ReadDocument, rules: RuleSet, kind: str) -> tuple[Unseen, ...]:
    """Return the points about such documents that this file cannot show, and why."""
    found = []
    for point in rules.points:
        if not point.binds(kind):
            continue
        if read.medium not in point.seen_in:
            reason = _REASONS[point.seen_in[0]]
        elif not read.package.has_text and point.id not in _SEEN_ON_SCANS:
            reason = _SCANNED
        else:
            continue
        found.append(Unseen(point=point.id, title=point.title, reason=reason))
    return tuple(found)


def limited(found: Sequence[Breach], *, most: int) -> tuple[Breach, ...]:
    """Return breaches by point, each point's first ``most`` and a count of what is left out."""
    counts = Counter(breach.point for breach in found)
    kept: list[Breach] = []
    for point in sorted(counts):
        mine = [breach for breach in found if breach.point == point]
        kept += mine[:most]
        if len(mine) > most:
            rest = f"Còn {len(mine) - most} chỗ khác cùng lỗi này."
            kept.append(mine[0].model_copy(update={"place": "…", "quote": "", "wrong": rest}))
    return tuple(kept)


def points_of(breaches: Iterable[Breach]) -> frozenset[str]:
    """Return the ids of the points that breaches are of."""
    return frozenset(breach.point for breach in breaches)
