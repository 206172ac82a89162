"""Files kept by the hash of their content; a half-written file is never seen."""

import hashlib
import os
import tempfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO

from models.errors import PermanentError, RefusedError, TransientError

CHUNK = 1024 * 1024
UNFINISHED = "dang-ghi"
SWEPT_AFTER_SECONDS = 24 * 3600
_UNWRITABLE = "Không ghi được tệp vào kho ({}); hãy kiểm tra ổ đĩa rồi thử lại."
_MISSING = "Thiếu tệp {} trong kho; hãy khôi phục từ bản sao lưu."
_ALTERED = "Tệp {} trong kho đã bị thay đổi; hãy khôi phục từ bản sao lưu."


class BlobStore:
    """A folder of files named by SHA-256; putting the same content twice keeps one."""

    def __init__(self, folder: Path) -> None:
        """Use the folder; it is made at the first put."""
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store the content durably and return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self._path(sha256).exists():
            self.put_stream(BytesIO(content), most=len(content))
        return sha256

    def put_stream(self, source: IO[bytes], *, most: int) -> tuple[str, int]:
        """Store at most ``most`` bytes of the stream; returns its SHA-256 and size.

        Raises:
            RefusedError: the stream is longer; nothing of it is kept.
            TransientError: the disk is full or cannot be written.
        """
        try:
            return self._put(source, most=most)
        except OSError as error:
            raise TransientError(_UNWRITABLE.format(error.strerror)) from error

    def _put(self, source: IO[bytes], *, most: int) -> tuple[str, int]:
        unfinished = self._folder / UNFINISHED
        unfinished.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=unfinished, delete=False) as file:
            temporary = Path(file.name)
            try:
                _sweep(unfinished, before=temporary.stat().st_mtime - SWEPT_AFTER_SECONDS)
                sha256, size = _copy(source, file, most=most)
            except BaseException:
                temporary.unlink()
                raise
        path = self._path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(path)
        _sync_folder(path.parent)
        return sha256, size

    def get(self, sha256: str) -> bytes:
        """Read the content of that hash and check it.

        Raises:
            PermanentError: the file is missing or was altered on disk.
        """
        path = self._path(sha256)
        if not path.exists():
            raise PermanentError(_MISSING.format(sha256[:12]))
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise PermanentError(_ALTERED.format(sha256[:12]))
        return content

    def checked(self, sha256: str) -> Path:
        """Return where the content of that hash lies, after checking it piece by piece.

        Raises:
            PermanentError: the file is missing or was altered on disk.
        """
        path = self._path(sha256)
        if not path.is_file():
            raise PermanentError(_MISSING.format(sha256[:12]))
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise PermanentError(_ALTERED.format(sha256[:12]))
        return path

    def holds(self, sha256: str) -> bool:
        """Whether a file of that hash lies in the store."""
        return self._path(sha256).is_file()

    def remove(self, sha256: str) -> bool:
        """Remove the file of that hash for good; False when there is none.

        Raises:
            TransientError: the disk does not let it be removed.
        """
        path = self._path(sha256)
        try:
            path.unlink()
            _sync_folder(path.parent)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise TransientError(_UNWRITABLE.format(error.strerror)) from error
        return True

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _sweep(folder: Path, *, before: float) -> None:
    """Remove what writers that were killed left there; another sweeper may be at it too."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()


def _sync_folder(folder: Path) -> None:
    # Without this the name may be lost with the power, though the octets are on the disk.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(source: IO[bytes], target: IO[bytes], *, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > most:
            raise RefusedError(f"Tệp lớn hơn {most // 2**20} MB; hãy gửi tệp nhỏ hơn.")
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size
