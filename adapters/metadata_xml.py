"""The metadata of a document as XML, with the names of Phụ lục VI, NĐ 30/2020/NĐ-CP."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from models.document_metadata import DocumentMetadata

ROOT = "DocumentMetadata"
SIGNER, RECIPIENTS = "SignerInfo", "To"


def write_metadata(metadata: DocumentMetadata) -> bytes:
    """Return the metadata as XML in UTF-8; equal metadata give equal bytes."""
    root = Element(ROOT, {"rule": "30/2020/NĐ-CP, Phụ lục VI"})
    for name, text in metadata.fields:
        SubElement(root, name).text = text
        if name == "PageAmount":
            _write_people(root, metadata)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _write_people(root: Element, metadata: DocumentMetadata) -> None:
    signer = SubElement(root, SIGNER)
    SubElement(signer, "FullName").text = metadata.signer_info.full_name
    SubElement(signer, "Position").text = metadata.signer_info.title
    recipients = SubElement(root, RECIPIENTS)
    for name in metadata.to:
        SubElement(recipients, "OrganName").text = name
