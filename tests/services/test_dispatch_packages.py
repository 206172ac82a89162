"""The package holds what was issued, proves itself, and any change in it is found."""

import json
from collections.abc import Callable

import pytest

from adapters.package_zip import read_zip, write_zip
from models.dispatch_packages import JOURNAL, MANIFEST, METADATA, README
from models.errors import PermanentError, RefusedError
from models.plans import PlanDossier
from services.dispatch_packages import (
    DispatchPackage,
    find_packages,
    make_package,
    verify_package,
)
from services.signed_files import enter_signed
from tests.pdf_signing import sign_pdf
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import ISSUED, Reporting
from tests.services.stage import PLAN, at
from tests.services.test_signed_files import issued

pytestmark = pytest.mark.slow  # each renders documents

NOW = at(ISSUED, "14:00")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def numbered(reporting: Reporting) -> Reporting:
    reporting.report()
    reporting.assemble()
    reporting.decide()
    reporting.number()
    return reporting


def pack(numbered: Reporting) -> DispatchPackage:
    return make_package(numbered.office.engine, PLAN, by="vt", blobs=numbered.blobs, now=NOW)


def dispatch(numbered: Reporting) -> int:
    return numbered.dispatch(now=NOW)


def test_the_dispatch_makes_one_package_that_proves_itself(numbered: Reporting) -> None:
    engine = numbered.office.engine
    signed = sign_pdf(issued(numbered), "Lê Văn Công")
    enter_signed(engine, PLAN, signed, by="vt", blobs=numbered.blobs, now=NOW)
    assert (dispatch(numbered), dispatch(numbered)) == (2, 0)
    (made,) = find_packages(engine, numbered.newest().id)
    base = "20260626_BC_112_UBND-BATMOT_KHCN-2026_v01"
    assert made.name == f"{base}.zip"
    assert len(made.name.encode()) <= 120
    content = numbered.blobs.get(made.sha256)
    contents = read_zip(content)
    assert sorted(contents) == sorted(
        [f"{base}.docx", f"{base}.pdf", f"{base}_signed.pdf", METADATA, MANIFEST, JOURNAL, README]
    )
    assert contents[f"{base}_signed.pdf"] == signed
    actions = [entry["action"] for entry in json.loads(contents[JOURNAL])["entries"]]
    assert actions[0] == "report.assembled"
    assert {"report.signed_off.content", "report.approved", "report.numbered",
            "report.dispatched"} <= set(actions)  # fmt: skip
    assert "Gói này gồm" in contents[README].decode("utf-8-sig")
    assert verify_package(content) == ()


def test_the_same_state_gives_the_same_bytes_and_a_new_one_another_package(
    numbered: Reporting,
) -> None:
    first = pack(numbered)
    assert pack(numbered) == first
    dispatch(numbered)
    held = find_packages(numbered.office.engine, numbered.newest().id)
    assert len(held) == 2
    assert verify_package(numbered.blobs.get(first.sha256)) == ()


def forge_entry(contents: dict[str, bytes]) -> None:
    told = json.loads(contents[JOURNAL])
    told["entries"][-1]["actor"] = "người khác"
    contents[JOURNAL] = json.dumps(told).encode()


def drop_last(contents: dict[str, bytes]) -> None:
    told = json.loads(contents[JOURNAL])
    told["entries"].pop()
    contents[JOURNAL] = json.dumps(told).encode()


def swap(contents: dict[str, bytes]) -> None:
    told = json.loads(contents[JOURNAL])
    told["entries"].reverse()
    contents[JOURNAL] = json.dumps(told).encode()


def other_content(contents: dict[str, bytes]) -> None:
    told = json.loads(contents[MANIFEST])
    told["content_sha256"] = "0" * 64
    contents[MANIFEST] = json.dumps(told).encode()


def other_format(contents: dict[str, bytes]) -> None:
    told = json.loads(contents[MANIFEST])
    told["format"] = "x"
    contents[MANIFEST] = json.dumps(told).encode()


def foreign(contents: dict[str, bytes]) -> None:
    told = json.loads(contents[JOURNAL])
    told["commune"] = "dong-hoa"
    contents[JOURNAL] = json.dumps(told).encode()


CHANGES: list[tuple[Callable[[dict[str, bytes]], object], str]] = [
    (lambda c: c.update({README: b"x"}), "README.txt đã bị thay đổi"),
    (lambda c: c.pop(METADATA), "Thiếu tệp metadata.xml"),
    (lambda c: c.update({"la.exe": b"x"}), "la.exe không có trong danh mục"),
    (forge_entry, "nội dung đã bị sửa"),
    (drop_last, "Cuối trích nhật ký"),
    (swap, "không đúng thứ tự"),
    (other_content, "không có phê duyệt"),
    (other_format, "định dạng"),
    (foreign, "của xã khác"),
]


@pytest.mark.parametrize(("change", "fault"), CHANGES)
def test_every_change_is_found(
    numbered: Reporting, change: Callable[[dict[str, bytes]], object], fault: str
) -> None:
    contents = read_zip(numbered.blobs.get(pack(numbered).sha256))
    change(contents)
    assert any(fault in found for found in verify_package(write_zip(contents)))


def test_a_zip_without_a_manifest_is_no_package() -> None:
    with pytest.raises(PermanentError, match="manifest"):
        verify_package(write_zip({"a.txt": b"x"}))


def test_an_unnumbered_report_is_not_packed(reporting: Reporting) -> None:
    reporting.report()
    reporting.assemble()
    with pytest.raises(RefusedError, match="chưa có số"):
        pack(reporting)
