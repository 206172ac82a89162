"""The parameters of flows, with the words their forms show in the Prefect UI."""

from datetime import date
from typing import Annotated

from pydantic import Field

from tasks.vocabulary import DecisionChoice, SignOffChoice

PlanId = Annotated[
    str | None,
    Field(
        title="Mã kế hoạch",
        description="Ví dụ: kh-khcn-2026. Để trống: mọi kế hoạch đang thực hiện.",
    ),
]
Day = Annotated[
    date | None,
    Field(
        title="Ngày làm việc",
        description="Để trống: hôm nay. Ngày đã qua: chỉ hiển thị lại tình hình của ngày đó.",
    ),
]
PlanKey = Annotated[str, Field(title="Mã kế hoạch", description="Ví dụ: kh-khcn-2026.")]
ObligationKey = Annotated[
    str,
    Field(
        title="Mã nghĩa vụ",
        description="Có trong bảng theo dõi, ví dụ: kh-khcn-2026/BC/th-th/1.",
    ),
]
LastDay = Annotated[date, Field(title="Đến hết ngày")]
IssueDay = Annotated[date, Field(title="Ngày ban hành")]
Number = Annotated[int, Field(title="Số văn bản", description="Do văn thư cấp.", ge=1)]
Version = Annotated[int, Field(title="Lần dự thảo", ge=1)]
ContentCode = Annotated[
    str,
    Field(
        title="Mã nội dung đã xem",
        description="Ít nhất 8 ký tự đầu của mã nội dung ghi trong thư trình.",
        min_length=8,
    ),
]
RecipientKey = Annotated[
    str, Field(title="Nơi nhận", description="Mã đơn vị nhận, ví dụ: ubnd-tinh.")
]
By = Annotated[str, Field(title="Người thực hiện", description="Họ tên, chức vụ.", min_length=1)]
Reason = Annotated[str, Field(title="Lý do", min_length=1)]
Decision = Annotated[DecisionChoice, Field(title="Quyết định")]
Comment = Annotated[str, Field(title="Ý kiến", description="Bắt buộc khi trả lại.")]
SignOffMatter = Annotated[SignOffChoice, Field(title="Xác nhận về")]
Note = Annotated[str, Field(title="Ý kiến", description="Có thể để trống.")]
FailedFlow = Annotated[str, Field(title="Luồng bị lỗi", description="Để trống: chỉ kiểm tra.")]
FailedRun = Annotated[str, Field(title="Tên lượt chạy bị lỗi")]
FailedRunId = Annotated[str, Field(title="Mã lượt chạy bị lỗi")]
FailedState = Annotated[str, Field(title="Trạng thái của lượt chạy")]
