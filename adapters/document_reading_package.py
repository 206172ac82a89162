"""The parts of a DOCX package, opened without trust: limits on size, no DTD, no outside world."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - the library's name says nothing

from models.errors import PermanentError

MOST_BYTES = 64_000_000  # of the file itself
MOST_UNPACKED = 256_000_000  # a report of 20,000 units unpacks to about 60 MB
MOST_PARTS = 5_000
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_MAIN = "word/document.xml"


class DocumentParts:
    """The parts of one package, parsed as they are asked for."""

    def __init__(self, content: bytes) -> None:
        if len(content) > MOST_BYTES:
            raise _unreadable(f"lớn hơn {MOST_BYTES // 1_000_000} MB")
        try:
            self._archive = ZipFile(BytesIO(content))
            self._entries = {entry.filename: entry for entry in self._archive.infolist()}
        except (BadZipFile, NotImplementedError, ValueError) as error:
            raise _unreadable("hỏng hoặc không phải tệp DOCX") from error
        self._refuse_bombs()

    def _refuse_bombs(self) -> None:
        if len(self._entries) > MOST_PARTS:
            raise _unreadable(f"có hơn {MOST_PARTS} thành phần")
        if sum(entry.file_size for entry in self._entries.values()) > MOST_UNPACKED:
            raise _unreadable(f"giải nén lớn hơn {MOST_UNPACKED // 1_000_000} MB")
        if _MAIN not in self._entries:
            raise _unreadable("không có nội dung Word (word/document.xml)")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts."""
        return tuple(self._entries)

    def tree(self, name: str) -> ET.Element | None:
        """Parse a part; None when there is no such part.

        Raises:
            PermanentError: it is damaged, holds a DTD, or unpacks to more than it says.
        """
        entry = self._entries.get(name)
        if entry is None:
            return None
        parser = ET.XMLParser(target=_NoDoctype())  # noqa: S314 - its target refuses DTDs
        try:
            parser.feed(self._read(entry))
            root = parser.close()
        except ET.ParseError as error:
            raise _unreadable(f"hỏng ở phần “{name}”") from error
        assert isinstance(root, ET.Element)
        return root

    def _read(self, entry: ZipInfo) -> bytes:
        try:
            with self._archive.open(entry) as part:
                content = part.read(entry.file_size + 1)
        except (BadZipFile, ZlibError, NotImplementedError, RuntimeError, EOFError) as error:
            raise _unreadable(f"hỏng ở phần “{entry.filename}”") from error
        if len(content) > entry.file_size:
            raise _unreadable(f"ghi sai kích thước của phần “{entry.filename}”")
        return content

    def targets(self, name: str = _MAIN) -> dict[str, str]:
        """Map the relationship ids of a part to the names of the parts they mean."""
        folder = PurePosixPath(name).parent
        return {
            link.get("Id", ""): _resolved(folder, link.get("Target", ""))
            for link in self._relationships(name)
            if link.get("TargetMode") != "External"
        }

    def outside_links(self) -> tuple[str, ...]:
        """The addresses outside the file that any part refers to."""
        return tuple(
            link.get("Target", "")
            for name in self._entries
            if name.endswith(".rels")
            for link in self._links(name)
            if link.get("TargetMode") == "External"
        )

    def has_macros(self) -> bool:
        """Tell whether the package carries program code."""
        if any("vbaproject" in name.lower() for name in self._entries):
            return True
        types = self.tree("[Content_Types].xml")
        return types is not None and any(
            "macroEnabled" in entry.get("ContentType", "") for entry in types
        )

    def _relationships(self, name: str) -> Iterator[ET.Element]:
        path = PurePosixPath(name)
        return self._links(f"{path.parent}/_rels/{path.name}.rels")

    def _links(self, name: str) -> Iterator[ET.Element]:
        root = self.tree(name)
        return iter(()) if root is None else root.iter(_RELATIONSHIP)


class _NoDoctype(ET.TreeBuilder):
    """Builds a tree and refuses a document type, which is where entities are defined."""

    def doctype(self, *_: object) -> None:
        raise _unreadable("chứa khai báo DTD, không an toàn")


def _resolved(folder: PurePosixPath, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(folder / target)


def _unreadable(why: str) -> PermanentError:
    return PermanentError(
        f"Không đọc được tệp (F-84): tệp {why}. Hãy mở bằng Word, lưu lại dạng .docx rồi kiểm tra."
    )


def attributes(element: ET.Element | None) -> Mapping[str, str]:
    """Return the attributes of an element by their names without namespace."""
    if element is None:
        return {}
    return {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
