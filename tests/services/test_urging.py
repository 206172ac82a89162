"""Drafts of the formal urging letter come with the leader's report, ready to sign."""

from io import BytesIO

import pytest
from docx import Document

from models.letters import LetterKind
from models.plans import PlanDossier
from services.files import DOCX
from tests.services.mailroom import FEW, Mailroom, attachments_of, excuse, with_units
from tests.services.stage import Office, at, owed_by

NOW = at((25, 6), "07:30")  # T+3 of the reports
RESPONSIBLE = "Người đứng đầu đơn vị chịu trách nhiệm"


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def text_of(docx: bytes) -> str:
    document = Document(BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.slow
def test_each_late_product_has_a_draft_and_mass_organisations_have_their_own(
    mailroom: Mailroom, office: Office
) -> None:
    late = {owed_by("dt-mttq", "BC"), owed_by("th-thcs", "BC"), owed_by("thon-01")}
    excuse(office, *(o.id for o in office.obligations() if o.id not in late))
    mailroom.plan(NOW)
    mailroom.send(NOW)
    (told,) = mailroom.letters("<lanhdao.ubnd@")
    assert told["X-Dondoc-Kind"] == LetterKind.LEADER_INFORMED
    files = attachments_of(told)
    assert sorted(files) == [f"Du-thao-cong-van-don-doc-{n}.docx" for n in (1, 2, 3)]
    assert {part.get_content_type() for part in told.iter_attachments()} == {DOCX}
    texts = [text_of(content) for content in files.values()]
    (union,) = [text for text in texts if "Mặt trận" in text]
    assert RESPONSIBLE not in union
    assert "trân trọng đề nghị" in union
    others = [text for text in texts if text != union]
    assert all(RESPONSIBLE in text and "26/6/2026" in text for text in others)
    assert {("Trường" in text, "Thôn Vịn" in text) for text in others} == {
        (True, False), (False, True),
    }  # fmt: skip


def test_a_periodic_report_is_urged_by_its_own_deadline(mailroom: Mailroom, office: Office) -> None:
    late = owed_by("vhxh", "BCDK", "2")
    excuse(office, *(o.id for o in office.obligations() if o.id != late))
    mailroom.plan(at((19, 6), "07:30"))
    mailroom.send(at((19, 6), "07:30"))
    (told,) = mailroom.letters("<lanhdao.ubnd@")
    (draft,) = attachments_of(told).values()
    assert "chậm nhất ngày 16/6/2026" in text_of(draft)
