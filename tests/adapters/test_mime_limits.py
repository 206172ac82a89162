"""Messages from hard material: names with addresses, long words, large files."""

import base64
import random

import pytest

from models.addresses import Mailbox
from models.errors import PermanentError
from models.letters import Composed, Part
from tests.adapters.test_mime import built, check_wire, parsed


def test_a_vietnamese_domain_travels_as_ascii() -> None:
    message = parsed(built(recipient=Mailbox(address="bac@xã.vn", name="Bác Lò")))
    (address,) = message["To"].addresses
    assert (address.addr_spec, address.display_name) == ("bac@xn--x-yfa.vn", "Bác Lò")
    with pytest.raises(PermanentError, match="E-ADR-02"):
        built(recipient=Mailbox(address="bác@xã.vn"))


@pytest.mark.parametrize(
    "name",
    ['"UBND tỉnh" <evil@x.example>', "evil@x.example", "a, b@x.example", "<evil@x.example>", "x;"],
)
def test_an_address_inside_a_name_is_only_a_name(name: str) -> None:
    message = parsed(built(recipient=Mailbox(address="a@x.vn", name=name)))
    (address,) = message["To"].addresses
    assert (address.addr_spec, address.display_name) == ("a@x.vn", name)


@pytest.mark.parametrize("length", [76, 200, 900])
def test_a_long_web_address_is_never_encoded_or_broken(length: int) -> None:
    link = f"<https://x.vn/{'a' * (length - 15)}>"
    octets = built(headers={"List-Unsubscribe": link})
    assert f"List-Unsubscribe: {link}\r\n".encode() in octets.replace(b"\r\n ", b" ")
    assert parsed(octets)["List-Unsubscribe"] == link


def test_an_attachment_of_megabytes_stays_in_short_lines() -> None:
    content = random.Random(1).randbytes(3 * 2**20)
    part = Part(name="lớn.bin", media_type="application/octet-stream", content=content)
    octets = built(Composed(subject="x" * 900 + " " + "y" * 900, text="t", html="h", parts=(part,)))
    check_wire(octets)
    (attachment,) = parsed(octets).iter_attachments()
    assert attachment.get_content() == content


@pytest.mark.parametrize("size", [0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 65_536, 65_537])
def test_base64_is_cut_as_the_standard_library_cuts_it(size: int) -> None:
    content = bytes(n % 256 for n in range(size))
    part = Part(name="a.bin", media_type="application/octet-stream", content=content)
    octets = built(Composed(subject="x", text="t", html="h", parts=(part,)))
    expected = base64.encodebytes(content).replace(b"\n", b"\r\n")
    assert b"base64\r\n\r\n" + expected + b"\r\n--" in octets
