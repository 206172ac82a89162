"""The three annexes of the sample final report: indicators, events, reporting units."""

from models.documents import Annex, Column, ColumnAlign, Paragraph, Run, Table, TableRow

CENTER, RIGHT = ColumnAlign.CENTER, ColumnAlign.RIGHT
ATTACHED = (
    "(Kèm theo Báo cáo số        /BC-UBND ngày      tháng 6 năm 2026"
    " của Ủy ban nhân dân xã Bát Mọt)"
)


def indicator_annex() -> Annex:
    rows = [TableRow(cells=("A. Chỉ đạo, triển khai và tuyên truyền",), heading=True)]
    for index in range(1, 56):
        if index == 29:
            rows.append(TableRow(cells=("B. Ứng dụng, tập huấn, kinh phí",), heading=True))
        name = (
            "Số lượt phát trên hệ thống truyền thanh xã"
            if index % 3
            else "Số tin, bài, video trên mạng xã hội (theo nền tảng: Facebook, Zalo, Instagram, khác)"
        )
        rows.append(
            TableRow(
                cells=(
                    str(index),
                    name,
                    "lượt phát" if index % 3 else "tin, bài",
                    f"{index * 1237:,}".replace(",", "."),
                    f"{20 + index % 25}/45",
                    "Ước tính" if index % 7 == 0 else "",
                )
            )
        )
    columns = (
        Column(title="TT", weight=1, align=CENTER),
        Column(title="Chỉ tiêu", weight=8),
        Column(title="Đơn vị tính", weight=2.2, align=CENTER),
        Column(title="Kết quả", weight=2.2, align=RIGHT),
        Column(title="Đơn vị có số liệu", weight=2.2, align=CENTER),
        Column(title="Ghi chú", weight=2),
    )
    return Annex(
        number="I",
        title="Tổng hợp kết quả theo chỉ tiêu",
        reference=ATTACHED,
        blocks=(Table(columns=columns, rows=tuple(rows)),),
    )


def event_annex() -> Annex:
    columns = (
        Column(title="TT", weight=1, align=CENTER),
        Column(title="Ngày", weight=2.2, align=CENTER),
        Column(title="Tên hoạt động", weight=8),
        Column(title="Loại", weight=3),
        Column(title="Địa điểm", weight=5),
        Column(title="Đơn vị chủ trì", weight=4),
        Column(title="Đơn vị phối hợp", weight=4),
        Column(title="Số người", weight=2, align=RIGHT),
        Column(title="Nguồn số liệu", weight=3),
    )
    rows = tuple(
        TableRow(
            cells=(
                str(index),
                f"{index:02d}/6/2026",
                "Tọa đàm ứng dụng tiến bộ khoa học kỹ thuật trong trồng quế hữu cơ và chăn nuôi",
                "Tọa đàm",
                f"Nhà văn hóa thôn {('Vịn', 'Khẹo', 'Đục', 'Phống')[index % 4]}",
                "Phòng Kinh tế",
                "Hội Nông dân xã",
                str(30 + index),
                f"BC-{index:02d}",
            )
        )
        for index in range(1, 21)
    )
    return Annex(
        number="II",
        title="Danh sách hoạt động đã tổ chức",
        reference=ATTACHED,
        blocks=(Table(columns=columns, rows=rows),),
        landscape=True,
    )


def internal_annex() -> Annex:
    rows = tuple(
        TableRow(
            cells=(
                str(index),
                f"Thôn số {index}",
                "Đã gửi" if index % 9 else "Chưa gửi",
                f"{10 + index % 12}/6/2026" if index % 9 else "",
            )
        )
        for index in range(1, 46)
    )
    return Annex(
        number="III",
        title="Tình hình gửi báo cáo của các đơn vị",
        reference="(Tài liệu lưu nội bộ, không gửi kèm báo cáo)",
        blocks=(
            Paragraph(runs=(Run(text="Số liệu tính đến 17 giờ 00 ngày 22/6/2026."),)),
            Table(
                columns=(
                    Column(title="TT", align=CENTER),
                    Column(title="Đơn vị", weight=5),
                    Column(title="Tình trạng", weight=2),
                    Column(title="Ngày gửi", weight=2, align=CENTER),
                ),
                rows=rows,
            ),
        ),
    )
