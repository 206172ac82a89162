"""A visit to the portal as a person makes it: cookies, links pressed, forms sent."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from adapters.mail_contents import read_letter
from adapters.mail_store import list_letters
from cli.rehearsal.page_forms import Fields, PageForm, read_page
from models.errors import PermanentError

PATIENCE_SECONDS = 60
PERSONAL_LINK = re.compile(r"https?://[^\s<>\"']+/[ld]/[^\s<>\"']+")
CONFIRMATION_LINK = re.compile(r"https?://[^\s<>\"']+/xac-nhan-thu/[^\s<>\"']+")
_TAGS = re.compile(r"<(style|title)\b.*?</\1>|<[^>]+>", re.DOTALL)
_WRONG = re.compile(r'class="error"[^>]*>([^<]+)<')
MOST_TOLD = 400


def newest_link(
    folder: Path, addresses: Sequence[str], wanted_link: re.Pattern[str] = PERSONAL_LINK
) -> str:
    """Return the link of that form in the newest letter that one of those addresses got.

    Raises:
        PermanentError: no letter to them has one.
    """
    wanted = {address.lower() for address in addresses}
    for letter in list_letters(folder):
        if letter.address.lower() in wanted:
            found = wanted_link.search(read_letter(folder, letter.id).text)
            if found is not None:
                return found[0].rstrip(".,;)")
    raise PermanentError(f"Chưa có thư nào gửi {', '.join(sorted(wanted))} mang liên kết cần mở.")


class Visit:
    """One visit: the page that is open now, and the way on from it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        """Begin with no page."""
        self._client = client
        self.url = ""
        self.page = ""

    @property
    def cookies(self) -> httpx.Cookies:
        """What the portal asked the browser to keep."""
        return self._client.cookies

    async def open(self, link: str) -> None:
        """Open a link of a letter, on the portal as it stands now.

        Raises:
            PermanentError: the portal shows no page for it.
        """
        # A letter written before an interruption names the port the portal had then.
        parts = urlsplit(link)
        await self._show(await self._client.get(f"{parts.path}?{parts.query}".rstrip("?")))

    async def press_link(self, *words: str) -> None:
        """Follow the first link of the page whose address has all of those words.

        Raises:
            PermanentError: there is none, or it leads to no page.
        """
        links = read_page(self.page).links
        found = next((one for one in links if all(word in unquote(one) for word in words)), None)
        if found is None:
            raise PermanentError(f"Trang {urlsplit(self.url).path} không có liên kết {words}.")
        await self._show(await self._client.get(str(httpx.URL(self.url).join(found))))

    def form(self, *words: str) -> PageForm:
        """Return the first form of the page whose address has all of those words.

        Raises:
            PermanentError: there is none.
        """
        forms = read_page(self.page).forms
        found = next((f for f in forms if all(w in unquote(f.action) for w in words)), None)
        if found is None:
            raise PermanentError(f"Trang không có biểu mẫu {words}: {plain(self.page)}")
        return found

    async def send(self, form: PageForm, fields: Fields) -> None:
        """Send a form as a browser would.

        Raises:
            PermanentError: the portal did not take it; the text says what it answered.
        """
        target = str(httpx.URL(self.url).join(form.action))
        data: dict[str, str | list[str]] = {name: list(texts) for name, texts in fields.items()}
        await self._show(await self._client.post(target, data=data))

    async def _show(self, response: httpx.Response) -> None:
        self.url, self.page = str(response.url), response.text
        if response.status_code != httpx.codes.OK:
            told = "; ".join(map(unescape, _WRONG.findall(self.page))) or plain(self.page)
            raise PermanentError(
                f"Trang {response.url.path} trả lời {response.status_code}: {told[:MOST_TOLD]}"
            )


@asynccontextmanager
async def visiting(portal_url: str) -> AsyncIterator[Visit]:
    """Open a browser without cookies at the portal for the block."""
    async with httpx.AsyncClient(
        base_url=portal_url, follow_redirects=True, timeout=PATIENCE_SECONDS, trust_env=False
    ) as client:
        yield Visit(client)


def plain(page: str) -> str:
    """Return the words of a page, for a message."""
    _, _, content = page.rpartition("<main")
    return " ".join(unescape(_TAGS.sub(" ", f"<main{content}")).split())[:MOST_TOLD]
