"""A final report on the small plan, for the tests of its text and of its figures."""

from datetime import date

from models.coverage import Coverage, CoveredUnit
from models.documents import OfficialDocument, Paragraph, Table
from models.final_report import FinalReport, build_final_report
from models.report_outline import ReportOutline
from models.totals import AcceptedReport, Totals, compute_totals
from tests.report_samples import AS_OF, CATALOGUE, UNITS, dossier, event, report

OUTLINE = ReportOutline.model_validate(
    {
        "id": "mau",
        "labels": {"lua": "cây lúa", "zalo": "Zalo"},
        "sections": [
            {"heading": "Chỉ đạo", "parts": [{"key": "chi_dao", "coverage": True}]},
            {
                "heading": "Kết quả",
                "parts": [
                    {
                        "key": "trong",
                        "heading": "Trống",
                        "sentences": [{"clauses": [{"text": "{KP02} đồng"}]}],
                    },
                    {
                        "key": "tuyen_truyen",
                        "heading": "Tuyên truyền",
                        "sentences": [
                            {
                                "opening": "Đài xã",
                                "clauses": [
                                    {"text": "phát {TT01} lượt"},
                                    {"text": "dài {TT02} phút"},
                                ],
                            },
                            {
                                "clauses": [
                                    {"text": "đăng {TT04} tin"},
                                    {"text": "Zalo {TT04.zalo}"},
                                    {"text": "Facebook {TT04.facebook}"},
                                ]
                            },
                            {
                                "clauses": [
                                    {
                                        "text": "xảy ra {TT06} vụ",
                                        "when_zero": "không xảy ra vụ việc nào",
                                    }
                                ]
                            },
                        ],
                    },
                    {
                        "key": "hoat_dong",
                        "heading": "Hoạt động",
                        "sentences": [
                            {
                                "opening": "Đã tổ chức",
                                "clauses": [
                                    {"text": "{HD01} cuộc"},
                                    {"text": "trong trường {HD01.truong_hoc} cuộc"},
                                    {"text": "chủ đề {HD04}"},
                                ],
                            },
                            {"clauses": [{"text": "đạt {PT01}%"}]},
                        ],
                    },
                ],
            },
            {
                "heading": "Đánh giá",
                "parts": [
                    {"key": "uu_diem", "quotes": ["DG01", "ket_qua"]},
                    {"key": "bai_hoc", "heading": "Bài học"},
                ],
            },
            {
                "heading": "Thời gian tới",
                "parts": [
                    {"key": "nhiem_vu", "free_numbers": True},
                    {"key": "khac", "when_empty": "Không."},
                ],
            },
        ],
    }
)


def covered(*ids: str) -> tuple[CoveredUnit, ...]:
    return tuple(CoveredUnit(unit_id=id_, name=UNITS.unit(id_).name) for id_ in ids)


COVERAGE = Coverage(
    on_time=covered("vhxh", "kt"),
    late=covered("th-th", "dt-hnd"),
    nil=covered("th-th"),
    missing=covered("thon-01"),
)
REPORTS = (
    report(
        "kt",
        {"TT01": 5, "TT04": {"zalo": 2}, "TT06": 0, "DG01": "Có 12 mô hình. ", "KP01": 5_000},
        narrative={"ket_qua": "Đã làm 7 việc"},
    ),
    report(
        "vhxh",
        {"HD01": (event("e", type="truong_hoc"),), "HD03": 40, "HD04": "lua; rung", "TT01": 1_500},
    ),
)


def totals_of(reports: tuple[AcceptedReport, ...] = REPORTS) -> Totals:
    return compute_totals(CATALOGUE, reports, constants={"SO_THON": 9_000})


def built(
    totals: Totals | None = None, *, number: int | None = None, **changes: object
) -> FinalReport:
    given: dict[str, object] = {
        "coverage": COVERAGE,
        "partial": False,
        "edits": {},
        "outline": OUTLINE,
        "include_internal": False,
    }
    given |= changes
    return build_final_report(
        dossier(),
        totals or totals_of(),
        given["coverage"],  # type: ignore[arg-type]  # built from keywords
        number=number,
        issued_on=date(2026, 6, 26) if number else None,
        as_of=AS_OF,
        partial=bool(given["partial"]),
        edits=given["edits"],  # type: ignore[arg-type]  # built from keywords
        outline=given["outline"],  # type: ignore[arg-type]  # built from keywords
        reports=REPORTS,
        include_internal=bool(given["include_internal"]),
    )


def lines(document: OfficialDocument) -> list[str]:
    return [block.text for block in document.body if isinstance(block, Paragraph)]


def cells(document: OfficialDocument, annex: int) -> list[tuple[str, ...]]:
    return [
        row.cells
        for block in document.annexes[annex].blocks
        if isinstance(block, Table)
        for row in block.rows
    ]
