"""Texts and files of units can neither forge a document nor make the engine read or run anything."""

import ast
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from defusedxml.ElementTree import fromstring
from pypdf import PdfReader

from adapters import pdf_joining
from adapters.document_clean import clean_text
from adapters.docx import write_docx
from adapters.pdf import write_pdf
from config.settings import CONFIG_FOLDER, Settings
from models.documents import OfficialDocument, Paragraph, Run
from models.errors import PermanentError
from tests.adapters.sample_document import body, urging_letter
from tests.adapters.test_hostile_texts import HARMLESS, made

ROOT = CONFIG_FOLDER.parent
PRODUCT = ("models", "adapters", "services", "tasks", "flows", "portal", "cli", "config")
AT = datetime(2026, 6, 26, 9, 30, tzinfo=UTC)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PIECES = (
    *("&", "<", ">", '"', "'", "]]>", "</w:t></w:r></w:p>", "<w:p>", "&#x41;", "&amp;", "<!--"),
    *("{{7*7}}", "{% raw %}", "#eval", "$x$", "\\u{41}", "%s", "=1+1", "ấ", "a\u0302\u0301", "Đ"),
    *(
        "\x00",
        "\x08",
        "\x1b[31m",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\ud800",
        "\uffff",
        "👍",
        "中",
        " ",
    ),
)


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """Every call and import in the product, with the file it stands in."""
    files = [file for folder in PRODUCT for file in (ROOT / folder).rglob("*.py")]
    return [
        (str(file.relative_to(ROOT)), node)
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call | ast.Import | ast.ImportFrom)
    ]


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call in the product: its file, the last name of what is called, the call."""
    for file, node in nodes():
        if isinstance(node, ast.Call):
            yield file, getattr(node.func, "attr", getattr(node.func, "id", "")), node


def imports(*modules: str) -> set[str]:
    """The files of the product that import one of those modules."""
    found = set()
    for file, node in nodes():
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] in modules for name in names):
            found.add(file)
    return found


def parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.slow
def test_twenty_thousand_texts_come_out_of_the_docx_as_cleaned() -> None:
    chance = random.Random(83)
    texts = ["".join(chance.choices(PIECES, k=chance.randint(1, 6))) for _ in range(20_000)]
    written = urging_letter(
        body=tuple(
            Paragraph(runs=tuple(Run(text=f"«{text}»") for text in texts[start : start + 50]))
            for start in range(0, len(texts), 50)
        )
    )
    root = fromstring(parts(write_docx(written, modified=AT))["word/document.xml"])
    found = ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p")]
    printed = [one for one in found if one.startswith("«")]
    expected = ["".join(f"«{clean_text(text)}»" for text in texts[n : n + 50])
                for n in range(0, len(texts), 50)]  # fmt: skip
    assert printed == expected


def test_the_properties_of_a_file_hold_no_word_of_a_unit() -> None:
    one, other = (made(text) for text in (HARMLESS, "FORGED " * 100))
    first, second = (parts(write_docx(document, modified=AT)) for document in (one, other))
    for part in ("docProps/core.xml", "docProps/app.xml"):
        assert first[part] == second[part]
        assert len(first[part]) < 1_000
    pdfs = [PdfReader(BytesIO(write_pdf(document, timestamp=AT))) for document in (one, other)]
    assert pdfs[0].metadata == pdfs[1].metadata
    assert one.subject == other.subject


@pytest.mark.slow
def test_templates_come_from_the_release_and_texts_are_never_one() -> None:
    asked = {"from_string", "Template", "eval", "exec", "compile_templates"}
    assert [(file, name) for file, name, _ in calls() if name in asked] == []
    assert not [field for field in Settings.model_fields if "template" in field]
    makers = {file for file, name, _ in calls() if name.endswith("Environment")}
    assert makers == {
        "adapters/letter_templates.py", "portal/pages.py", "cli/rehearsal/timeline_page.py"
    }  # fmt: skip
    assert {file for file, name, _ in calls() if name == "Compiler"} == {"adapters/pdf_compiler.py"}


def test_a_run_that_does_not_end_is_stopped_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_joining, "_LONGEST_SECONDS", 0.01)
    long = urging_letter(body=tuple(body(f"{n} " + "chữ " * 200) for n in range(700)))
    with pytest.raises(PermanentError, match=rf"“{long.subject}”: Typst chạy quá"):
        write_pdf(long, timestamp=AT)


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A server on this machine that nobody is to call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def test_nothing_is_fetched_or_read_while_a_document_is_set(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("BI-MAT-CUA-MAY")
    with listening() as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        tried = (url, f'#image("{url}")', f"file://{secret}", f'#read("{secret}")',
                 f'<img src="{url}">', f"!include {secret}", f"@import url({url})")  # fmt: skip
        document = made(" ".join(tried))
        pdf, docx = write_pdf(document, timestamp=AT), parts(write_docx(document, modified=AT))
        with pytest.raises(BlockingIOError):
            server.accept()
    reader = PdfReader(BytesIO(pdf))
    printed = "".join(page.extract_text() for page in reader.pages)
    assert "127.0.0.1" in printed
    assert "BI-MAT" not in printed
    assert all("/Annots" not in page for page in reader.pages)
    assert reader.attachments == {}
    assert b"External" not in b"".join(docx.values())
    assert not any(name.startswith("word/media") for name in docx)


def test_no_file_of_a_unit_is_ever_opened_by_another_program() -> None:
    assert imports("subprocess", "multiprocessing", "pty") == {"adapters/pdf_joining.py"}
    starts = {"system", "popen", "Popen", "posix_spawn", "execv", "execvp", "startfile", "fork",
              "create_subprocess_exec", "create_subprocess_shell"}  # fmt: skip
    # The sender's copy of itself writes letters and starts no program.
    forks = [("adapters/forked.py", "fork")]
    assert [(file, name) for file, name, _ in calls() if name in starts] == forks
    (run,) = (call for file, name, call in calls()
              if file == "adapters/pdf_joining.py" and name == "run")  # fmt: skip
    assert ast.unparse(run.args[0]) == "command"  # Python and adapters/pdf_compiler.py, no more


def test_hosts_come_from_the_settings_alone() -> None:
    given = {ast.unparse(keyword.value) for file, name, call in calls()
             if name.endswith("Settings") for keyword in call.keywords
             if keyword.arg == "host"}  # fmt: skip
    assert given == {"'127.0.0.1'", "s.smtp_host", "s.imap_host", "host"}
    fetchers = ("requests", "httpx", "aiohttp", "ftplib", "urllib3", "webbrowser")
    # A rehearsal plays the units before its own pages.
    assert imports(*fetchers) == {"cli/rehearsal/visits.py"}
    assert [file for file, name, _ in calls() if name in {"urlopen", "urlretrieve"}] == []


@pytest.mark.parametrize("document", [made(HARMLESS), urging_letter()], ids=lambda d: d.symbol)
def test_no_picture_stands_in_a_document(document: OfficialDocument) -> None:
    assert not any("media" in name for name in parts(write_docx(document, modified=AT)))
    reader = PdfReader(BytesIO(write_pdf(document, timestamp=AT)))
    assert sum(len(page.images) for page in reader.pages) == 0
