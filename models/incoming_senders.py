"""Who sent a mail: the one plain address of From, and what our own server says of it."""

import re

from models.addresses import check_address
from models.errors import PermanentError

_MOST_HEADER = 4_000
_NAMED = re.compile(r'(?:"(?:[^"\\]|\\.)*"\s*|[^"<>@,;:]*)<\s*([^<>@\s]+@[^<>@\s]+)\s*>')
_BARE = re.compile(r'([^<>@\s,;:()"]+@[^<>@\s,;:()"]+)(?:\s*\([^()@<>]*\))?')
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9!#$%&'*+/=?^_`{|}~.-])[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,128}@[A-Za-z0-9.-]{1,255}"
)
_METHOD = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\([^()]*\)")
_MOST_NESTED = 20
_DOMAIN_OF = {
    "dmarc": re.compile(r"\bheader\.from\s*=\s*([A-Za-z0-9.-]+)(?=[\s;]|$)"),
    "dkim": re.compile(r"\bheader\.[di]\s*=\s*(?:[^@;\s]*@)?([A-Za-z0-9.-]+)(?=[\s;]|$)"),
    "spf": re.compile(r"\bsmtp\.mailfrom\s*=\s*(?:[^@;\s]*@)?([A-Za-z0-9.-]+)(?=[\s;]|$)"),
}


def plain_sender(headers: tuple[str, ...]) -> str | None:
    """The one address of the one From, in lower case; None when there is any doubt."""
    if len(headers) != 1 or len(headers[0]) > _MOST_HEADER:
        return None
    text = headers[0].strip()
    found = _NAMED.fullmatch(text) or _BARE.fullmatch(text)
    if found is None:
        return None
    try:
        return check_address(found[1]).lower()
    except PermanentError:
        return None


def addresses_in(text: str) -> tuple[str, ...]:
    """Everything in a text that looks like an address, in order."""
    return tuple(found.rstrip(".") for found in _ADDRESS.findall(text))


def is_authenticated(headers: tuple[str, ...], *, authserv_id: str | None, sender: str) -> bool:
    """Whether our own mail server vouches for the sender's domain (RFC 8601).

    Only the topmost header counts, and only with exactly our server's id: everything below may
    have been written by the sender.
    """
    if authserv_id is None or not headers:
        return False
    server, _, results = _bare(headers[0][:_MOST_HEADER]).partition(";")
    if server.lower().split()[:1] != [authserv_id.lower()]:
        return False
    domain = sender.rpartition("@")[2].lower()
    verdicts = [_verdict(result, domain) for result in results.split(";")]
    dmarc = [passed for method, passed in verdicts if method == "dmarc"]
    return all(dmarc) if dmarc else any(passed for _, passed in verdicts)


def _bare(header: str) -> str:
    # What stands in quotes or comments may be the sender's own words: "x; dmarc=pass"@evil.example.
    text = _QUOTED.sub(" ", header)
    for _ in range(_MOST_NESTED):
        text, count = _COMMENT.subn(" ", text)
        if not count:
            return text
    return ""


def _verdict(result: str, domain: str) -> tuple[str, bool]:
    found = _METHOD.search(result)
    if found is None:
        return "", False
    method = found[1].lower()
    named = _DOMAIN_OF[method].search(result)
    is_aligned = named is not None and named[1].lower() == domain
    return method, found[2].lower() == "pass" and is_aligned
