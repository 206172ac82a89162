"""``dondoc lint-document``: what it prints, and its exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from models.errors import PermanentError, UsageError
from tests.nd30_seeds import docx_of, letter, patched, pdf_of, report, unruled


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["lint-document", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tot.docx").write_bytes(docx_of(letter()))
    (tmp_path / "tot.pdf").write_bytes(pdf_of(letter()))
    (tmp_path / "sai.docx").write_bytes(patched(report(), "Số: 112/", "Số: 8/"))
    (tmp_path / "canh-bao.docx").write_bytes(unruled(letter(), 0))
    (tmp_path / "van-ban.docm").write_bytes(docx_of(letter()))
    (tmp_path / "hong.docx").write_bytes(b"PK\x03\x04")
    return tmp_path


@pytest.mark.parametrize("name", ["tot.docx", "tot.pdf"])
def test_a_sound_document_exits_with_0(folder: Path, name: str) -> None:
    code, told = run(str(folder / name))
    assert code == 0
    assert "0 lỗi, 0 cảnh báo, 0 lưu ý" in told
    assert "Chưa kiểm" in told
    assert "F-28" in told


def test_an_error_exits_with_1_and_says_where_and_how_to_mend(folder: Path) -> None:
    code, told = run(str(folder / "sai.docx"))
    assert code == 1
    flat = " ".join(told.split())
    assert "F-24" in flat
    assert "1 lỗi" in flat
    assert "Ghi thêm" in flat


def test_a_warning_counts_only_when_strict(folder: Path) -> None:
    assert run(str(folder / "canh-bao.docx"))[0] == 0
    assert run(str(folder / "canh-bao.docx"), "--strict")[0] == 1


def test_the_verdict_is_one_json_document(folder: Path) -> None:
    code, told = run(str(folder / "sai.docx"), "--json")
    verdict = json.loads(told)
    assert code == 1
    assert verdict["rule_set"] == "nd30-2020@v1"
    assert [one["point"] for one in verdict["breaches"]] == ["F-24"]


def test_the_kind_may_be_named(folder: Path) -> None:
    code, told = run(str(folder / "tot.docx"), "--kind", "KH", "--json")
    assert code == 1
    assert {"F-32", "F-53"} <= {one["point"] for one in json.loads(told)["breaches"]}


def test_a_file_with_macros_is_refused(folder: Path) -> None:
    code, told = run(str(folder / "van-ban.docm"), "--json")
    assert code == 1
    assert [one["point"] for one in json.loads(told)["breaches"]] == ["F-84"]


def test_misuse_and_damage_are_errors_in_words(folder: Path) -> None:
    with pytest.raises(UsageError, match="Không mở được tệp"):
        run(str(folder / "khong-co.docx"))
    with pytest.raises(PermanentError, match="F-84"):
        run(str(folder / "hong.docx"))
