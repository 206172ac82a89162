"""Every document that a rehearsal made: stored, mailed, and those of its units."""

import sqlite3
from email import message_from_bytes, policy
from pathlib import Path

from adapters.database import open_engine
from services.files import DOCX, PDF
from services.unit_documents import Ending, write_unit_document

ENDINGS = {DOCX: ".docx", PDF: ".pdf"}
OF_UNITS = (("BC", "PSL", "SL"), 2)  # requirements, and how many units of each
Documents = dict[str, bytes]  # by name, each content once


def stored_documents(out: Path) -> Documents:
    """The files of the final report and of the periodic reports."""
    with sqlite3.connect(out / "dondoc.sqlite3") as database:
        rows = database.execute("select name, sha256 from report_files").fetchall()
    return {name: next((out / "blobs").rglob(sha256)).read_bytes() for name, sha256 in rows}


def mailed_documents(out: Path) -> Documents:
    """The DOCX and PDF files that letters carried."""
    found: dict[bytes, str] = {}
    for file in sorted((out / "mail").glob("*.eml")):
        for part in message_from_bytes(file.read_bytes(), policy=policy.default).iter_attachments():
            if part.get_content_type() in ENDINGS:
                found.setdefault(part.get_content(), f"{file.stem}-{part.get_filename()}")
    return {name: content for content, name in found.items()}


def unit_documents(out: Path) -> Documents:
    """Reports and sheets of units that sent one, and as many blank forms."""
    engine = open_engine(f"sqlite:///{out / 'dondoc.sqlite3'}")
    requirements, most = OF_UNITS
    with sqlite3.connect(out / "dondoc.sqlite3") as database:
        rows = [
            row
            for wanted in requirements
            for sign in (">", "=")
            for row in database.execute(
                "select id, version from obligations where requirement_id = ? "
                f"and version {sign} 0 order by id limit ?",
                (wanted, most),
            )
        ]
    made = [
        write_unit_document(engine, id_, version=version, ending=ending)
        for id_, version in rows
        for ending in Ending
    ]
    engine.dispose()
    return {f"{number:02d}-{file.name}": file.content for number, file in enumerate(made)}
