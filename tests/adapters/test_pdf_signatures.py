"""A signed PDF is read as it is: who signed, in what order, over which bytes."""

import pytest

from adapters.pdf import write_pdf
from adapters.pdf_signatures import overlaps, read_pdf_facts
from models.errors import PermanentError
from tests.adapters.sample_document import final_report
from tests.pdf_signing import NOW, sign_pdf, with_empty_field

LEADER, AGENCY = "Lê Văn Công", "Ủy ban nhân dân xã Bát Mọt"


@pytest.fixture(scope="module")
def plain() -> bytes:
    return write_pdf(final_report(), timestamp=NOW)


@pytest.mark.slow
def test_lines_and_pages_are_read(plain: bytes) -> None:
    facts = read_pdf_facts(plain)
    assert facts.signatures == ()
    assert facts.empty_fields == ()
    assert facts.size == len(plain)
    assert any("BÁO CÁO" in line for line in facts.pages[0])


@pytest.mark.slow
def test_two_signatures_are_read_in_their_order(plain: bytes) -> None:
    once = sign_pdf(plain, LEADER)
    twice = sign_pdf(once, AGENCY)
    facts = read_pdf_facts(twice)
    assert [one.names for one in facts.signatures] == [(LEADER,), (AGENCY,)]
    assert [one.end for one in facts.signatures] == [len(once), len(twice)]
    assert all(one.is_whole for one in facts.signatures)
    assert not overlaps(facts.signatures)
    assert facts.pages == read_pdf_facts(plain).pages


@pytest.mark.slow
def test_what_is_written_after_a_signature_is_not_covered_by_it(plain: bytes) -> None:
    signed = sign_pdf(plain, LEADER)
    facts = read_pdf_facts(with_empty_field(signed))
    assert facts.signatures[0].end == len(signed) < facts.size
    assert len(facts.empty_fields) == 1


@pytest.mark.slow
def test_a_range_with_a_larger_hole_does_not_cover_the_file(plain: bytes) -> None:
    signed = sign_pdf(plain, LEADER)
    place = signed.rindex(b"/ByteRange")
    first = signed[place:].split()[2]
    shorter = signed.replace(b" %s " % first, b" %d " % (int(first) - 5), 1)
    (found,) = read_pdf_facts(shorter).signatures
    assert not found.is_whole


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7 rubbish"])
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(PermanentError, match="PDF"):
        read_pdf_facts(content)
