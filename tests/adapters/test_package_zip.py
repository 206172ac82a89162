"""The package is the same bytes for the same contents, and a hostile one is not unpacked."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from adapters.package_zip import MOST_FILES, read_zip, write_zip
from models.errors import PermanentError


def zipped(*names: str) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return buffer.getvalue()


def test_what_was_packed_comes_out_and_equal_contents_are_equal_bytes() -> None:
    contents = {"b.txt": b"hai" * 1000, "a.txt": b""}
    packed = write_zip(contents)
    assert read_zip(packed) == contents
    assert packed == write_zip(dict(reversed(contents.items())))


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-", zipped("a/b"), zipped("../a"), zipped("..\\a"), zipped(".a"),
     zipped(*(str(n) for n in range(MOST_FILES + 1)))],
)  # fmt: skip
def test_what_is_no_package_is_refused(content: bytes) -> None:
    with pytest.raises(PermanentError, match=r"gói|Gói"):
        read_zip(content)


def test_a_damaged_package_is_refused() -> None:
    packed = bytearray(write_zip({"a.txt": b"noi dung" * 100}))
    packed[40] ^= 0xFF
    with pytest.raises(PermanentError, match="gói"):
        read_zip(bytes(packed))
