"""Request bodies in libsvm: indices count from zero and are never shifted, labels are ignored."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from container.contract.http_errors import bad_request
from container.formats.libsvm import Block, read_block
from container.formats.libsvm_lines import LibsvmError
from container.request.limits import check_row_count

_PIECE_BYTES = 256 * 1024


def read_libsvm(text: bytes, width: int) -> Any:
    """Parse rows as a csr_matrix; what is not stored is missing. Raises HTTPError."""
    from scipy.sparse import csr_matrix

    check_row_count(text.count(b"\n") + 1)
    blocks = list(_blocks(text, width))
    ends, before = [np.zeros(1, np.int64)], 0
    for block in blocks:
        ends.append(block.ends[1:] + before)
        before += len(block.values)
    columns = np.concatenate([block.columns for block in blocks])
    values = np.concatenate([block.values for block in blocks])
    if not len(columns):
        raise bad_request("the body has no index:value pair; send at least one")
    joined = np.concatenate(ends)
    return csr_matrix((values, columns, joined), (len(joined) - 1, width))


def _check_lengths(piece: bytes, lines: int, width: int) -> None:
    """Raise HTTPError for a line of more pairs than there are features, and a query's number."""
    if piece.count(b":") > (piece.count(b"\n") + 1) * (width + 1):
        counts = [line.count(b":") for line in piece.split(b"\n")]
        line = lines + counts.index(max(counts)) + 1
        raise bad_request(f"line {line} has more pairs than the {width} features of this model")


def _blocks(text: bytes, width: int) -> Iterator[Block]:
    start = lines = 0
    while start <= len(text):
        end = text.find(b"\n", start + _PIECE_BYTES)
        end = len(text) if end < 0 else end
        _check_lengths(text[start:end], lines, width)
        try:
            block = read_block(text[start:end], labelled=False)
        except LibsvmError as error:
            raise bad_request(f"line {lines + error.line} {error}") from error
        if block.width > width:
            index = np.flatnonzero(block.columns >= width)[0]
            line = lines + int(np.searchsorted(block.ends, index, "right"))
            raise bad_request(f"line {line} has an index beyond the {width} features of this model")
        yield block
        lines += len(block.ends) - 1
        start = end + 1
