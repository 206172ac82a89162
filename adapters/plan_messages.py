"""What pydantic found wrong, said in Vietnamese to the person who writes the plan."""

from pydantic_core import ErrorDetails

_GROUP = "phải là một nhóm các mục “khóa: giá trị”"
_LIST = "phải là một danh sách: [a, b] hoặc mỗi dòng một dấu gạch"
_DAY = "phải là một ngày có thật, dạng 2026-06-30"
_INSTANT = "phải là ngày giờ kèm múi giờ, dạng 2026-06-25T11:30:00+07:00"
_WHOLE = "phải là số nguyên"

_MESSAGES = {
    "missing": "thiếu mục bắt buộc này",
    "extra_forbidden": "không có mục nào tên như vậy; kiểm tra chính tả hoặc bỏ đi",
    "string_type": "phải là chữ; nếu là số hoặc true/false thì đặt trong dấu ngoặc kép",
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": "phải là true hoặc false",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "model_type": _GROUP,
    "model_attributes_type": _GROUP,
    "dict_type": _GROUP,
    "too_long": "có quá nhiều phần tử",
    "too_short": "có quá ít phần tử",
}


def vietnamese_message(error: ErrorDetails) -> str:
    """Return what is wrong with one field and how to write it."""
    if error["type"] == "enum":
        choices = str(error["ctx"]["expected"]).replace(" or ", ", ").replace("'", "")
        return f"“{error['input']}” không thuộc danh mục; dùng một trong: {choices}"
    return _MESSAGES.get(error["type"], f"giá trị không hợp lệ ({error['type']})")
