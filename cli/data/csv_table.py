"""CSV files of features for predictions, with the number of the line that is wrong."""

import codecs
import csv
import io
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.terminal.errors import WrongInput

_LONGEST_SHOWN = 40


@dataclass(frozen=True)
class CsvTable:
    """Cells of a CSV file as text; a missing feature is an empty string."""

    cells: list[list[str]]
    names: list[str] | None
    lines: list[int]


def read_text(path: Path) -> str:
    """Return the text of a file, or of standard input for `-`; raises WrongInput with a reason."""
    if str(path) == "-":
        return decode_text(sys.stdin.buffer.read(), display_name(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WrongInput(f"{path}: cannot be read: {reason}; check the path") from None
    return decode_text(content, str(path))


def display_name(path: Path) -> str:
    """Return the name of this file in messages."""
    return "standard input" if str(path) == "-" else str(path)


def decode_text(content: bytes, where: str) -> str:
    """Return `content` as text; raises WrongInput when it is not text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise WrongInput(f"{where}: UTF-16 text; save it as CSV in UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongInput(
            f"{where}: not text (byte {error.start} is not UTF-8); save it as CSV in UTF-8"
        ) from None
    if "\0" in text:
        raise WrongInput(f"{where}: a binary file, not CSV; export it as CSV")
    if not text.strip():
        raise WrongInput(f"{where}: empty; give at least one row")
    return text


def parse_csv(text: str, where: str) -> CsvTable:
    """Return the rows of CSV text; a first line without a single number is a header."""
    lines = list(_lines(text, where))
    if not lines:
        raise WrongInput(f"{where}: no rows; give at least one")
    first = lines[0][1]
    names = first if _is_header(first) else None
    body = lines if names is None else lines[1:]
    if not body:
        raise WrongInput(f"{where}: a header and no rows; give at least one row")
    cells = []
    for number, row in body:
        if len(row) != len(first):
            raise WrongInput(
                f"{where}: line {number}: {len(row)} columns, but the first line has {len(first)}; "
                "give every line the same columns"
            )
        cells.append(_checked(row, number, where, names))
    return CsvTable(cells, names, [number for number, _ in body])


def _is_header(row: Sequence[str]) -> bool:
    values = [_number(cell) for cell in row if cell]
    return bool(values) and all(value is None for value in values)


def _lines(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    head = text.lstrip().partition("\n")[0]
    # Where the comma is the decimal sign, a line of semicolons has commas too.
    if ";" in head and head.count(";") >= head.count(","):
        raise WrongInput(
            f"{where}: line 1: columns are separated by semicolons; use commas, and points in "
            "numbers"
        )
    if "," not in head and "\t" in head:
        raise WrongInput(f"{where}: line 1: columns are separated by tabs; use commas")
    if "," not in head and " " in head.strip():
        raise WrongInput(f"{where}: line 1: columns are separated by spaces; use commas")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begun = 1
    try:
        for row in reader:
            if row:
                yield begun, [cell.strip() for cell in row]
            begun = reader.line_num + 1
    except csv.Error as error:
        # A quotation mark that is never closed reads to the end: report the line it opens on.
        raise WrongInput(f"{where}: line {begun}: not CSV: {error}; mend that line") from None


def _checked(row: Sequence[str], number: int, where: str, names: Sequence[str] | None) -> list[str]:
    checked = []
    for index, cell in enumerate(row):
        value = _number(cell)
        if value is None or math.isinf(value):
            name = f" ({_clipped(names[index])})" if names else ""
            raise WrongInput(
                f"{where}: line {number}: column {index + 1}{name} is {_clipped(cell)!r}, not a "
                "finite number; write a number, or leave it empty when unknown"
            )
        checked.append("" if math.isnan(value) else cell)
    return checked


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _number(cell: str) -> float | None:
    """Return the cell's value: NaN for an empty one, None for text."""
    if not cell:
        return math.nan
    try:
        return float(cell) if cell.isascii() and "_" not in cell else None
    except ValueError:
        return None
