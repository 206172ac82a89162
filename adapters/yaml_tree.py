"""YAML read node by node, so that every value keeps the line it stands on."""

import math
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, TypeAlias

import yaml

from models.faults import Path

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_BYTES = 2_000_000
MAX_DEPTH = 30
MAX_NUMBER = 10**18


class Flaw(NamedTuple):
    """Something wrong at a line, before any meaning is looked at."""

    path: Path
    line: int
    message: str


class Tree(NamedTuple):
    """A file as plain values; ``lines`` gives the line of each key and item, from 1."""

    content: Json
    lines: dict[Path, int]
    flaws: list[Flaw]

    def line_of(self, path: Path) -> int:
        """The line of the field, or of the nearest thing around it that exists."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


def read_tree(raw: bytes) -> Tree:
    """Read one YAML document; what is wrong stands in its flaws, never in an exception.

    Anchors, aliases and tags are refused: a few lines of them can stand for gigabytes.
    """
    tree = Tree(content=None, lines={}, flaws=[])
    try:
        node = _compose(raw, tree.flaws)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        tree.flaws.append(Flaw((), line, f"sai cú pháp YAML ({error.problem}); kiểm tra thụt lề"))
    except yaml.reader.ReaderError as error:
        message = f"có ký tự không được phép (U+{error.character:04X})"
        line = raw.count(b"\n", 0, error.position) + 1  # libyaml counts in bytes
        tree.flaws.append(Flaw((), line, message))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        tree.flaws.append(Flaw((), line, "tệp không phải UTF-8; lưu lại với mã UTF-8"))
    else:
        if node is not None:
            return tree._replace(content=_value(node, (), tree))
    return tree


def _compose(raw: bytes, flaws: list[Flaw]) -> yaml.Node | None:
    if len(raw) > MAX_BYTES:
        flaws.append(Flaw((), 1, f"tệp lớn hơn {MAX_BYTES // 1_000_000} MB, không đọc"))
        return None
    text = raw.decode("utf-8-sig")
    flaws += _refused_events(text)
    if flaws:
        return None
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(node, yaml.MappingNode):
        flaws.append(Flaw((), 1, "tệp trống hoặc không phải các cặp “khóa: giá trị”"))
        return None
    return node


def _refused_events(text: str) -> Iterator[Flaw]:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield Flaw((), line, "không dùng neo và tham chiếu YAML (& và *); ghi lại nội dung")
        if getattr(event, "tag", None):
            yield Flaw((), line, "không dùng thẻ kiểu của YAML (dấu !)")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            yield Flaw((), line, f"lồng nhau quá {MAX_DEPTH} cấp")
            return


def _value(node: yaml.Node, path: Path, tree: Tree) -> Json:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, tree)
    if isinstance(node, yaml.SequenceNode):
        return [_item(item, (*path, i), tree) for i, item in enumerate(node.value)]
    return _scalar(node, path, tree)


def _item(node: yaml.Node, path: Path, tree: Tree) -> Json:
    tree.lines[path] = node.start_mark.line + 1
    return _value(node, path, tree)


def _mapping(node: yaml.MappingNode, path: Path, tree: Tree) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            tree.flaws.append(Flaw(path, line, "tên mục phải là một từ"))
            continue
        name = unicodedata.normalize("NFC", key.value)
        if name in values:
            first = tree.lines[(*path, name)]
            message = f"mục “{name}” ghi hai lần (lần đầu ở dòng {first}); bỏ bớt một"
            tree.flaws.append(Flaw((*path, name), line, message))
            continue
        tree.lines[(*path, name)] = line
        values[name] = _value(value, (*path, name), tree)
    return values


def _scalar(node: yaml.Node, path: Path, tree: Tree) -> Json:
    try:
        value = yaml.constructor.SafeConstructor().construct_object(node)
        return _plain(value)
    except (ValueError, OverflowError, yaml.YAMLError):
        message = f"giá trị “{str(node.value)[:60]}” không tồn tại hoặc không đọc được"
        tree.flaws.append(Flaw(path, node.start_mark.line + 1, message))
        return None


def _plain(value: object) -> Json:
    """The scalar as JSON knows it; days and instants as ISO text.

    Raises:
        ValueError: a number out of all proportion, or characters no text should hold.
    """
    if isinstance(value, str):
        if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in value):
            raise ValueError(value)
        return unicodedata.normalize("NFC", value)
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) > MAX_NUMBER:
            raise ValueError(value)
        return value
    return None
