from adapters.document_text import document_text
from tests.adapters.sample_document import final_report, urging_letter


def test_the_text_reads_as_the_document_is_printed() -> None:
    lines = document_text(urging_letter()).splitlines()
    assert lines[:8] == [
        "DỰ THẢO",
        "ỦY BAN NHÂN DÂN",
        "XÃ BÁT MỌT",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số:        /UBND-VHXH",
        "V/v đôn đốc gửi báo cáo kết quả thực hiện Kế hoạch số 87/KH-UBND",
        "Bát Mọt, ngày      tháng 6 năm 2026",
    ]
    assert lines[-1] == "Lê Văn Công"


def test_tables_and_annexes_are_part_of_the_text() -> None:
    text = document_text(final_report())
    assert "Loại hoạt động | Số cuộc | Lượt người | Đơn vị chủ trì" in text
    assert "Phụ lục III\nTÌNH HÌNH GỬI BÁO CÁO CỦA CÁC ĐƠN VỊ" in text


def test_several_addressees_carry_the_way_of_sending_on_the_last() -> None:
    document = final_report(addressees=("Sở A", "Sở B"), addressee_via="(qua Sở C)")
    assert "Kính gửi:\n- Sở A;\n- Sở B (qua Sở C)." in document_text(document)


def test_a_document_for_nobody_in_particular_has_no_kinh_gui() -> None:
    assert "Kính gửi" not in document_text(final_report(addressees=()))


def test_without_day_and_month_both_stay_open() -> None:
    assert "ngày      tháng      năm" in document_text(final_report(issued_on=None))
