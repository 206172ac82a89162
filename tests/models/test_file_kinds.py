"""Kinds of files: name and first bytes must agree."""

import pytest

from models.file_kinds import clean_name, media_type_of


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("A.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.pdf", b"PK\x03\x04", None),
        ("a.pdf", b"", None),
        ("a.exe", b"MZ", None),
        ("a", b"%PDF-", None),
        ("a.pdf.html", b"%PDF-", None),
    ],
)
def test_a_file_is_taken_when_name_and_bytes_agree(
    name: str, head: bytes, expected: str | None
) -> None:
    assert media_type_of(name, head) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("C:\\Users\\x\\Báo cáo.pdf", "Báo cáo.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb.pdf", "a b.pdf"),
        ("", "tep"),
        ("x" * 300 + ".docx", "x" * 120 + ".docx"),
        ("y" * 300, "y" * 120),
    ],
)
def test_a_file_name_is_one_line_without_folders(name: str, expected: str) -> None:
    assert clean_name(name) == expected
