"""Letters from templates: one body per kind, printed as text and as HTML, with its subject."""

import re
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import BaseLoader, FileSystemLoader, PrefixLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adapters.letter_patterns import FORM_FILTERS, SUBJECT_PATH, Pattern, compose, read_pattern
from models import vietnamese
from models.errors import PermanentError, UsageError
from models.letter_contexts import CONTEXT_OF_KIND
from models.letter_frames import LetterContext
from models.letter_slots import Shape, open_context, shape_of, slot
from models.letters import Composed, LetterKind

MAIL_TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "mail"
PATTERNS_KEPT = 512  # each about 10 KB

_BLANK_LINES = re.compile(r"\n{3,}")
_FILTERS = FORM_FILTERS | {
    "count": vietnamese.format_count,
    "days": vietnamese.format_days,
    "number": vietnamese.format_number,
    "remaining": vietnamese.format_remaining,
    "sentence_case": vietnamese.sentence_case,
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
    environment.filters.update(_FILTERS, paragraph=_one_line, stacked=_stack_lines)
    return environment


class LetterRenderer:
    """Keeps the compiled templates and the patterns; one renderer serves a whole run.

    A letter is printed in two steps: its shape becomes a pattern, which many letters share, and
    the pattern is filled with what is this reader's own.
    """

    def __init__(self, folder: Path = MAIL_TEMPLATES) -> None:
        self._templates = _environment(folder)
        self._pattern = lru_cache(maxsize=PATTERNS_KEPT)(self._print_shape)

    def render(self, kind: LetterKind, context: LetterContext) -> Composed:
        """Write one letter; the same kind and context give the same words.

        Raises:
            UsageError: the context is not that of the kind.
            PermanentError: a template is broken or asks for what the context lacks.
        """
        return compose(self.pattern(kind, context).fill(context))

    def pattern(self, kind: LetterKind, context: LetterContext) -> Pattern:
        """The pattern of all letters of that kind and of the context's shape.

        Raises:
            UsageError: the context is not that of the kind.
            PermanentError: a template is broken or asks for what the context lacks.
        """
        if type(context) is not CONTEXT_OF_KIND[kind]:
            raise UsageError(
                f"Thư {kind.value} cần dữ liệu {CONTEXT_OF_KIND[kind].__name__}, "
                f"không dùng được {type(context).__name__}; hãy kiểm tra nơi soạn thư."
            )
        return self._pattern(kind, shape_of(context))

    def _print_shape(self, kind: LetterKind, shape: Shape) -> Pattern:
        return self.print_pattern(kind, open_context(shape))

    def print_pattern(self, kind: LetterKind, context: LetterContext) -> Pattern:
        """Print the words of a context, with slots where it has them.

        Raises:
            PermanentError: a template is broken or asks for what the context lacks.
        """
        return read_pattern(
            subject=self._print("txt", f"{kind.value}.subject", kind, context),
            text=_tidy(self._print("txt", "layout.txt", kind, context)),
            html=_tidy(
                self._print("html", "layout.html", kind, context, subject=slot(SUBJECT_PATH))
            ),
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


def _is_html(name: str | None) -> bool:
    return name is not None and name.startswith("html:")


def _one_line(printed: str) -> str:
    # Values are clean lines already; cleaning the whole again would take the slots out.
    return vietnamese.nfc(" ".join(printed.split()))


def _stack_lines(printed: str) -> str:
    lines = (_one_line(line) for line in printed.splitlines())
    return "\n    ".join(line for line in lines if line)


def _tidy(printed: str) -> str:
    lines = "\n".join(line.rstrip() for line in printed.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"
