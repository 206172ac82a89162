"""The signs of machines and of forwarded mail, and what only looks like one."""

import pytest

from models.incoming_markers import automatic_marks, is_forward, is_from_mailer


@pytest.mark.parametrize(
    "subject",
    [
        "Trả lời tự động: Giao nhiệm vụ",
        "Thư trả lời tự động",
        "RE: Tự động trả lời",
        "Automatic reply: báo cáo",
        "Out of Office: về lúc 5h",
        "Auto-Reply",
        "Đang nghỉ phép - An",
        "Thông báo vắng mặt",
        "Đi công tác từ 11/5",
    ],
)
def test_subjects_of_machines_are_known(subject: str) -> None:
    assert automatic_marks({}, subject=subject, has_files=False) == ("subject",)
    assert automatic_marks({}, subject=subject, has_files=True) == ()


@pytest.mark.parametrize(
    "subject",
    ["Re: Giao nhiệm vụ", "Báo cáo nghỉ phép", "Nghỉ phép của cán bộ thôn", "Vắng mặt 3 người"],
)
def test_subjects_of_people_are_left_alone(subject: str) -> None:
    assert automatic_marks({}, subject=subject, has_files=False) == ()


def test_each_header_of_a_machine_is_a_mark_of_its_own() -> None:
    headers = {
        "auto-submitted": ["auto-replied; owner-email=x"],
        "precedence": ["Bulk"],
        "x-autoreply": ["yes"],
        "return-path": ["<>"],
    }
    assert len(automatic_marks(headers, subject="", has_files=True)) == 4
    people = {"auto-submitted": ["no"], "precedence": ["normal"], "return-path": ["<a@b.vn>"]}
    assert automatic_marks(people, subject="", has_files=False) == ()


@pytest.mark.parametrize(
    ("subject", "headers", "expected"),
    [
        ("Fwd: Giao nhiệm vụ", {}, True),
        ("FW: Giao nhiệm vụ", {}, True),
        ("Chuyển tiếp: Giao nhiệm vụ", {}, True),
        ("Re: Fwd: Giao nhiệm vụ", {}, True),
        ("Giao nhiệm vụ", {"resent-from": ["a@b.vn"]}, True),
        ("Re: Giao nhiệm vụ", {}, False),
        ("Chuyển tiếp nhận sang thôn", {}, False),
    ],
)
def test_forwarded_mail_is_known(
    subject: str,
    headers: dict[str, list[str]],
    expected: bool,  # noqa: FBT001 - a table of cases
) -> None:
    assert is_forward(headers, subject=subject) is expected


def test_mail_systems_are_known_by_their_address_or_the_empty_one() -> None:
    assert is_from_mailer({}, "mailer-daemon@x.vn")
    assert is_from_mailer({}, "postmaster@x.vn")
    assert is_from_mailer({"return-path": ["<>"]}, "vp@x.vn")
    assert not is_from_mailer({"return-path": ["<vp@x.vn>"]}, "vp@x.vn")
    assert not is_from_mailer({}, None)
