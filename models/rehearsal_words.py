"""Words of invented answers: what an event, a person or a thing may be called."""

TOPICS = (
    "ứng dụng khoa học kỹ thuật trong trồng trọt, chăn nuôi",
    "phát triển kinh tế hộ gia đình gắn với chuyển đổi số",
    "phân loại, xử lý rác thải và bảo vệ nguồn nước",
    "kỹ năng số và dịch vụ công trực tuyến cho người dân",
    "bảo quản nông sản sau thu hoạch",
    "đổi mới sáng tạo trong thanh, thiếu niên",
)
PRACTICES = (
    "thâm canh lúa, ngô bằng giống mới",
    "ủ phân hữu cơ từ phụ phẩm nông nghiệp",
    "sấy, bảo quản măng và dược liệu",
    "phòng bệnh cho đàn vật nuôi",
)
PRACTICAL = ("Buổi trình diễn kỹ thuật", "Buổi chuyển giao công nghệ", "Chuyến tham quan mô hình")
# The first word of the pair is looked for in the indicator's name; the second begins the title.
EVENT_NAMES = (
    ("tọa đàm", "Tọa đàm"),
    ("hội thảo", "Hội thảo chuyên đề"),
    ("cuộc thi", "Cuộc thi tìm hiểu"),
    ("trình diễn", "Buổi trình diễn kỹ thuật"),
    ("chuyển giao", "Buổi chuyển giao công nghệ"),
    ("tham quan", "Chuyến tham quan mô hình"),
    ("tập huấn", "Lớp tập huấn"),
    ("hướng dẫn", "Buổi hướng dẫn"),
)
OTHER_EVENT = "Hoạt động"
HALL = "Nhà văn hóa xã"

FAMILY_NAMES = ("Lang", "Lò", "Vi", "Cầm", "Hà", "Lương", "Lê", "Ngân")
GIVEN_NAMES = ("Văn Hợp", "Thị Mai", "Văn Thành", "Thị Xuân", "Văn Tuấn", "Thị Hương", "Văn Quý")

THINGS = {
    "mô hình": (
        "Mô hình nuôi vịt Cổ Lũng an toàn sinh học",
        "Mô hình trồng quế xen dược liệu",
        "Mô hình tưới tiết kiệm cho vườn cây ăn quả",
    ),
    "sản phẩm": ("Măng khô", "Mật ong rừng", "Gạo nếp nương"),
    "HTX/THT": ("Hợp tác xã nông lâm nghiệp", "Tổ hợp tác chăn nuôi", "Tổ hợp tác dược liệu"),
    "đầu mối": (
        "Ngân hàng Chính sách xã hội - phòng giao dịch khu vực",
        "Trung tâm Khuyến nông tỉnh",
        "Hợp tác xã tiêu thụ nông sản",
    ),
}
OTHER_THINGS = ("Nội dung thứ nhất", "Nội dung thứ hai", "Nội dung thứ ba")

# How many of a thing one unit has, by the word the indicator is counted in.
AMOUNTS = {
    "lượt phát": (8, 24),
    "tin, bài": (2, 8),
    "tin/buổi": (1, 5),
    "chiếc": (1, 6),
    "bản": (30, 150),
    "buổi": (1, 4),
    "lượt người": (20, 90),
    "lượt": (15, 120),
    "văn bản": (1, 2),
    "tài liệu": (1, 3),
    "cuộc": (1, 2),
    "hồ sơ": (8, 20),
    "tài khoản": (20, 120),
    "video": (1, 3),
    "giải": (3, 9),
    "sản phẩm": (2, 9),
}
OTHER_AMOUNT = (1, 5)

OPINIONS = (
    (
        "ưu điểm",
        (
            "Hoạt động tổ chức đúng kế hoạch, thiết thực, thu hút được đông đảo người tham gia.",
            (
                "Cán bộ, hội viên và Nhân dân hưởng ứng tích cực; nhận thức về khoa học, công nghệ "
                "và đổi mới sáng tạo được nâng lên."
            ),
            "Nội dung tuyên truyền ngắn gọn, dễ hiểu, gắn với sản xuất và đời sống của địa phương.",
        ),
    ),
    (
        "tồn tại",
        (
            (
                "Một số hộ ở xa trung tâm chưa tham gia được; nguyên nhân là do đi lại "
                "khó khăn trong mùa mưa."
            ),
            (
                "Kinh phí tổ chức còn hạn chế nên quy mô hoạt động nhỏ; nguyên nhân là do đơn vị "
                "chưa chủ động huy động nguồn lực khác."
            ),
            "Kỹ năng sử dụng thiết bị của một bộ phận người dân còn hạn chế do ít được tập huấn.",
        ),
    ),
    (
        "kiến nghị",
        (
            (
                "Đề nghị cấp trên tiếp tục hỗ trợ tài liệu tuyên truyền và tổ chức thêm lớp tập "
                "huấn tại cơ sở."
            ),
            "Đề nghị hỗ trợ kinh phí và cán bộ kỹ thuật để nhân rộng mô hình có hiệu quả.",
            "Đề nghị bổ sung trang thiết bị, đường truyền mạng cho nhà văn hóa thôn.",
        ),
    ),
)
OTHER_OPINIONS = ("Đơn vị đã thực hiện đầy đủ phần việc được giao theo Kế hoạch.",)

RESULT = (
    "{unit} đã tổ chức thực hiện các nội dung được giao, bảo đảm an toàn, tiết kiệm, đúng quy định."
)
DETAILED_PLAN = (
    "{unit} xây dựng kế hoạch chi tiết: thời gian, địa điểm, đối tượng, người phụ trách và "
    "phương án bảo đảm an toàn của từng hoạt động."
)
PERIODIC = (
    "Trong kỳ, các đơn vị đã triển khai nội dung theo Kế hoạch; công tác tuyên truyền, chuẩn bị "
    "và tổ chức hoạt động bảo đảm tiến độ. Kỳ tới tập trung đôn đốc đơn vị còn chậm."
)
