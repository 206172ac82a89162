"""Forms and links of a page as a browser without scripts has them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

CHOSEN = frozenset({"checkbox", "radio"})
BUTTONS = frozenset({"submit", "button", "reset"})
Fields = dict[str, tuple[str, ...]]


@dataclass
class PageForm:
    """One form: where it goes, what it posts untouched, and the options of choices."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    options: dict[str, set[str]] = field(default_factory=dict)  # of boxes and lists to choose from
    texts: set[str] = field(default_factory=set)
    buttons: set[tuple[str, str]] = field(default_factory=set)  # name and value of each

    def offers(self, name: str) -> bool:
        """Whether a person can fill in that field."""
        return name in self.texts or name in self.options

    def filled(self, wanted: Fields) -> Fields:
        """Return what is posted when those fields are filled in and all others left blank."""
        fields: Fields = {name: (text,) for name, text in self.hidden.items()}
        for name in self.texts:
            fields[name] = wanted.get(name, ("",))
        for name, options in self.options.items():
            fields[name] = tuple(text for text in wanted.get(name, ()) if text in options)
        return fields


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.links: list[str] = []
        self._form: PageForm | None = None
        self._list = ""
        self._is_wordy_option = False  # an option without a value stands for its words

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: text or "" for name, text in attrs}
        if tag == "form":
            self._form = PageForm(action=given.get("action", ""))
            self.forms.append(self._form)
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif self._form is not None:
            self._field(self._form, tag, given)

    def handle_data(self, data: str) -> None:
        if self._is_wordy_option and self._form is not None:
            self._form.options.setdefault(self._list, set()).add(data.strip())
        self._is_wordy_option = False

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def _field(self, form: PageForm, tag: str, given: dict[str, str]) -> None:
        name, kind, text = given.get("name", ""), given.get("type", "text"), given.get("value", "")
        if tag == "select":
            self._list = name
        elif tag == "option":
            form.options.setdefault(self._list, set())
            self._is_wordy_option = "value" not in given
            form.options[self._list] |= set() if self._is_wordy_option else {text}
        elif tag == "button" or kind in BUTTONS:
            form.buttons.add((name, text))
        elif tag == "textarea" and name:
            form.texts.add(name)
        elif tag == "input" and name:
            _add_input(form, name, kind, text)


def _add_input(form: PageForm, name: str, kind: str, text: str) -> None:
    if kind == "hidden":
        form.hidden[name] = text
    elif kind in CHOSEN:
        form.options.setdefault(name, set()).add(text)
    elif kind != "file":
        form.texts.add(name)


class PageContent(NamedTuple):
    """What a person can press on a page, in its order."""

    forms: tuple[PageForm, ...]
    links: tuple[str, ...]


def read_page(page: str) -> PageContent:
    """Return the forms and the links of a page."""
    reader = _Reader()
    reader.feed(page)
    return PageContent(tuple(reader.forms), tuple(reader.links))
