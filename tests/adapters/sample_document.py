"""A realistic final report and a công văn, in the outline of the plan, for the document tests."""

from datetime import date

from models.documents import (
    Block,
    Column,
    ColumnAlign,
    OfficialDocument,
    Paragraph,
    ParagraphStyle,
    Run,
    Table,
    TableRow,
)
from tests.adapters.sample_annexes import event_annex, indicator_annex, internal_annex

THEME = "Ngày Khoa học, Công nghệ và Đổi mới sáng tạo Việt Nam"


def body(text: str) -> Paragraph:
    return Paragraph(runs=(Run(text=text),))


def section(text: str) -> Paragraph:
    return Paragraph(style=ParagraphStyle.SECTION, runs=(Run(text=text),))


def clause(text: str) -> Paragraph:
    return Paragraph(style=ParagraphStyle.CLAUSE, runs=(Run(text=text),))


def point(text: str) -> Paragraph:
    return Paragraph(style=ParagraphStyle.POINT, runs=(Run(text=text),))


def note(text: str) -> Paragraph:
    return Paragraph(style=ParagraphStyle.NOTE, runs=(Run(text=text),))


def _direction() -> tuple[Block, ...]:
    return (
        section("I. Công tác lãnh đạo, chỉ đạo, triển khai"),
        body(
            "Ngay sau khi có văn bản chỉ đạo của Ủy ban nhân dân tỉnh, Ủy ban nhân dân xã đã ban hành 04 văn bản chỉ đạo, triển khai; phân công cụ thể 18 nhiệm vụ cho 07 nhóm đơn vị; tổ chức 06 cuộc kiểm tra, đôn đốc tại các thôn và trường học."
        ),
        body(
            "Đến hết ngày 22/6/2026, có 24/26 đơn vị xây dựng kế hoạch chi tiết (đạt 92,3%); Văn phòng HĐND - UBND đã rà soát 24 kế hoạch, trả lại, yêu cầu điều chỉnh 03 kế hoạch. Có 42/45 đơn vị gửi báo cáo; 03 đơn vị chưa gửi số liệu, chưa đưa vào tổng hợp."
        ),
    )


def _results() -> tuple[Block, ...]:
    return (
        section("II. Kết quả thực hiện"),
        clause("1. Tuyên truyền, phổ biến chủ trương, chính sách"),
        body(
            "Hệ thống truyền thanh xã và 19 thôn phát 312 lượt với tổng thời lượng 2.496 phút; đăng 27 tin, bài trên Trang thông tin điện tử xã; 146 tin, bài, video trên mạng xã hội (Facebook 88, Zalo 52, Instagram 06) với khoảng 41.200 lượt tiếp cận; treo 64 băng rôn, 118 khẩu hiệu, pa nô, áp phích; phát 3.450 tờ rơi."
        ),
        body(
            "Tổ chức 38 buổi họp thôn và 29 buổi sinh hoạt đoàn thể, sinh hoạt dưới cờ có nội dung tuyên truyền Nghị quyết số 57-NQ/TW của Bộ Chính trị, thu hút 4.126 lượt người tham gia; biên soạn 05 tài liệu, ấn phẩm."
        ),
        note("(Số liệu chi tiết tại Phụ lục I kèm theo)"),
        clause("2. Tổ chức các hoạt động hưởng ứng"),
        body(
            "Toàn xã tổ chức 09 cuộc tọa đàm, 04 hội thảo chuyên đề với 736 lượt người dự; 07 cuộc thi tìm hiểu, sáng tạo về khoa học và công nghệ (06 cuộc trong trường học, 01 cuộc trong cộng đồng) với 1.018 lượt người dự thi, 143 sản phẩm sáng tạo, trao 41 giải thưởng. Một số kết quả chính:"
        ),
        Table(
            columns=(
                Column(title="Loại hoạt động", weight=4),
                Column(title="Số cuộc", weight=1.5, align=ColumnAlign.RIGHT),
                Column(title="Lượt người", weight=1.5, align=ColumnAlign.RIGHT),
                Column(title="Đơn vị chủ trì", weight=3),
            ),
            rows=(
                TableRow(
                    cells=(
                        "Tọa đàm ứng dụng khoa học kỹ thuật trong nông nghiệp",
                        "9",
                        "512",
                        "Phòng Kinh tế",
                    )
                ),
                TableRow(
                    cells=(
                        "Hội thảo chuyên đề bảo vệ môi trường",
                        "4",
                        "224",
                        "Phòng Văn hóa - Xã hội",
                    )
                ),
                TableRow(
                    cells=(
                        "Cuộc thi tìm hiểu, sáng tạo",
                        "7",
                        "1.018",
                        "Các trường học, Đoàn Thanh niên",
                    )
                ),
            ),
        ),
        clause("3. Ứng dụng khoa học, công nghệ và đổi mới sáng tạo vào thực tiễn"),
        body(
            "Cung cấp thông tin, tư vấn kỹ thuật cho 286 hộ gia đình; hỗ trợ 05 hợp tác xã, tổ hợp tác; tổ chức 06 buổi trình diễn, 04 buổi chuyển giao công nghệ, 02 chuyến tham quan mô hình với 417 lượt người tham gia. Hoàn thiện hồ sơ 02 sản phẩm OCOP (mật ong rừng, măng khô)."
        ),
        point(
            "a) Mô hình trồng quế hữu cơ tại thôn Vịn: 12 hộ, 8,5 ha, tỷ lệ cây sống đạt 94,2% sau 60 ngày; áp dụng hệ thống tưới tiết kiệm nước."
        ),
        point(
            "b) Mô hình nuôi cá lồng tại thôn Khẹo: 07 hộ, 21 lồng, sử dụng thiết bị đo chất lượng nước và nhật ký điện tử."
        ),
        point(
            "c) Mô hình bảo quản măng khô bằng máy sấy năng lượng mặt trời tại thôn Đục: 01 tổ hợp tác, công suất 120 kg/mẻ."
        ),
        clause("4. Nâng cao năng lực cán bộ và cộng đồng"),
        body(
            "Tổ chức 05 lớp tập huấn, bồi dưỡng (02 lớp khoa học và công nghệ, 03 lớp công nghệ thông tin, chuyển đổi số) cho 268 lượt học viên, trong đó: 74 lượt cán bộ, công chức xã; 38 lượt trưởng thôn; 96 lượt đại diện đoàn thể; 60 lượt đối tượng khác. Tỷ lệ trưởng thôn được tập huấn đạt 100%."
        ),
        clause("5. Công tác bảo đảm an toàn; tuân thủ pháp luật"),
        body(
            "Không phát sinh vụ việc mất an ninh, an toàn, vệ sinh, dịch bệnh trong quá trình tổ chức các hoạt động. Đã thực hiện 14 tin, bài, buổi tuyên truyền pháp luật về sở hữu trí tuệ, chuyển giao công nghệ."
        ),
        clause("6. Kinh phí"),
        body(
            "Tổng kinh phí thực hiện 86.450.000 đồng, gồm ngân sách xã 58.000.000 đồng và nguồn huy động hợp pháp khác 28.450.000 đồng."
        ),
    )


def _assessment() -> tuple[Block, ...]:
    return (
        section("III. Đánh giá chung"),
        clause("1. Ưu điểm"),
        body(
            "Các đơn vị chủ động xây dựng kế hoạch chi tiết, tổ chức hoạt động đúng tiến độ; 100% trường học trên địa bàn có hoạt động hưởng ứng; công tác tuyên truyền trên mạng xã hội tăng so với năm 2025, tiếp cận được thanh niên và học sinh tại các thôn vùng cao."
        ),
        clause("2. Tồn tại, hạn chế"),
        body(
            "Còn 02 đơn vị chưa xây dựng kế hoạch chi tiết; 03 đơn vị chưa gửi báo cáo. Số sản phẩm sáng tạo trong cộng đồng còn ít (09/143 sản phẩm); một số thôn chưa có đường truyền ổn định nên việc tập huấn trực tuyến gặp khó khăn."
        ),
        clause("3. Nguyên nhân"),
        body(
            "Nguyên nhân khách quan: địa bàn rộng, chia cắt, mưa lũ từ ngày 08/6 đến ngày 11/6/2026 làm 02 hoạt động phải lùi thời gian tổ chức. Nguyên nhân chủ quan: một số đơn vị chưa phân công người làm đầu mối tổng hợp số liệu ngay từ đầu."
        ),
        clause("4. Bài học kinh nghiệm; mô hình, cách làm hay"),
        body(
            "Giao đầu mối và biểu số liệu thống nhất ngay khi ban hành kế hoạch; lồng ghép tuyên truyền trong họp thôn và sinh hoạt dưới cờ; mô hình “Mỗi thôn một nhóm học số” tại 06 thôn đã hỗ trợ 172 người dân sử dụng dịch vụ công trực tuyến."
        ),
        section("IV. Nhiệm vụ, giải pháp thời gian tới"),
        body(
            "Tiếp tục triển khai Nghị quyết số 57-NQ/TW; duy trì chuyên mục trên hệ thống truyền thanh xã; nhân rộng 03 mô hình ứng dụng khoa học, công nghệ có hiệu quả; tổ chức ít nhất 02 lớp tập huấn chuyển đổi số trong quý IV năm 2026."
        ),
        section("V. Đề xuất, kiến nghị"),
        clause("1. Với Ủy ban nhân dân tỉnh"),
        body(
            "Quan tâm đầu tư hạ tầng viễn thông tại các thôn chưa có sóng di động ổn định; bố trí kinh phí hỗ trợ nhân rộng mô hình ứng dụng khoa học, công nghệ tại các xã miền núi."
        ),
        clause("2. Với Sở Khoa học và Công nghệ"),
        body(
            "Hỗ trợ tài liệu tuyên truyền, cử chuyên gia hướng dẫn kỹ thuật bảo quản nông sản và đăng ký nhãn hiệu tập thể cho sản phẩm mật ong rừng Bát Mọt."
        ),
        body(
            f"Trên đây là báo cáo kết quả tổ chức các hoạt động hưởng ứng {THEME} năm 2026, Ủy ban nhân dân xã Bát Mọt kính báo cáo Ủy ban nhân dân tỉnh (qua Sở Khoa học và Công nghệ) theo dõi, tổng hợp./."
        ),
    )


def final_report(**changes: object) -> OfficialDocument:
    """Return the report of domain.md 3.4 with three annexes; ``changes`` replace fields."""
    fields: dict[str, object] = {
        "agency_lines": ("ỦY BAN NHÂN DÂN", "XÃ BÁT MỌT"),
        "number": 112,
        "symbol": "BC-UBND",
        "place": "Bát Mọt",
        "issued_on": date(2026, 6, 26),
        "type_name": "Báo cáo",
        "subject": f"Kết quả tổ chức các hoạt động hưởng ứng {THEME} năm 2026",
        "addressees": ("Ủy ban nhân dân tỉnh Thanh Hóa",),
        "addressee_via": "(qua Sở Khoa học và Công nghệ)",
        "body": (
            body(
                f"Thực hiện Công văn số 7834/UBND-CNXDKH ngày 30 tháng 4 năm 2026 của Ủy ban nhân dân tỉnh Thanh Hóa về việc tổ chức các hoạt động hưởng ứng {THEME}; Ủy ban nhân dân xã Bát Mọt đã ban hành Kế hoạch số 87/KH-UBND ngày 11 tháng 5 năm 2026 và tổ chức thực hiện. Kết quả cụ thể như sau:"
            ),
            *_direction(),
            *_results(),
            *_assessment(),
        ),
        "recipients": (
            "Như trên",
            "Sở KH&CN (để b/c)",
            "Thường trực Đảng ủy, HĐND xã (để b/c)",
            "Chủ tịch, các PCT UBND xã",
            "Lưu: VT, VHXH",
        ),
        "authority_lines": ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
        "signer_name": "Lê Văn Công",
        "annexes": (indicator_annex(), event_annex(), internal_annex()),
    }
    return OfficialDocument.model_validate({**fields, **changes})


def urging_letter(**changes: object) -> OfficialDocument:
    """Return the công văn of domain.md 4.4: no type name, V/v, two addressees, blanks."""
    fields: dict[str, object] = {
        "agency_lines": ("ỦY BAN NHÂN DÂN", "XÃ BÁT MỌT"),
        "number": None,
        "symbol": "UBND-VHXH",
        "place": "Bát Mọt",
        "issued_on": None,
        "month_hint": (6, 2026),
        "type_name": None,
        "subject": "đôn đốc gửi báo cáo kết quả thực hiện Kế hoạch số 87/KH-UBND",
        "addressees": ("Trường Tiểu học Bát Mọt", "Thôn Vịn", "Thôn Khẹo"),
        "body": (
            body(
                "Ngày 11 tháng 5 năm 2026, Ủy ban nhân dân xã ban hành Kế hoạch số 87/KH-UBND; trong đó giao các đơn vị gửi báo cáo kết quả về Ủy ban nhân dân xã (qua Phòng Văn hóa - Xã hội) trước ngày 22/6/2026. Đến ngày 23/6/2026, còn 03 đơn vị chưa gửi báo cáo."
            ),
            point("1. Khẩn trương hoàn thành và gửi báo cáo trước 17 giờ 00 ngày 24/6/2026."),
            body("Ủy ban nhân dân xã đề nghị các đơn vị quan tâm, thực hiện./."),
        ),
        "recipients": ("Như trên", "Lưu: VT, VHXH"),
        "authority_lines": ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
        "signer_name": "Lê Văn Công",
        "draft_mark": "DỰ THẢO",
    }
    return OfficialDocument.model_validate({**fields, **changes})
