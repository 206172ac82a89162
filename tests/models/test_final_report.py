import pytest

from models.coverage import Coverage
from models.errors import UsageError
from models.final_report import FinalReport, build_final_report, cited, reconcile
from models.plans import LegalBasis
from models.report_outline import ReportOutline
from tests.final_report_samples import COVERAGE, REPORTS, built, cells, covered, lines, totals_of
from tests.report_samples import AS_OF, dossier, event, report

ROOM = "\u00a0" * 6  # no line ends within a blank


def test_the_report_says_the_figures_first_and_only_those_there_are() -> None:
    told = lines(built().document)
    assert "- Đài xã phát 1.505 lượt." in told  # no length was reported: the clause is gone
    assert "- Đăng 02 tin, Zalo 02." in told
    assert "- Không xảy ra vụ việc nào." in told
    assert "- Đã tổ chức 01 cuộc, trong trường 01 cuộc, chủ đề cây lúa, rung." in told
    assert "- Đạt 16,7%." in told


def test_parts_with_nothing_to_say_are_left_out_and_numbers_have_no_gaps() -> None:
    report_ = built()
    told = lines(report_.document)
    assert [t for t in told if t.startswith(("I", "V", "1.", "2.", "3."))] == [
        *(
            "I. CHỈ ĐẠO",
            "II. KẾT QUẢ",
            "1. Tuyên truyền",
            "2. Hoạt động",
            "III. ĐÁNH GIÁ",
            "IV. THỜI GIAN TỚI",
        ),
    ]
    assert report_.unfilled == ("trong", "bai_hoc", "nhiem_vu")
    assert "Không." in told


def test_units_that_did_not_report_are_named_and_never_estimated() -> None:
    told = lines(built().document)
    assert (
        "- Có 4/5 đơn vị gửi báo cáo; 01 đơn vị chưa gửi số liệu, chưa đưa vào tổng hợp: Thôn Vịn."
        in told
    )
    assert "- 01 đơn vị báo cáo không phát sinh: Trường Tiểu học Mẫu." in told


def test_the_other_groups_of_units_stand_apart() -> None:
    coverage = Coverage(waiting=covered("kt"), waived=covered("vhxh"))
    told = lines(built(coverage=coverage).document)
    assert "- Có 1/1 đơn vị gửi báo cáo." in told
    assert "- 01 đơn vị đã gửi, đang được rà soát, chưa đưa vào tổng hợp: Phòng Kinh tế." in told
    assert "- 01 đơn vị được miễn báo cáo: Phòng Văn hóa - Xã hội." in told


def test_units_are_quoted_by_name() -> None:
    report_ = built()
    assert "- “Có 12 mô hình” (Phòng Kinh tế)." in lines(report_.document)
    assert "- “Đã làm 7 việc” (Phòng Kinh tế)." in lines(report_.document)
    assert {quote.submission_id for quote in report_.quotes} == {"kh/BC/kt/1@1"}


def test_units_that_say_the_same_are_quoted_once_and_the_rest_of_many_are_counted() -> None:
    speakers = ("kt", "vhxh", "th-th", "dt-hnd", "thon-01")
    alike = tuple(report(unit, {"DG01": "Nhân dân hưởng ứng tích cực."}) for unit in speakers)
    report_ = built(totals_of(alike))
    told = [line for line in lines(report_.document) if "hưởng ứng tích cực" in line]
    assert len(told) == 1
    assert told[0].endswith("và 02 đơn vị khác).")
    assert {quote.unit_id for quote in report_.quotes if quote.text.startswith("Nhân")} == set(
        speakers
    )


def test_the_frame_is_that_of_a_report_upward() -> None:
    document = built(number=7).document
    assert document.addressees == ("Ủy ban nhân dân tỉnh Mẫu",)
    assert document.addressee_via == "(qua Sở Mẫu)"
    assert document.recipients[0] == "Như trên"
    assert document.recipients[-1] == "Lưu: VT, VHXH"
    assert lines(document)[-1].endswith("./.")
    assert lines(document)[0].startswith(
        "Thực hiện Công văn số 7834/UBND ngày 30 tháng 4 năm 2026 của Ủy ban nhân dân tỉnh Mẫu về việc tổ chức;"
    )
    assert "Kế hoạch số 15/KH-UBND ngày 20 tháng 5 năm 2026" in lines(document)[0]
    assert (
        document.annexes[0].reference
        == f"(Kèm theo Báo cáo số{ROOM}/BC-UBND ngày{ROOM}tháng{ROOM}năm{ROOM}của Ủy ban nhân dân xã Mẫu)"
    )
    assert document.draft_mark is None


def test_a_draft_is_marked_and_its_number_left_blank() -> None:
    document = built(partial=True).document
    assert document.draft_mark == "DỰ THẢO"
    assert (
        "(Số liệu tính đến 17 giờ 00 ngày 25/6/2026, tổng hợp từ báo cáo của 4/5 đơn vị)"
        in lines(document)
    )
    assert "ngày      tháng 6 năm 2026" in document.annexes[0].reference


def test_annexes_show_all_figures_the_events_and_internally_who_reported() -> None:
    document = built(include_internal=True).document
    assert [annex.number for annex in document.annexes] == ["I", "II", "III"]
    first = {row[1]: row for row in cells(document, 0)}
    assert first["Số TT01"][3:5] == ("1.505", "2")
    assert first["Số TT02"][3] == "Chưa có số liệu"
    assert first["Số TT04"][5] == "Zalo: 2"
    assert first["Số TT06"][5] == "Số ước tính"
    assert first["Số KP03"][5] == "Chưa gồm: số KP02"
    assert first["Số CD02"][2] == "đơn vị"
    assert cells(document, 1)[1][1:5] == (
        "Tọa đàm e",
        "10/6/2026",
        "Nhà văn hóa xã",
        "Phòng Văn hóa - Xã hội",
    )
    status = {row[1]: row[2] for row in cells(document, 2)}
    assert status["Trường Tiểu học Mẫu"] == "Đã gửi, quá hạn"
    assert status["Hội Nông dân xã"] == "Đã gửi"  # never shown as late
    assert status["Thôn Vịn"] == "Chưa gửi"
    assert any("Phụ lục I, Phụ lục II, Phụ lục III" in line for line in lines(document))


def test_a_single_annex_has_no_number_and_events_without_a_lead_say_so() -> None:
    alone = built(totals_of((REPORTS[0],))).document
    assert [annex.number for annex in alone.annexes] == [None]
    supported = event("e", role="phối hợp", title="", date="", participants="?")
    orphan = built(totals_of((report("kt", {"HD01": (supported,)}),))).document
    assert cells(orphan, 1)[1][1:] == (
        "e",
        "",
        "Nhà văn hóa xã",
        "Chưa xác định",
        "Phòng Kinh tế",
        "",
    )


def test_where_every_unit_had_nothing_the_annex_says_so() -> None:
    nothing = totals_of((report("kt", {}, nil_reason="Không tổ chức"),))
    document = built(nothing, coverage=Coverage(on_time=covered("kt"), nil=covered("kt"))).document
    assert cells(document, 0)[1][3] == "Không phát sinh"


def test_an_outline_with_an_unknown_figure_is_refused() -> None:
    wrong = {
        "id": "x",
        "sections": [
            {
                "heading": "A",
                "parts": [{"key": "k", "sentences": [{"clauses": [{"text": "{XX}"}]}]}],
            }
        ],
    }
    with pytest.raises(UsageError, match="XX"):
        built(outline=ReportOutline.model_validate(wrong))


def test_a_plan_without_an_outline_gets_a_plain_list() -> None:
    told = lines(built(outline=None).document)
    assert "- Số TT01: 1.505 lượt phát." in told
    assert "- Số TT06: 0 lượt (ước tính)." in told
    assert not any("TT02" in line for line in told)


def test_a_plan_without_basis_number_or_window_still_opens_well() -> None:
    bare = dossier(legal_basis=(), number=None, issued_on=None)
    report_ = build_final_report(
        bare,
        totals_of(),
        COVERAGE,
        number=None,
        issued_on=None,
        as_of=AS_OF,
        partial=False,
        edits={},
    )
    assert lines(report_.document)[0].startswith(
        "Ủy ban nhân dân xã Mẫu đã ban hành Kế hoạch số       /KH-UBND"
    )
    assert reconcile(report_, totals_of()) == ()


def test_a_document_is_cited_by_what_is_known_of_it() -> None:
    bare = LegalBasis(type_name="Nghị quyết", number="57-NQ/TW", agency="Bộ Chính trị")
    assert cited(bare) == "Nghị quyết số 57-NQ/TW của Bộ Chính trị"
    assert cited(bare.model_copy(update={"subject": "ban hành Chương trình"})).endswith(
        "Bộ Chính trị ban hành Chương trình"
    )


def test_the_report_survives_storage() -> None:
    report_ = built()
    assert FinalReport.model_validate_json(report_.model_dump_json()) == report_
