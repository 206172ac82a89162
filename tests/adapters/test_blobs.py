"""Files are kept once, whole, by what they hold."""

import hashlib
import os
from io import BytesIO
from pathlib import Path

import pytest

from adapters.blobs import UNFINISHED, BlobStore
from models.errors import PermanentError, RefusedError, TransientError

CONTENT = "Biên bản họp thôn".encode()


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [CONTENT, b"", b"\x00" * 3_000_000])
def test_what_is_put_is_got(store: BlobStore, content: bytes) -> None:
    sha256 = store.put(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert store.get(sha256) == content


def test_the_same_content_is_kept_once(store: BlobStore, tmp_path: Path) -> None:
    assert store.put(CONTENT) == store.put(CONTENT)
    assert store.put_stream(BytesIO(CONTENT), most=99) == (store.put(CONTENT), len(CONTENT))
    assert len(files(tmp_path)) == 1


def test_a_stream_is_kept_up_to_its_limit(store: BlobStore) -> None:
    sha256, size = store.put_stream(BytesIO(CONTENT), most=len(CONTENT))
    assert (store.get(sha256), size) == (CONTENT, len(CONTENT))


def test_nothing_of_a_stream_that_is_too_long_is_kept(store: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="MB"):
        store.put_stream(BytesIO(CONTENT), most=len(CONTENT) - 1)
    assert files(tmp_path) == []


def test_an_altered_file_is_found(store: BlobStore, tmp_path: Path) -> None:
    sha256 = store.put(CONTENT)
    files(tmp_path)[0].write_bytes(CONTENT + b".")
    with pytest.raises(PermanentError, match=f"{sha256[:12]}.*đã bị thay đổi"):
        store.get(sha256)


def test_a_lost_file_is_named(store: BlobStore) -> None:
    with pytest.raises(PermanentError, match="Thiếu tệp 0000"):
        store.get("0" * 64)


def test_a_stream_is_stored_as_its_content_would_be(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    sha256, size = store.put_stream(BytesIO(b"x" * 3_000_000), most=3_000_000)
    assert size == 3_000_000
    assert sha256 == store.put(b"x" * 3_000_000)
    assert store.get(sha256) == b"x" * 3_000_000


def test_a_stream_that_is_too_long_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="lớn hơn 1 MB"):
        BlobStore(tmp_path).put_stream(BytesIO(b"x" * 2**21), most=2**20)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_is_checked_before_it_is_read_in_pieces(store: BlobStore) -> None:
    sha256 = store.put(b"x" * 3_000_000)
    path = store.checked(sha256)
    assert path.read_bytes() == b"x" * 3_000_000
    path.write_bytes(b"y" * 3_000_000)
    with pytest.raises(PermanentError, match="đã bị thay đổi"):
        store.checked(sha256)
    path.unlink()
    with pytest.raises(PermanentError, match="Thiếu tệp"):
        store.checked(sha256)


def test_what_a_killed_writer_left_is_swept_after_a_day(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    store.put(b"first")
    old, young = tmp_path / UNFINISHED / "old", tmp_path / UNFINISHED / "young"
    for path, hours in ((old, 25), (young, 23)):
        path.write_bytes(b"half")
        made = path.stat().st_mtime - hours * 3600
        os.utime(path, (made, made))
    store.put(b"second")
    assert not old.exists()
    assert young.exists()


def test_a_store_that_cannot_be_written_says_so_and_that_it_may_pass(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TransientError, match="Không ghi được tệp"):
        BlobStore(tmp_path / "file").put(b"x")
