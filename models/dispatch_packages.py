"""The package of a dispatched report: what is in it, and whether all of it still holds."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from models.journal import JournalEntry, chain_hash
from models.values import Value

FORMAT = "dondoc-package/1"
MANIFEST, JOURNAL, METADATA, README = "manifest.json", "journal.json", "metadata.xml", "README.txt"
MOST_NAME_BYTES = 120  # domain.md 2.6


class PackagedFile(Value):
    """One file of the package with its content hash."""

    name: str
    sha256: str
    size: int
    role: str  # issued | signed | annex | metadata | journal | readme


class Manifest(Value):
    """What the package holds, and of which content the leader decided."""

    format: str = FORMAT
    report_id: str
    content_sha256: str  # of the version that was approved
    files: tuple[PackagedFile, ...]


class JournalExtract(Value):
    """The journal's entries about the report, oldest first, each with its chain hashes.

    ``head_seq`` and ``head_hash`` are those of the newest entry in it: they are to be found again
    in the commune's journal.
    """

    commune: str
    entries: tuple[JournalEntry, ...]
    head_seq: int
    head_hash: str


def packaged(name: str, content: bytes, *, role: str) -> PackagedFile:
    """Describe a file of the package."""
    return PackagedFile(name=name, sha256=sha256(content).hexdigest(), size=len(content), role=role)


def extract_of(commune: str, entries: Sequence[JournalEntry]) -> JournalExtract:
    """Return the extract of at least one entry, in order."""
    last = entries[-1]
    return JournalExtract(
        commune=commune, entries=tuple(entries), head_seq=last.seq, head_hash=last.hash
    )


def find_faults(
    manifest: Manifest, extract: JournalExtract, contents: Mapping[str, bytes]
) -> tuple[str, ...]:
    """Every place where a package is not what it says, in Vietnamese; empty when it is whole."""
    return (*_file_faults(manifest, contents), *chain_faults(extract), *_unknown(manifest, extract))


def _file_faults(manifest: Manifest, contents: Mapping[str, bytes]) -> list[str]:
    faults = [] if manifest.format == FORMAT else [f"Không hiểu định dạng gói “{manifest.format}”."]
    listed = {one.name: one for one in manifest.files}
    for name, one in listed.items():
        if name not in contents:
            faults.append(f"Thiếu tệp {name}.")
        elif sha256(contents[name]).hexdigest() != one.sha256:
            faults.append(f"Tệp {name} đã bị thay đổi.")
    extra = sorted(contents.keys() - listed.keys() - {MANIFEST})
    return faults + [f"Tệp {name} không có trong danh mục." for name in extra]


def chain_faults(extract: JournalExtract) -> tuple[str, ...]:
    """Every entry of an extract whose content or place in the chain does not hold."""
    faults = []
    before: JournalEntry | None = None
    for entry in extract.entries:
        if entry.hash != chain_hash(entry):
            faults.append(f"Bản ghi {entry.seq}: nội dung đã bị sửa ({entry.action}).")
        if before is not None and entry.seq <= before.seq:
            faults.append(f"Bản ghi {entry.seq}: không đúng thứ tự.")
        if before is not None and entry.seq == before.seq + 1 and entry.previous != before.hash:
            faults.append(f"Bản ghi {entry.seq}: không nối với bản ghi trước.")
        if entry.commune != extract.commune:
            faults.append(f"Bản ghi {entry.seq}: của xã khác.")
        before = entry
    if before is None or (before.seq, before.hash) != (extract.head_seq, extract.head_hash):
        faults.append("Cuối trích nhật ký không khớp.")
    return tuple(faults)


def _unknown(manifest: Manifest, extract: JournalExtract) -> list[str]:
    """What the journal does not bear out: the approval, and the files that were issued."""
    approved = {
        str(entry.detail.get("sha256"))
        for entry in extract.entries
        if entry.action == "report.approved" and entry.subject == manifest.report_id
    }
    signed = {str(e.detail.get("sha256")) for e in extract.entries if e.action == "report.signed"}
    faults = []
    if manifest.content_sha256 not in approved:
        faults.append("Nhật ký không có phê duyệt đối với nội dung này.")
    faults += [
        f"Nhật ký không có việc nhập bản đã ký {one.name}."
        for one in manifest.files
        if one.role == "signed" and one.sha256 not in signed
    ]
    return faults
