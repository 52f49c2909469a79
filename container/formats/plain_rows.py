"""Fast path for plain numbers: lines are parsed by simdjson straight into an array."""

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import simdjson
from numpy.typing import NDArray

from container.formats.text_numbers import TOO_LARGE

Floats = NDArray[np.float32]

# Marks a missing value in the text for `parse_plain_rows`; no 32-bit number is that large.
MISSING_MARK = b"9e307"

_ROW_END_MARK = b"8e307"
_MISSING = float(MISSING_MARK)
_LINE_END = ord("\n")
# Small enough for the processor's caches and, with all that is made of a piece, for memory that is
# used again (heap.py); other threads run between two pieces.
_PIECE_BYTES = 64 * 1024
# Of fewer bytes numpy is not quicker.
_FEW_BYTES = 1024


class _Parsers(threading.local):
    """A parser keeps the memory of its largest document, so small documents share one."""

    def __init__(self) -> None:
        self.small = simdjson.Parser()


_parsers = _Parsers()


def parse_plain_rows(
    text: bytes, width: int, marks: int = 0, *, after_comma: bool = False
) -> Floats | None:
    r"""Parse rows of numbers between commas and `\n`; None when anything is not that plain.

    `marks` is how often the caller has put MISSING_MARK; `after_comma`: one stands before each
    line end. The result needs 2 bytes of memory per byte of text, and a few megabytes more.
    """
    # simdjson flattens arrays in arrays: there must be none.
    if b"[" in text:
        return None
    if not marks and b"\n" not in text:
        return _single_row(text, width)
    rows = count_lines(text)
    # Each number has a character and a separator: a lying width allocates nothing.
    if 2 * rows * width > len(text) + 1:
        return None
    found = np.empty((rows, width), np.float32)
    row_end = _ROW_END_MARK + b"," if after_comma else b"," + _ROW_END_MARK + b","
    at = 0
    for piece in line_blocks(text, after_comma=after_comma):
        part = _piece(piece.replace(b"\n", row_end), width, bool(marks))
        if part is None or at + len(part[0]) > rows:
            return None
        found[at : at + len(part[0])] = part[0]
        at += len(part[0])
        marks -= part[1]
    return found if at == rows and not marks else None


def count_lines(text: bytes) -> int:
    """Return the number of lines, in a tenth of the time of bytes.count."""
    if len(text) <= _FEW_BYTES:
        return text.count(b"\n") + 1
    letters = np.frombuffer(text, np.uint8)
    pieces = range(0, len(letters), _PIECE_BYTES)
    return 1 + sum(
        int(np.count_nonzero(letters[at : at + _PIECE_BYTES] == _LINE_END)) for at in pieces
    )


def line_blocks(text: bytes, *, after_comma: bool = False) -> Iterator[bytes]:
    """Yield some whole lines at a time, without what ends the last of them."""
    start = 0
    while True:
        end = text.find(b"\n", start + _PIECE_BYTES)
        if end == -1:
            yield text[start:]
            return
        yield text[start : text.rfind(b",", start, end) if after_comma else end]
        start = end + 1


def _single_row(text: bytes, width: int) -> Floats | None:
    numbers = parse_numbers(b"[" + text + b"]")
    if numbers is None or numbers.size != width:
        return None
    # A third of the time of max() and min().
    if numbers[numbers.argmax()] >= TOO_LARGE or numbers[numbers.argmin()] <= -TOO_LARGE:
        return None
    row: Floats = numbers.astype(np.float32)[None]
    return row


def _piece(text: bytes, width: int, marked: bool) -> tuple[Floats, int] | None:
    """Return some whole lines as rows, and how many missing values were marked in them."""
    numbers = parse_numbers(b"[%b,%b]" % (text, _ROW_END_MARK))
    if numbers is None or numbers.size % (width + 1):
        return None
    grid = numbers.reshape(-1, width + 1)[:, :width]
    missing = 0
    if marked:
        holes = grid == _MISSING
        missing = int(np.count_nonzero(holes))
        grid[holes] = np.nan
    with np.errstate(over="ignore"):
        rows = grid.astype(np.float32)
    # A mark or a row's end in a wrong place is infinite, too.
    return None if np.isinf(rows).any() else (rows, missing)


def parse_numbers(text: bytes) -> NDArray[np.float64] | None:
    """Return the numbers of a JSON list; None when it holds anything else."""
    parser = _parsers.small if len(text) <= 2 * _PIECE_BYTES else simdjson.Parser()
    try:
        numbers: Any = parser.parse(text)
        return np.frombuffer(numbers.as_buffer(of_type="d"))
    # RuntimeError: a whole number of more than 64 bits, or nested too deeply.
    except (ValueError, TypeError, RuntimeError):
        return None
