"""Lint of a plan's words: slips that recur in administrative Vietnamese, and vague terms."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from models.lint_findings import Findings, LintFinding, LintRule
from models.plans import PlanDossier


class Slip(NamedTuple):
    """A way of writing to notice, and what is done about it."""

    code: str
    title: str
    pattern: re.Pattern[str]
    default: str


_KEEP = "giữ nguyên văn khi lưu, viết đúng trong văn bản do hệ thống lập: "

SLIPS = (
    Slip(
        "L18",
        "Chức danh cũ",
        re.compile(r"Công chức Văn hóa - Xã hội"),
        "hiểu là công chức đầu mối của Phòng Văn hóa - Xã hội",
    ),
    Slip(
        "L21",
        "Lỗi chính tả",
        re.compile(r"\bcông thông tin điện tử"),
        _KEEP + "“cổng thông tin điện tử”",
    ),
    Slip(
        "L22",
        "Lỗi chính tả làm đổi đối tượng",
        re.compile(r"\btrường thôn\b"),
        _KEEP + "“trưởng thôn”",
    ),
    Slip("L23", "Lỗi chính tả", re.compile(r"\bVHXXH\b"), _KEEP + "“VHXH”"),
    Slip("L23", "Lưu: thiếu dấu phẩy", re.compile(r"Lưu: VT\.\s*\w+"), _KEEP + "“Lưu: VT, ….”"),
    Slip(
        "L25",
        "Viết hoa sai",
        re.compile(r"Ủy Ban Nhân Dân|Uỷ Ban Nhân Dân|Hội Đồng Nhân Dân"),
        _KEEP + "“Ủy ban nhân dân”, “Hội đồng nhân dân”",
    ),
    Slip(
        "L27",
        "Cách ghi ngày tháng",
        re.compile(r"\b\d{1,2}/0[3-9]/\d{4}\b"),
        "chỉ thêm số 0 trước ngày nhỏ hơn 10 và tháng 1, 2 (Nghị định 30/2020/NĐ-CP)",
    ),
    Slip(
        "L27",
        "Cách ghi ngày tháng",
        re.compile(r"\b[1-9]/(?:\d|1[0-2])/\d{4}\b"),
        "chỉ thêm số 0 trước ngày nhỏ hơn 10 và tháng 1, 2 (Nghị định 30/2020/NĐ-CP)",
    ),
    Slip(
        "L36",
        "Từ ngữ không rõ đối tượng",
        re.compile(r"các (?:đơn vị|đối tượng|ban, ngành|cơ quan) liên quan|các khu vực công cộng"),
        "giữ làm lời văn, không giao việc theo cụm từ này",
    ),
    Slip("L42", "Liệt kê để mở", re.compile(r",?\s*\.\.\.|,\s*…"), "thêm lựa chọn “khác”"),
)


def slips(dossier: PlanDossier, _day: date) -> Findings:
    """Yield each slip once per text it stands in."""
    for where, text in _texts(dossier):
        for slip in SLIPS:
            if found := slip.pattern.search(text):
                yield LintFinding(
                    code=slip.code,
                    title=slip.title,
                    where=where,
                    message=f"“{found[0].strip()}”",
                    default=slip.default,
                )


def capital_summaries(dossier: PlanDossier, _day: date) -> Findings:
    """Yield a trích yếu written in capitals or closed by a full stop."""
    for where, text in _texts(dossier):
        if text.casefold().startswith("về việc") and (text.isupper() or text.endswith(".")):
            yield LintFinding(
                code="L26",
                title="Trích yếu viết hoa hoặc có dấu chấm cuối",
                where=where,
                message=f"“{text[:60]}…”",
                default="in chữ thường, đậm, không có dấu chấm cuối",
            )


def _texts(dossier: PlanDossier) -> Iterator[tuple[str, str]]:
    plan = dossier.plan
    yield "place_date_wording", plan.place_date_wording
    yield "signer", plan.signer.source_wording
    yield from ((recipient.id, recipient.name) for recipient in plan.recipients)
    yield from plan.verbatim.items()


WORDING_RULES: tuple[LintRule, ...] = (slips, capital_summaries)
