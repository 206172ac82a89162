"""The witness outlives the database, whole or not at all."""

import json
import shutil
from pathlib import Path

from adapters.witness import read_machine_id, read_witness, write_witness
from models.fences import Epoch, Witness

SEEN = Witness(epoch=Epoch(instance_id="a", seq=7), machine_id="m")


def test_what_was_written_is_read_back_and_replaced_whole(tmp_path: Path) -> None:
    assert read_witness(tmp_path, "bat-mot") is None
    write_witness(tmp_path, "bat-mot", SEEN)
    assert read_witness(tmp_path, "bat-mot") == SEEN
    later = SEEN.model_copy(update={"epoch": Epoch(instance_id="a", seq=8)})
    write_witness(tmp_path, "bat-mot", later)
    assert read_witness(tmp_path, "bat-mot") == later
    assert [f.name for f in (tmp_path / "witness").iterdir()] == ["bat-mot.json"]


def test_communes_do_not_overwrite_each_other(tmp_path: Path) -> None:
    write_witness(tmp_path, "bat-mot", SEEN)
    assert read_witness(tmp_path, "dong-hoa") is None


def test_a_broken_witness_knows_nothing(tmp_path: Path) -> None:
    write_witness(tmp_path, "bat-mot", SEEN)
    (tmp_path / "witness" / "bat-mot.json").write_text('{"witness"')
    assert read_witness(tmp_path, "bat-mot") is None


def test_a_machine_may_have_no_identity(tmp_path: Path) -> None:
    file = tmp_path / "machine-id"
    assert read_machine_id(file) is None
    file.write_text("\n")
    assert read_machine_id(file) is None
    file.write_text("abc\n")
    assert read_machine_id(file) == "abc"


def test_a_copied_or_restored_home_knows_nothing(tmp_path: Path) -> None:
    write_witness(tmp_path / "here", "bat-mot", SEEN)
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    assert read_witness(tmp_path / "there", "bat-mot") is None
    (tmp_path / "here").rename(tmp_path / "moved")  # on the same disk it is the same home
    assert read_witness(tmp_path / "moved", "bat-mot") == SEEN


def test_a_witness_put_back_later_is_no_witness_even_in_the_same_place(tmp_path: Path) -> None:
    write_witness(tmp_path, "bat-mot", SEEN)
    file = tmp_path / "witness" / "bat-mot.json"
    hour_ago = json.loads(file.read_text())
    hour_ago["changed_ns"] -= 3600 * 10**9
    file.write_text(json.dumps(hour_ago))  # the inode stays, as it may after a restore
    assert read_witness(tmp_path, "bat-mot") is None
