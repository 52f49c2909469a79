"""Rows of a request body some at a time, so that memory does not grow with their number."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from container.contract.http_errors import HTTPError
from container.formats.media import Format, MediaType
from container.formats.schema import Schema
from container.request.request_body import complete, parse, require_pairs, text_of

# Of a text that is read at once. With what is made of it, it fits memory that is used again.
_PIECE_BYTES = 131_072
# What is parsed for nothing, the first line before each piece, is at most this share of it.
_PIECES_PER_LINE = 8
_BY_LINES = (Format.CSV, Format.JSON_LINES, Format.LIBSVM)
_LINE = re.compile(r"^line (\d+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows for a model, and the share of the body that is read with them."""

    rows: Any
    share: float


@dataclass(frozen=True)
class Reading:
    """How a body is read: see read_rows. `most_rows` are in a piece."""

    media: MediaType
    schema: Schema
    lenient: bool
    unseen: Counter[str]
    most_rows: int


def is_one_piece(body: bytes, width: int) -> bool:
    """Return whether reading a body at once takes no more memory than reading it in pieces.

    Rows that lack columns are filled up, and a row has at least two bytes.
    """
    return len(body) <= _PIECE_BYTES and len(body) * width <= 16 * _PIECE_BYTES


def read_pieces(body: bytes, reading: Reading) -> Iterator[Piece]:
    """Parse a body of any number of rows; raises HTTPError, at the latest after the last piece."""
    form, text = text_of(body, reading.media, reading.lenient)
    # Whether indices are shifted follows from all of them.
    shifts = form is Format.LIBSVM and reading.lenient
    begin = 0.0
    parts = _by_lines(form, text, reading) if form in _BY_LINES and not shifts else None
    for rows, end in parts or [(_parsed(form, text, reading), 1.0)]:
        yield from _split(rows, form, reading, (begin, end))
        begin = end


def split_rows(rows: Any, most_rows: int) -> Iterator[Piece]:
    """Yield some of the rows of a whole body at a time."""
    count = rows.shape[0]
    for start in range(0, count, most_rows):
        part = rows[start : start + most_rows]
        yield Piece(part, (start + part.shape[0]) / count)


def _split(
    rows: Any, form: Format, reading: Reading, shares: tuple[float, float]
) -> Iterator[Piece]:
    begin, end = shares
    for piece in split_rows(rows, reading.most_rows):
        whole = complete(piece.rows, form, reading.schema, reading.unseen)
        yield Piece(whole, begin + (end - begin) * piece.share)


def _by_lines(form: Format, text: bytes, reading: Reading) -> Iterator[tuple[Any, float]]:
    """Yield rows of whole lines, and the share of the text up to the last of them."""
    text = _with_plain_ends(form, text)
    first = text.partition(b"\n")[0]
    size = max(_PIECE_BYTES, _PIECES_PER_LINE * len(first))
    of_first: Counter[str] = Counter()
    start = lines = stored = 0
    while start <= len(text):
        # A header has a row below it.
        end = text.find(b"\n", start + size if start else len(first) + 1 + size)
        end = len(text) if end < 0 else end
        piece = text[start:end]
        if not start:
            rows = _parsed(form, piece, reading)
            if form is not Format.LIBSVM and not reading.media.header and end < len(text):
                parse(form, first, reading.media, reading.schema, reading.lenient, of_first)
        else:
            rows = _below(form, first, piece, reading, lines, of_first)
        stored += rows.nnz if form is Format.LIBSVM else 0
        yield rows, end / len(text)
        lines += piece.count(b"\n") + 1
        start = end + 1
    if form is Format.LIBSVM:
        require_pairs(stored)


def _below(
    form: Format, first: bytes, piece: bytes, reading: Reading, lines: int, of_first: Counter[str]
) -> Any:
    """Return the rows of a later piece, read below the first line, of which they follow the form.

    That is a header, or a row that says how many columns there are; `of_first` are its unseen
    categories.
    """
    before, repeated = b"", 0
    if form is not Format.LIBSVM:
        before, repeated = first + b"\n", 0 if reading.media.header else 1
        lines -= 1
    unseen: Counter[str] = Counter()
    try:
        rows = parse(form, before + piece, reading.media, reading.schema, reading.lenient, unseen)
    except HTTPError as error:
        raise HTTPError(error.status, _renumbered(error.message, lines)) from error
    reading.unseen.update(unseen - of_first)
    return rows[repeated:]


def _renumbered(message: str, lines: int) -> str:
    """Return a message about a line of a piece as one about the line of the body."""
    return _LINE.sub(lambda found: f"line {int(found[1]) + lines}", message)


def _parsed(form: Format, text: bytes, reading: Reading) -> Any:
    return parse(form, text, reading.media, reading.schema, reading.lenient, reading.unseen)


def _with_plain_ends(form: Format, text: bytes) -> bytes:
    if b"\r" not in text:
        return text
    text = text.replace(b"\r\n", b"\n")
    return text.replace(b"\r", b"\n") if form is Format.CSV else text
