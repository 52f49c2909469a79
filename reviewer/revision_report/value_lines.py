"""Values of a template as lines of text, and the lines in which two of them differ."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import Any

from reviewer.markdown import visible
from reviewer.secrets import mask, mask_tree

# A value of more characters is named by its length: its lines would help nobody.
LONGEST_VALUE = 200_000
# difflib compares each line with each: of more than these, all are taken to differ.
_MOST_LINES = 1_500
_CONTEXT = 3
# A line that is longer breaks after what separates its parts.
_WIDE_LINE = 160
_PARTS = re.compile(r"(?<=[,;|])|(?<=&&)")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{24,}={0,2}\s*\Z")
# JSON in JSON in JSON: a state machine whose task has a document in its input.
_DEEPEST_TEXT = 4


def value_lines(text: str, name: str = "") -> list[str]:
    """The lines of a value without its secrets: JSON indented, scripts decoded from base64.

    `name` is the property it stands under, which may say that it is a secret.
    """
    try:
        tree = mask_tree(_opened(text), name)
        lines = list(_tree_lines(tree)) if isinstance(tree, dict | list) else tree.split("\n")
    except RecursionError:
        lines = mask(text).split("\n")
    return [visible(part, kept="\t") for line in lines for part in _narrow(line)]


def difference(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The lines in which two values differ, as a unified diff with a little around them."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if max(len(old), len(new)) > _MOST_LINES:
        return [*(f"-{line}" for line in old), *(f"+{line}" for line in new)]
    found = list(unified_diff(before, after, n=_CONTEXT, lineterm=""))
    # The names of files that there are none of.
    return found[2:]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    shortest = min(len(one), len(other))
    return next((at for at in range(shortest) if one[at] != other[at]), shortest)


def _opened(value: Any, depth: int = 0) -> Any:
    """A value whose texts are what they hold: JSON a tree, base64 the text in it."""
    if isinstance(value, dict):
        return {key: _opened(item, depth) for key, item in value.items()}
    if isinstance(value, list):
        return [_opened(item, depth) for item in value]
    if not isinstance(value, str) or depth >= _DEEPEST_TEXT:
        return value
    text = _decoded(value)
    if text.lstrip()[:1] in ("{", "["):
        try:
            return _opened(json.loads(text), depth + 1)
        except ValueError:
            return text
    return text


def _decoded(text: str) -> str:
    """The text that base64 stands for; the text itself when it is no base64 of a text."""
    if not _BASE64.match(text):
        return text
    try:
        found = base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return text
    return found if all(letter.isprintable() or letter in "\n\r\t" for letter in found) else text


def _tree_lines(value: Any, indent: str = "", prefix: str = "", end: str = "") -> Iterator[str]:
    """JSON with a text of several lines written as such, as YAML does it."""
    if isinstance(value, dict) and value:
        named = [(f"{json.dumps(key, ensure_ascii=False)}: ", item) for key, item in value.items()]
        yield from _block_lines(named, indent, f"{prefix}{{", f"}}{end}")
    elif isinstance(value, list) and value:
        yield from _block_lines([("", item) for item in value], indent, f"{prefix}[", f"]{end}")
    elif isinstance(value, str) and "\n" in value:
        yield f"{indent}{prefix}|"
        yield from (f"{indent}  {line}" for line in value.removesuffix("\n").split("\n"))
    else:
        yield f"{indent}{prefix}{json.dumps(value, ensure_ascii=False)}{end}"


def _block_lines(
    items: Sequence[tuple[str, Any]], indent: str, first: str, last: str
) -> Iterator[str]:
    yield f"{indent}{first}"
    for number, (name, item) in enumerate(items, 1):
        yield from _tree_lines(item, f"{indent}  ", name, "," if number < len(items) else "")
    yield f"{indent}{last}"


def _narrow(line: str) -> Iterator[str]:
    """The parts of a line that is too wide to compare by eye."""
    if len(line) <= _WIDE_LINE:
        yield line
        return
    yield from (part for part in _PARTS.split(line) if part)
