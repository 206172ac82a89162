"""The metadata of Phụ lục VI: every field, within its length, as XML that parses."""

from datetime import date
from xml.etree.ElementTree import fromstring

import pytest

from adapters.metadata_xml import write_metadata
from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.document_metadata import DocumentMetadata, cut, dated, metadata_of
from models.documents import OfficialDocument
from tests.adapters.sample_document import final_report

PLAN = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml").plan
FIELDS = ("FileCode", "DocOrdinal", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate",
          "OrganName", "Subject", "Language", "PageAmount", "SignerInfo", "To", "Priority",
          "IssuedAmount", "DueDate")  # fmt: skip


def made(document: OfficialDocument) -> DocumentMetadata:
    return metadata_of(document, PLAN, page_amount=7, recipients=("UBND tỉnh", "Sở KH&CN <1>"))


@pytest.fixture
def document() -> OfficialDocument:
    return final_report().model_copy(
        update={"number": 7, "issued_on": date(2026, 6, 26), "symbol": "BC-UBND"}
    )


def test_every_field_of_the_annex_is_there_in_its_order(document: OfficialDocument) -> None:
    root = fromstring(write_metadata(made(document)))
    assert tuple(child.tag for child in root) == FIELDS
    texts = {child.tag: child.text for child in root}
    assert (texts["CodeNumber"], texts["CodeNotation"]) == ("07", "BC-UBND")
    assert (texts["IssuedDate"], texts["PageAmount"]) == ("26/06/2026", "7")
    assert [one.text for one in root.iter("OrganName")][1:] == ["UBND tỉnh", "Sở KH&CN <1>"]
    assert root.findtext("SignerInfo/FullName") == document.signer_name


def test_a_long_subject_is_cut_to_its_length(document: OfficialDocument) -> None:
    found = made(document.model_copy(update={"subject": "a" * 900}))
    assert len(found.subject) == 500
    assert found.subject.endswith(" …")
    assert cut("ngắn", 10) == "ngắn"


def test_equal_metadata_are_equal_bytes(document: OfficialDocument) -> None:
    assert write_metadata(made(document)) == write_metadata(made(document))
    assert dated(made(document)) == "số 07/BC-UBND ngày 26/6/2026"


def test_a_draft_has_no_metadata(document: OfficialDocument) -> None:
    with pytest.raises(ValueError, match="unnumbered"):
        made(document.model_copy(update={"number": None}))
