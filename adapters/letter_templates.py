"""Letters from templates: one body per kind, printed as text and as HTML, with its subject."""

import re
from functools import cache
from pathlib import Path

from jinja2 import BaseLoader, FileSystemLoader, PrefixLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models import vietnamese
from models.errors import PermanentError, UsageError
from models.letter_contexts import CONTEXT_OF_KIND
from models.letter_frames import LetterContext
from models.letters import Composed, LetterKind

MAIL_TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "mail"
SUBJECT_LIMIT = 120  # characters, domain.md 4.2

_ELLIPSIS = "…"
_BLANK_LINES = re.compile(r"\n{3,}")
_FILTERS = {
    "count": vietnamese.format_count,
    "day": vietnamese.format_day,
    "days": vietnamese.format_days,
    "hour": vietnamese.format_hour,
    "instant": vietnamese.format_instant,
    "long_day": vietnamese.format_long_day,
    "number": vietnamese.format_number,
    "remaining": vietnamese.format_remaining,
    "sentence_case": vietnamese.sentence_case,
    "short_instant": vietnamese.format_short_instant,
}


class _NamedByPrefix(PrefixLoader):
    """Loads templates under their full name, so that escaping can be told from the prefix."""

    # PrefixLoader.load compiles under the name without prefix, and autoescape would be off.
    load = BaseLoader.load


@cache
def _environment(folder: Path) -> ImmutableSandboxedEnvironment:
    # The same file is compiled under "html:" with escaping and under "txt:" without, so the
    # words of a letter stand once and its two forms cannot drift apart. Compiled once a process;
    # a file that changes is compiled anew.
    files = FileSystemLoader(folder)
    environment = ImmutableSandboxedEnvironment(
        loader=_NamedByPrefix({"html": files, "txt": files}, delimiter=":"),
        autoescape=_is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS, paragraph=vietnamese.clean_text, stacked=_stack_lines)
    return environment


class LetterRenderer:
    """Keeps the compiled templates; one renderer serves a whole run."""

    def __init__(self, folder: Path = MAIL_TEMPLATES) -> None:
        self._templates = _environment(folder)

    def render(self, kind: LetterKind, context: LetterContext) -> Composed:
        """Write one letter; the same kind and context give the same words.

        Raises:
            UsageError: the context is not that of the kind.
            PermanentError: a template is broken or asks for what the context lacks.
        """
        if type(context) is not CONTEXT_OF_KIND[kind]:
            raise UsageError(
                f"Thư {kind.value} cần dữ liệu {CONTEXT_OF_KIND[kind].__name__}, "
                f"không dùng được {type(context).__name__}; hãy kiểm tra nơi soạn thư."
            )
        subject = shorten_subject(self._print("txt", f"{kind.value}.subject", kind, context))
        return Composed(
            subject=subject,
            text=_tidy(self._print("txt", "layout.txt", kind, context)),
            html=_tidy(self._print("html", "layout.html", kind, context, subject=subject)),
        )

    def _print(
        self, medium: str, name: str, kind: LetterKind, context: LetterContext, *, subject: str = ""
    ) -> str:
        try:
            return self._templates.get_template(f"{medium}:{name}.j2").render(
                medium=medium,
                kind=kind.value,
                letter=context,
                frame=context.frame,
                to=context.to,
                subject=subject,
            )
        except TemplateError as error:
            raise PermanentError(
                f"Không soạn được thư {kind.value} ({name}): {error}. Hãy sửa mẫu thư."
            ) from error


def shorten_subject(printed: str, limit: int = SUBJECT_LIMIT) -> str:
    """Make one line of a subject printed as head, middle and tail on three lines.

    Only the middle is shortened, at a word, so that tags, type, unit and deadline stay.
    """
    lines = [vietnamese.clean_text(line) for line in printed.split("\n")]
    head, middle, tail = (*lines, "", "")[:3]
    room = limit - len(_join(head, tail)) - 1
    whole = _join(head, _cut(middle, room), tail)
    return whole if len(whole) <= limit else _cut(whole, limit)


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    kept = text[: max(room, 0)].rpartition(" ")[0]
    return kept.rstrip(" ,;:-") + _ELLIPSIS


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _is_html(name: str | None) -> bool:
    return name is not None and name.startswith("html:")


def _stack_lines(printed: str) -> str:
    lines = (vietnamese.clean_text(line) for line in printed.splitlines())
    return "\n    ".join(line for line in lines if line)


def _tidy(printed: str) -> str:
    lines = "\n".join(line.rstrip() for line in printed.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"
