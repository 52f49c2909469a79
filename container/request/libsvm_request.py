"""Request bodies in libsvm: indices count from zero, labels are ignored."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.contract.http_errors import bad_request
from container.formats.libsvm import Block, read_block
from container.formats.libsvm_lines import LibsvmError

Columns = NDArray[np.int32]
Ends = NDArray[np.int64]

_PIECE_BYTES = 256 * 1024


def read_libsvm(text: bytes, width: int, *, shifts: bool = False) -> Any:
    """Parse rows as a csr_matrix; what is not stored is missing. Raises HTTPError.

    `shifts`: indices count from one if none is zero, as the built-in takes them.
    """
    from scipy.sparse import csr_matrix

    blocks = list(_blocks(text, width, 1 if shifts else 0))
    ends, before = [np.zeros(1, np.int64)], 0
    for block in blocks:
        ends.append(block.ends[1:] + before)
        before += len(block.values)
    columns = np.concatenate([block.columns for block in blocks])
    values = np.concatenate([block.values for block in blocks])
    joined = np.concatenate(ends)
    if shifts and len(columns):
        columns -= min(int(columns.min()), 1)
        _check_indices((columns, joined), width, 0, 0)
    return csr_matrix((values, columns, joined), (len(joined) - 1, width))


def _check_lengths(piece: bytes, lines: int, width: int) -> None:
    """Raise HTTPError for a line of more pairs than there are features, and a query's number."""
    if piece.count(b":") > (piece.count(b"\n") + 1) * (width + 1):
        counts = [line.count(b":") for line in piece.split(b"\n")]
        line = lines + counts.index(max(counts)) + 1
        raise bad_request(f"line {line} has more pairs than the {width} features of this model")


def _check_indices(rows: tuple[Columns, Ends], width: int, first: int, lines: int) -> None:
    """Raise HTTPError for the first line, after `lines` others, with an index that is too large.

    The first feature has the index `first`, or a smaller one.
    """
    columns, ends = rows
    wrong = np.flatnonzero(columns >= width + first)
    if wrong.size:
        line = lines + int(np.searchsorted(ends, wrong[0], "right"))
        raise bad_request(f"line {line} has an index beyond the {width} features of this model")


def _blocks(text: bytes, width: int, first: int) -> Iterator[Block]:
    start = lines = 0
    while start <= len(text):
        end = text.find(b"\n", start + _PIECE_BYTES)
        end = len(text) if end < 0 else end
        _check_lengths(text[start:end], lines, width)
        try:
            block = read_block(text[start:end], labelled=False)
        except LibsvmError as error:
            raise bad_request(f"line {lines + error.line} {error}") from error
        _check_indices((block.columns, block.ends), width, first, lines)
        yield block
        lines += len(block.ends) - 1
        start = end + 1
