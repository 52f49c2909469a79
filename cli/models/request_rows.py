"""Rows of a CSV file for predictions, read as a stream: names of columns, texts, missing values."""

import codecs
import csv
import io
import itertools
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from cli.data.missing_values import MISSING
from cli.models.number_cells import decimal_sign, plain_rows
from cli.terminal.errors import WrongInput

_LONGEST_SHOWN = 40
# Of so many, a column that holds numbers alone is one of numbers.
_ROWS_AT_ONCE = 1_000
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"PAR1")

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class RequestRows:
    """Cells of each row, with the number of its line; `names` are those of the first line."""

    names: list[str] | None
    rows: Iterator[Row]

    @classmethod
    def of_cells(cls, rows: Sequence[list[str]]) -> "RequestRows":
        """Return rows that are in memory already, whose columns have no names."""
        return cls(None, iter(list(enumerate(rows, 1))))


def display_name(path: Path) -> str:
    """Return the name of this file in messages."""
    return "standard input" if str(path) == "-" else str(path)


@contextmanager
def open_rows(
    path: Path, *, has_header: bool | None = None, drop: Sequence[str] = ()
) -> Iterator[RequestRows]:
    """Yield the rows of a file, or of standard input for `-`; raises WrongInput, now or later.

    A first line without a number is a header unless said otherwise; columns to `drop` are left out.
    """
    where = display_name(path)
    with _open(path, where) as content, _decoded(content, where) as text:
        head = _head(text, where)
        separator = _separator(head[-1], len(head), where)
        rows = _checked(_numbered_rows(itertools.chain(head, text), separator, where), where)
        first = next(rows, None)
        if first is None:
            raise WrongInput(f"{where}: no rows; give at least one")
        names = first[1] if (_is_header(first[1]) if has_header is None else has_header) else None
        if names is None:
            rows = itertools.chain([first], rows)
        else:
            _check_names(names, first[0], where)
        kept = _kept(drop, names, len(first[1]), where)
        chosen = ((line, [row[place] for place in kept]) for line, row in rows)
        body = _with_missing(rows if len(kept) == len(first[1]) else chosen)
        plain = _with_plain_numbers(_some(body, where), separator, where)
        yield RequestRows(names and [names[place] for place in kept], plain)


@contextmanager
def _open(path: Path, where: str) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WrongInput(f"{where}: cannot be read: {reason}; check the path") from None
    with file:
        yield file


@contextmanager
def _decoded(content: BinaryIO, where: str) -> Iterator[TextIO]:
    buffered = content if isinstance(content, io.BufferedReader) else io.BytesIO(content.read())
    sample = buffered.peek(4096) if isinstance(buffered, io.BufferedReader) else buffered.getvalue()
    is_utf_16 = sample.startswith(_UTF_16)
    if sample.startswith(_BINARY) or (not is_utf_16 and b"\0" in sample):
        raise WrongInput(f"{where}: a binary file, not CSV; export it as CSV")
    # `newline=""`: the end of a line inside quotation marks belongs to its cell.
    text = io.TextIOWrapper(buffered, "utf-16" if is_utf_16 else "utf-8-sig", newline="")
    try:
        yield text
    finally:
        # It would close standard input with itself.
        text.detach()


def _numbered_rows(lines: Iterable[str], separator: str, where: str) -> Iterator[Row]:
    begun = 1
    try:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        for row in reader:
            if any(row):
                yield begun, [cell.strip() for cell in row]
            begun = reader.line_num + 1
    except UnicodeDecodeError:
        raise _not_text(where, begun - 1) from None
    except csv.Error as error:
        # A quotation mark that is never closed reads to the end: report the line it opens on.
        raise WrongInput(f"{where}: line {begun}: not CSV: {error}; mend that line") from None


def _head(text: TextIO, where: str) -> list[str]:
    """Return the first lines up to the one that is not blank; raises WrongInput for none."""
    head: list[str] = []
    try:
        for line in text:
            head.append(line)
            if line.strip():
                return head
    except UnicodeDecodeError:
        raise _not_text(where, len(head)) from None
    raise WrongInput(f"{where}: empty; give at least one row")


def _separator(line: str, number: int, where: str) -> str:
    outside = "".join(line.split('"')[::2])
    # Where the comma is the decimal sign, a line of semicolons or tabs has commas, too.
    for sign in (";", "\t"):
        if outside.count(sign) and outside.count(sign) >= outside.count(","):
            return sign
    words = outside.split()
    if "," not in outside and len(words) > 1 and all(map(_is_number, words)):
        raise WrongInput(f"{where}: line {number}: columns are separated by spaces; use commas")
    return ","


def _checked(rows: Iterator[Row], where: str) -> Iterator[Row]:
    """Yield rows as long as all have as many columns as the first."""
    width = 0
    for line, row in rows:
        width = width or len(row)
        if len(row) != width:
            raise WrongInput(
                f"{where}: line {line}: {len(row)} columns, but the first line has {width}; "
                "give every line the same columns"
            )
        yield line, row


def _with_plain_numbers(rows: Iterator[Row], separator: str, where: str) -> Iterator[Row]:
    decimal = "." if separator == "," else ""
    while part := list(itertools.islice(rows, _ROWS_AT_ONCE)):
        decimal = decimal or decimal_sign(part, where)
        yield from plain_rows(part, decimal)


def _not_text(where: str, line: int) -> WrongInput:
    return WrongInput(
        f"{where}: not text (after line {line} something is not UTF-8); save it as CSV in UTF-8"
    )


def _with_missing(rows: Iterator[Row]) -> Iterator[Row]:
    for line, row in rows:
        yield line, ["" if cell in MISSING else cell for cell in row]


def _some(rows: Iterator[Row], where: str) -> Iterator[Row]:
    """Return the rows; raises WrongInput when there are none."""
    first = next(rows, None)
    if first is None:
        raise WrongInput(f"{where}: a header and no rows; give at least one row")
    return itertools.chain([first], rows)


def _is_header(row: Sequence[str]) -> bool:
    written = [cell for cell in row if cell and cell not in MISSING]
    return bool(written) and not any(map(_is_number, written))


def _is_number(cell: str) -> bool:
    try:
        return cell.isascii() and "_" not in cell and math.isfinite(float(cell.replace(",", ".")))
    except ValueError:
        return False


def _check_names(names: Sequence[str], line: int, where: str) -> None:
    places: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        if name and name in places:
            raise WrongInput(
                f"{where}: line {line}: columns {places[name]} and {place} are both named "
                f"{clip_text(name)!r}; rename one of them"
            )
        places[name] = place


def _kept(drop: Sequence[str], names: Sequence[str] | None, width: int, where: str) -> list[int]:
    """Return the places of the columns that are sent; raises WrongInput for an unknown one."""
    dropped = set()
    for column in drop:
        if names is not None and column in names:
            dropped.add(names.index(column))
        elif column.isdecimal() and 1 <= int(column) <= width:
            dropped.add(int(column) - 1)
        else:
            known = f"columns are {', '.join(map(clip_text, names[:12]))}" if names else "no header"
            raise WrongInput(
                f"{where}: no column {column!r} for --drop; {known}; give a name, or a number up "
                f"to {width}"
            )
    if len(dropped) == width:
        raise WrongInput(f"{where}: --drop leaves no column; keep at least one")
    return [place for place in range(width) if place not in dropped]


def clip_text(text: str) -> str:
    """Return a text as messages show it: one line, and its beginning alone when it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"
