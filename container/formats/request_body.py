"""Turns the body of a request into rows of numbers, or into one sentence for its sender."""

import csv
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from container.formats.refusal import RefusedError, bad_request

Floats = NDArray[np.float32]

MOST_ROWS = 100_000

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NUMERIC_CHARACTERS = b"0123456789+-.eE,\r\n "
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_JSON_NUMBERS = {int, float, type(None)}


def read_rows(body: bytes, content_type: str, feature_count: int) -> Floats:
    """The [n, feature_count] rows of a body, NaN where a value is missing; raises RefusedError."""
    text = body.removeprefix(_BYTE_ORDER_MARK).strip(b" \t\r\n")
    if not text:
        raise bad_request("the body is empty; send at least one row")
    read = read_json if content_type == "application/json" else read_csv
    rows = read(text, feature_count)
    if np.isinf(rows).any():
        raise bad_request("a number is too large for a 32-bit float; scale it down")
    return rows


def read_csv(text: bytes, feature_count: int) -> Floats:
    """Rows without header and label; an empty field is a missing value."""
    _check_row_count(text.count(b"\n") + 1)
    if not text.translate(None, _NUMERIC_CHARACTERS):
        try:
            # A list of lists in JSON is the fastest parser here; it takes plain numbers only.
            lines = text.replace(b"\r\n", b"\n").replace(b"\n", b"],[")
            rows = orjson.loads(b"[[" + lines + b"]]")
        except orjson.JSONDecodeError:
            rows = []
        if rows and set(map(len, rows)) == {feature_count}:
            return _matrix(rows)
    return _matrix(_read_csv_slowly(text, feature_count))


def read_json(text: bytes, feature_count: int) -> Floats:
    """Rows as a list of lists, or below "instances", or each below "features"; null = missing."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"the body is not JSON: {error}") from error
    if isinstance(document, dict):
        document = document.get("instances")
    if not isinstance(document, list) or not document:
        raise bad_request('send rows as [[1.0, 2.0]] or {"instances": [[1.0, 2.0]]}')
    _check_row_count(len(document))
    rows = [_features(number, row) for number, row in enumerate(document, start=1)]
    for number, row in enumerate(rows, start=1):
        _check_width(f"row {number}", len(row), feature_count)
        if not set(map(type, row)) <= _JSON_NUMBERS:
            raise bad_request(f"row {number} holds something other than numbers and null")
    return _matrix(rows)


def _features(number: int, row: Any) -> list[Any]:
    if isinstance(row, dict):
        row = row.get("features")
    if not isinstance(row, list):
        raise bad_request(f'row {number} must be a list of numbers or {{"features": a list}}')
    return row


def _read_csv_slowly(text: bytes, feature_count: int) -> list[list[float]]:
    """Also empty fields, quotes, and every way to write a number; names the line that is wrong."""
    try:
        reader = csv.reader(text.decode().splitlines(), strict=True)
        rows: list[list[float]] = []
        for fields in reader:
            where = f"line {reader.line_num}"
            _check_width(where, len(fields), feature_count)
            numbers = enumerate(fields, start=1)
            rows.append([_number(f"{where}, field {i}", field.strip()) for i, field in numbers])
    except UnicodeDecodeError as error:
        raise bad_request("the body is not UTF-8") from error
    except csv.Error as error:
        raise bad_request(f"the body is not CSV: {error}") from error
    return rows


def _number(where: str, field: str) -> float:
    if not field:
        return np.nan
    if not _NUMBER.fullmatch(field):
        raise bad_request(
            f"{where} is not a number; send numbers only, nothing for a missing value"
        )
    return float(field)


def _matrix(rows: Sequence[Sequence[float | None]]) -> Floats:
    with np.errstate(over="ignore"):
        return np.array(rows, dtype=np.float32)


def _check_row_count(rows: int) -> None:
    if rows > MOST_ROWS:
        raise RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the body has {rows} rows; send at most {MOST_ROWS} at once",
        )


def _check_width(where: str, width: int, feature_count: int) -> None:
    if width != feature_count:
        raise bad_request(f"{where} has {width} features; this model takes {feature_count}")
