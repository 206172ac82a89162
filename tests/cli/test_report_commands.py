"""The final report from draft to receipt by `dondoc report`, with what each command refuses."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.calendars import read_calendar
from adapters.database import open_engine
from adapters.mail_catcher import MailCatcher
from adapters.plan_files import read_dossier
from cli.main import main
from config.clock import set_simulated_now
from config.settings import CONFIG_FOLDER
from services import phases, plans
from tests.nd30_seeds import judged
from tests.pdf_signing import sign_pdf
from tests.services.mailroom import FEW, excuse, with_units
from tests.services.stage import ISSUED_ON, PLAN, SHEET, Office, at, owed_by

pytestmark = pytest.mark.slow  # documents are rendered, letters sent

Run = Callable[..., tuple[int, str]]
MORNING = at((25, 6), "08:00")


@pytest.fixture(scope="module")
def prepared(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose one village has reported, everybody else excused; made once."""
    file = Path(
        shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("prepared") / "dondoc.sqlite3")
    )
    engine: Engine = open_engine(f"sqlite:///{file}")
    dossier = with_units(read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml"), FEW)
    calendar = read_calendar()
    start = at(ISSUED_ON)
    plans.import_plan(engine, dossier, actor="t", now=start)
    plans.activate_plan(
        engine, PLAN, number=15, issued_on=ISSUED_ON, actor="t", now=start, day=ISSUED_ON
    )
    phases.open_phase(engine, PLAN, "P1", calendar=calendar, now=start)
    found = Office(engine, calendar)
    found.submit(owed_by("thon-01"), SHEET, now=at((20, 6)))
    found.accept(owed_by("thon-01"), now=at((20, 6)))
    kinds = {"unit_report", "village_sheet"}
    excuse(found, *(o.id for o in found.obligations() if o.is_open and o.kind in kinds))
    engine.dispose()  # the last connection writes the log into the file
    return file


@pytest.fixture
def office(prepared: Path, tmp_path: Path) -> Iterator[Office]:
    """An installation of its own with that database."""
    file = shutil.copy(prepared, tmp_path / "dondoc.sqlite3")
    engine = open_engine(f"sqlite:///{file}")
    yield Office(engine, read_calendar())
    engine.dispose()


@pytest.fixture
def run(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Run]:  # fmt: skip
    """Run `dondoc report` as a user does, with a mail server that takes the letters."""
    assert office.engine is not None
    set_simulated_now(tmp_path / "clock", MORNING)
    with MailCatcher(tmp_path / "mail", clock=lambda: MORNING) as catcher:
        for name, value in {
            "HOME": tmp_path, "CLOCK_FILE": tmp_path / "clock", "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": catcher.port, "SMTP_TLS": "none", "SIMULATION": "true",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"DONDOC_{name}", str(value))

        def command(*given: object) -> tuple[int, str]:
            monkeypatch.setattr(sys, "argv", ["dondoc", "report", *map(str, given)])
            with pytest.raises(SystemExit) as ended:
                main()
            told = capsys.readouterr()
            assert isinstance(ended.value.code, int)
            return ended.value.code, told.out + ("" if "--json" in given else told.err)

        yield command


def moved(tmp_path: Path, day: tuple[int, int], hour: str) -> None:
    set_simulated_now(tmp_path / "clock", at(day, hour))


def assembled(run: Run) -> tuple[int, str]:
    code, told = run("assemble", PLAN, "--json")
    assert code == 0, told
    made = json.loads(told)
    return made["version"], made["sha256"][:12]


def sign_off(run: Run, seen: tuple[int, str]) -> str:
    """Both sign-offs of a version; returns what the second said."""
    told = ""
    for matter, by in (("content", "Trưởng phòng"), ("form", "Chánh Văn phòng")):
        code, told = run(
            "sign-off", PLAN, "--matter", matter, "--version", seen[0], "--content", seen[1],
            "--by", by, "--note", "đạt",
        )  # fmt: skip
        assert code == 0, told
    return told


def decide(run: Run, seen: tuple[int, str], *how: str, by: str = "Lê Văn Công") -> tuple[int, str]:
    version, content = seen
    return run("decide", PLAN, "--version", version, "--content", content, "--by", by, *how)


def test_the_report_goes_its_whole_way_by_commands(run: Run, tmp_path: Path) -> None:
    assert run("changes", PLAN)[0] == 2  # nothing to compare yet
    seen = assembled(run)
    assert run("changes", PLAN) == (0, "Đây là lần dự thảo đầu tiên.\n")
    code, told = run("submit", PLAN)
    assert (code, "chưa được xác nhận nội dung, thể thức" in told) == (1, True)
    assert decide(run, seen, "--approve")[0] == 1
    assert "Đã trình lãnh đạo" in sign_off(run, seen)
    assert decide(run, seen)[0] == 2
    assert decide(run, (1, "00000000"), "--approve")[0] == 1
    assert decide(run, seen, "--approve")[0] == 0
    moved(tmp_path, (26, 6), "09:00")
    code, told = run("dispatch", PLAN)
    assert code == 1  # no number yet
    assert run("number", PLAN, "--number", 112, "--issued", "31/6/2026")[0] == 2
    assert run("number", PLAN, "--number", 112, "--issued", "26/6/2026")[0] == 0
    code, told = run("assemble", PLAN, "--out", tmp_path / "out", "--json")
    pdf = next(Path(file) for file in json.loads(told)["files"] if file.endswith(".pdf"))
    assert run("signed", PLAN, tmp_path / "khong-co.pdf")[0] == 2
    signed = tmp_path / "ky.pdf"
    signed.write_bytes(
        sign_pdf(sign_pdf(pdf.read_bytes(), "Lê Văn Công"), "Ủy ban nhân dân xã Bát Mọt")
    )
    assert run("signed", PLAN, signed) == (0, "Đã nhập bản đã ký (2 chữ ký).\n")
    assert run("dispatch", PLAN)[1].startswith("Đã lập 2 thư gửi báo cáo; đã gửi 2.")
    assert run("dispatch", PLAN)[1].startswith("Đã lập 0 thư")
    assert run("package", PLAN, "--out", tmp_path / "goi")[0] == 0
    (package,) = (tmp_path / "goi").iterdir()
    assert run("verify-package", package) == (0, "Gói nguyên vẹn.\n")
    package.write_bytes(package.read_bytes()[:-200])
    assert run("verify-package", package)[0] == 1
    for recipient in ("ubnd-tinh", "so-khcn"):
        assert run("receipt", PLAN, "--from", recipient)[0] == 0
    assert run("receipt", PLAN, "--from", "khong-co")[0] == 1


def test_a_returned_draft_is_edited_and_comes_again_with_its_changes(run: Run) -> None:
    seen = assembled(run)
    sign_off(run, seen)
    assert decide(run, seen, "--return")[0] == 1  # without a comment
    assert decide(run, seen, "--return", "--comment", "Bổ sung bài học")[0] == 0
    edited = ("edit", PLAN, "--place", "bai_hoc", "--text", "Phân công rõ người, rõ việc.")
    assert run(*edited) == (0, "Đã ghi nội dung mục 'bai_hoc'.\n")
    assert run(*edited)[1] == "Mục 'bai_hoc' đã có nội dung này.\n"
    assert run("edit", PLAN, "--place", "khong-co", "--text", "x")[0] == 2
    again = assembled(run)
    assert again[0] == 2
    code, told = run("changes", PLAN, "--json")
    assert (code, "rõ việc" in told) == (0, True)
    assert decide(run, seen, "--approve")[0] == 1  # no longer the newest


def test_the_leader_passes_on_and_only_the_chairman_decides(run: Run) -> None:
    seen = assembled(run)
    sign_off(run, seen)
    assert decide(run, seen, "--pass-on", "--comment", "Xin ý kiến")[0] == 0
    assert decide(run, seen, "--approve")[0] == 1
    assert decide(run, seen, "--approve", by="ubnd.chair")[0] == 0


def test_a_power_of_attorney_needs_its_paper(run: Run) -> None:
    given = (
        "delegate", "--for", "ubnd.chair", "--to", "ubnd.head", "--from", "22/6/2026", "--until",
        "30/6/2026", "--form",
    )  # fmt: skip
    assert run(*given, "TUQ")[0] != 0
    assert run(*given, "TUQ", "--basis", "Giấy ủy quyền số 02/GUQ-UBND")[0] == 0


def test_a_figure_is_traced_to_the_village_that_sent_it(run: Run) -> None:
    assembled(run)
    code, told = run("trace", "TT01", "--plan", PLAN)
    assert code == 0
    assert "Thôn Vịn" in told
    assert "khớp" in told
    assert run("trace", "KHONG", "--plan", PLAN)[0] == 2


def test_a_unit_s_document_is_written_blank_and_filled(run: Run, tmp_path: Path) -> None:
    owed = owed_by("thon-01")
    code, told = run("unit-form", owed, "--out", tmp_path / "bieu")
    assert code == 0, told
    assert run("unit-form", owed, "--blank", "--as", "pdf", "--out", tmp_path / "bieu")[0] == 0
    filled, blank = sorted((tmp_path / "bieu").iterdir())
    assert filled.name == "20260620_PSL_THON-01_KHCN-2026_v01.docx"
    assert blank.name == "MAU_PSL_THON-01_KHCN-2026.pdf"
    for file in (filled, blank):
        assert judged(file.read_bytes(), name=file.name).breaches == ()
    assert run("unit-form", owed, "--blank", "--version", 1)[0] == 2
    assert run("unit-form", owed, "--version", 7)[0] == 2
    assert run("unit-form", owed_by("thon-01", "XN"))[0] == 1
    assert run("unit-form", "kh-khcn-2026/PSL/khong-co/1")[0] == 2
