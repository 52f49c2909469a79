"""Request bodies in JSON and JSON Lines, with a fast path for lists of numbers."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
import simdjson
from numpy.typing import NDArray

from container.contract.http_errors import bad_request
from container.formats.media import MediaType
from container.formats.plain_rows import MISSING_MARK, count_lines, parse_plain_rows
from container.formats.schema import Schema
from container.request.json_row import RowReader
from container.request.limits import check_row_count

Floats = NDArray[np.float32]

# What may stand before all rows, between two of them, and after all.
_JSON_FRAMES = (
    (b"[[", b"", b"]]"),
    (b'{"instances": [[', b"", b"]]}"),
    (b'{"instances":[[', b"", b"]]}"),
    (b'{"instances": [{"features": [', b']}, {"features": [', b"]}]}"),
    (b'{"instances":[{"features":[', b']},{"features":[', b"]}]}"),
)
_LINE_FRAMES = (
    (b"[", b"]\n[", b"]"),
    (b'{"features": [', b']}\n{"features": [', b"]}"),
    (b'{"features":[', b']}\n{"features":[', b"]}"),
)
_COMMA, _SPACE, _OPEN, _CLOSE = b", []"
# Whole strings, and whole numbers that 64 bits do not hold; every character is seen once.
_LONG_NUMBER = re.compile(
    rb'"(?:[^"\\]++|\\.)*+"|(?<![\d.eE])(?P<digits>\d{19}\d*+)(?![.eE])', re.DOTALL
)
_FORMS = (
    'send rows as [[1.0, 2.0]], {"instances": [[1.0, 2.0]]}, or objects by column name; one row '
    'also as [1.0, 2.0], {"features": [1.0, 2.0]}, or one object'
)


def read_json(
    text: bytes, media: MediaType, schema: Schema, lenient: bool, unseen: Counter[str]
) -> Any:
    """Return rows in a list or below "instances", or one row; null is missing. Raises HTTPError."""
    rows = None if schema.categorical else _fast(text, schema.width, _JSON_FRAMES)
    if rows is not None:
        return rows
    document = _rows_in(_parsed("the body", text), schema)
    check_row_count(len(document))
    reader = RowReader(schema, lenient=lenient, unseen=unseen)
    return reader.rows(("row", i, row) for i, row in enumerate(document, 1))


def read_json_lines(
    text: bytes, media: MediaType, schema: Schema, lenient: bool, unseen: Counter[str]
) -> Any:
    """Return a row per line: a list, {"features": a list}, or an object. Raises HTTPError."""
    text = text.replace(b"\r\n", b"\n")
    check_row_count(count_lines(text))
    rows = None if schema.categorical else _fast(text, schema.width, _LINE_FRAMES)
    if rows is not None:
        return rows
    return RowReader(schema, lenient=lenient, unseen=unseen).rows(_lines(text))


def _lines(text: bytes) -> Iterator[tuple[str, int, Any]]:
    for number, line in enumerate(text.split(b"\n"), 1):
        yield "line", number, _parsed(f"line {number}", line)


def _fast(text: bytes, width: int, frames: Any) -> Floats | None:
    """Return the rows of a body in one of the frames; None when it is in none, or not plain."""
    fitting = [each for each in frames if text.startswith(each[0]) and text.endswith(each[2])]
    if not fitting:
        return None
    before, between, after = fitting[0]
    lines = _lines_of(text[len(before) : -len(after)], between)
    if lines is None:
        return None
    check_row_count(count_lines(lines))
    rows = parse_plain_rows(lines, width, after_comma=not between)
    if rows is None and b"null" in lines and MISSING_MARK not in lines:
        nulls = lines.count(b"null")
        # Anything else before a null makes it part of another word.
        places = (b",null", b", null", b"\nnull")
        if nulls == sum(map(lines.count, places)) + lines.startswith(b"null"):
            marked = lines.replace(b"null", MISSING_MARK)
            rows = parse_plain_rows(marked, width, nulls, after_comma=not between)
    return rows


def _lines_of(inner: bytes, between: bytes) -> bytes | None:
    """Return one row per line; None when something else stands between rows."""
    if not between:
        return _lines_of_lists(inner.replace(b"\n", b" "))
    breaks = inner.count(b"\n")
    if b"\n" in between and breaks != inner.count(between):
        return None
    if b"\n" not in between and breaks:
        return None
    return inner.replace(between, b"\n")


def _lines_of_lists(inner: bytes) -> bytes | None:
    """Return `1, 2], [3, 4` as two lines, the first ending in a comma; None for other forms.

    Searches single bytes only: Python finds those ten times faster than `], [`.
    """
    if b"[" not in inner:
        return inner if b"]" not in inner else None
    letters = np.frombuffer(inner, np.uint8)
    opened = np.flatnonzero(letters == _OPEN)
    commas = opened - 1 - (letters[opened - 1] == _SPACE)
    if inner.count(b"]") != len(opened):
        return None
    if not ((letters[commas] == _COMMA) & (letters[commas - 1] == _CLOSE)).all():
        return None
    return inner.replace(b"]", b"").replace(b"[", b"\n")


def _parsed(where: str, text: bytes) -> Any:
    """Return a document of simdjson; raises HTTPError."""
    try:
        return simdjson.Parser().parse(text)
    except UnicodeDecodeError as error:
        raise bad_request(f"{where} is not UTF-8; encode it as that") from error
    except (ValueError, RuntimeError) as error:
        pointed = _with_points(text)
        if pointed != text:
            return _parsed(where, pointed)
        raise bad_request(f"{where} is not JSON: {_reason(error)}") from error


def _with_points(text: bytes) -> bytes:
    """Add a decimal point to long whole numbers, so that simdjson parses them as 64-bit floats."""
    pointed = bytearray()
    start = 0
    for token in _LONG_NUMBER.finditer(text):
        if token["digits"]:
            pointed += text[start : token.end()] + b".0"
            start = token.end()
    return bytes(pointed + text[start:])


def _reason(error: Exception) -> str:
    """Return simdjson's message without its error code."""
    text = str(error).partition(": ")[2].partition("  ")[0].rstrip(".") or str(error)
    return text[:1].lower() + text[1:]


def _rows_in(document: Any, schema: Schema) -> Any:
    """Return the list of rows in a document; raises HTTPError."""
    if isinstance(document, simdjson.Object):
        names = set(document)
        if "instances" in names:
            document = _last(document, "instances")
        elif names <= {"features", "data"} or not names.isdisjoint(schema.names):
            return [document] if names else _no_rows()
    elif _is_one_row(document):
        return [document]
    return document if isinstance(document, simdjson.Array | list) else _no_rows()


def _is_one_row(document: Any) -> bool:
    """Return whether a list begins with a value instead of a row."""
    if not isinstance(document, simdjson.Array) or not len(document):
        return False
    first: Any = document[0]
    return not isinstance(first, simdjson.Array | simdjson.Object)


def _no_rows() -> NoReturn:
    raise bad_request(_FORMS)


def _last(document: Any, key: str) -> Any:
    """Return what the last of equal keys holds; None without the key."""
    keys = list(document)
    if keys.count(key) > 1:
        # A proxy finds the first of them.
        return [value for name, value in document.items() if name == key][-1]
    return document[key] if key in keys else None
