"""A package as a zip file: the same contents give the same bytes; nothing hostile is unpacked."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from models.errors import PermanentError

MOST_FILES = 200
MOST_BYTES = 256 * 1024 * 1024  # unpacked
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first a zip can say; the files' days stand in the metadata
_FILE_MODE = 0o644 << 16
_UNIX = 3


def write_zip(contents: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files, in order of names."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(contents):
            info = ZipInfo(name, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = _FILE_MODE
            info.create_system = _UNIX  # else the machine's own
            archive.writestr(info, contents[name])
    return buffer.getvalue()


def read_zip(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip by name.

    Raises:
        PermanentError: it is no zip, damaged, too large, or names a file twice or in a folder.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            _refuse_hostile(archive.infolist())
            return {info.filename: archive.read(info) for info in archive.infolist()}
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise PermanentError("Tệp không phải gói .zip đọc được; hãy lấy lại gói.") from error


def _refuse_hostile(infos: list[ZipInfo]) -> None:
    names = [info.filename for info in infos]
    is_odd = any("/" in name or "\\" in name or name.startswith(".") for name in names)
    is_large = len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES
    if is_odd or is_large or len(set(names)) != len(names):
        raise PermanentError("Gói có thư mục, tệp trùng tên hoặc quá lớn; không đọc gói này.")
