"""`dondoc contacts`: links, changes, held files, redaction."""

import json
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import read_contacts
from adapters.plan_files import read_dossier
from cli.console import words
from config.settings import CONFIG_FOLDER
from models.contact_changes import Reach
from models.plans import PlanDossier
from models.submissions import Attachment
from services.contact_changes import propose_change
from services.held_uploads import Held, hold_files
from services.plans import activate_plan, import_plan
from tests.cli.test_alarms import NOW, Run, engine, run
from tests.services.stage import COMMUNE, ISSUED_ON, PLAN

__all__ = ["engine", "run"]
HEAD = "thon-01.head"
QUESTION = f"Xóa hẳn dữ liệu cá nhân của đầu mối '{HEAD}'?"


@pytest.fixture
def plan(engine: Engine) -> Engine:
    import_plan(
        engine, read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml"), actor="t", now=NOW
    )
    activate_plan(engine, PLAN, number=15, issued_on=ISSUED_ON, actor="t", now=NOW, day=ISSUED_ON)
    return engine


def without(contact_id: str) -> PlanDossier:
    dossier = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")
    units = tuple(
        unit.model_copy(update={"contacts": tuple(c for c in unit.contacts if c.id != contact_id)})
        for unit in dossier.units.units
    )
    return dossier.model_copy(update={"units": dossier.units.model_copy(update={"units": units})})


def propose(plan: Engine, address: str) -> None:
    with transaction(plan) as connection:
        found = read_contacts(connection, commune=COMMUNE)
    contact = next(one for one in found if one.id == HEAD)
    propose_change(plan, contact, Reach("Lò Văn Hoa", address, None), plan_id=PLAN,
                   reason="Nghỉ hưu", by=HEAD, now=NOW)  # fmt: skip


def test_links_are_ended_and_sent(plan: Engine, run: Run) -> None:
    assert plan is not None
    assert run("contacts", "revoke", HEAD, "--reason", "lộ")[0] == 0
    code, said = run("contacts", "revoke", HEAD, "--reason", "lộ", "--json")
    assert (code, json.loads(said)) == (0, {"serial": 2})
    assert "Đã xếp thư" in run("contacts", "send", HEAD)[1]
    assert "chưa quá 15 phút" in run("contacts", "send", HEAD)[1]
    assert run("contacts", "revoke", "ai", "--reason", "x")[0] == 2


def test_changes_are_listed_and_decided(
    plan: Engine, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "width", 200)  # whatever the terminal was when it was first asked
    assert "Không có đề nghị" in run("contacts", "changes")[1]
    propose(plan, "moi@vin.example")
    assert "moi@vin.example" in run("contacts", "changes")[1]
    assert "moi@vin.example" in run("contacts", "changes", "--json")[1]
    assert run("contacts", "refuse", "1", "--reason", "chưa xác minh")[0] == 0
    propose(plan, "khac@vin.example")
    assert run("contacts", "agree", "2")[0] == 0
    assert run("contacts", "refuse", "2", "--reason", "x")[0] == 1


def test_personal_data_are_redacted_only_when_confirmed(
    plan: Engine, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    words_of = ("contacts", "redact", HEAD, "--reason", "Theo đơn")
    for typed in ("", "n\n"):
        monkeypatch.setattr("sys.stdin", StringIO(typed))
        code, said = run(*words_of)
        assert (code, "Chưa được xác nhận" in said) == (2, True)
    code, said = run(*words_of, "--yes")
    assert (code, f"còn ghi đầu mối '{HEAD}'" in said) == (1, True)
    import_plan(plan, without(HEAD), actor="t", now=NOW)
    monkeypatch.setattr("sys.stdin", StringIO("Có\n"))
    told = "Đã xóa dữ liệu cá nhân: 1 đầu mối.\n"
    assert run(*words_of) == (0, f"{told}{QUESTION} Gõ “có” rồi Enter để xác nhận:\n")
    code, said = run(*words_of, "--yes", "--json")
    assert (code, json.loads(said)["contacts"]) == (0, 0)
    assert "Không còn gì để xóa." in run(*words_of, "--yes")[1]
    assert run("contacts", "redact", "ai", "--reason", "x", "--yes")[0] == 2


def test_a_held_file_is_saved_and_settled(plan: Engine, run: Run, tmp_path: Path) -> None:
    assert "Không có tệp" in run("contacts", "files")[1]
    file = Attachment(sha256=BlobStore(tmp_path / "blobs").put(b"OLE"), name="bc.doc", size=3)
    hold_files(plan, [Held(file=file, reason="giữ", is_refused=False)], commune=COMMUNE,
               unit_id="thon-01", obligation_id="o", contact_id=HEAD, now=NOW)  # fmt: skip
    assert "bc.doc" in run("contacts", "files")[1]
    assert run("contacts", "save-file", "1", str(tmp_path / "ra.doc"))[0] == 0
    assert (tmp_path / "ra.doc").read_bytes() == b"OLE"
    assert run("contacts", "save-file", "9", str(tmp_path / "x"))[0] == 2
