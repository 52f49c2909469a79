"""Parser of libsvm: the usual spelling by simdjson, everything else line by line."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.formats.libsvm_lines import MAX_COLUMNS, LibsvmLines
from container.formats.plain_rows import parse_numbers
from container.formats.text_numbers import TOO_LARGE

Floats = NDArray[np.float32]
Numbers = NDArray[np.float64]
Bools = NDArray[np.bool_]

_PAIR = re.compile(rb"(?<![^ \t])\d++:[^\s,]")
_COMMENT = re.compile(rb"#[^\n]*+")
_TO_COMMAS = bytes.maketrans(b" :\n", b",,,")
# No index is negative, so this one stands for a query's number.
_GROUP_PREFIX, _GROUP_KEY = b" -1:", -1.0
_LARGEST_GROUP = 2**32 - 1


@dataclass(frozen=True)
class Block:
    """Rows: `columns` and `values` of row i are those from `ends[i]` to `ends[i + 1]`."""

    labels: Floats
    weights: Floats | None
    groups: NDArray[np.uint32] | None
    ends: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: Floats

    @property
    def width(self) -> int:
        """One more than the largest column."""
        return int(self.columns.max()) + 1 if len(self.columns) else 0

    def matrix(self, width: int) -> Any:
        """Return the features as a csr_matrix in which values that are not stored are missing."""
        from scipy.sparse import csr_matrix

        return csr_matrix((self.values, self.columns, self.ends), (len(self.ends) - 1, width))


def looks_like_libsvm(line: bytes) -> bool:
    """Return whether a line has `index:value` pairs."""
    return b"," not in line and _PAIR.search(line) is not None


def read_block(text: bytes, *, labelled: bool) -> Block:
    """Return the rows of whole lines; raises LibsvmError for the first line that is wrong.

    `labelled`: every line begins with `label` or `label:weight`, and blank lines do not count.
    Otherwise a label may be there and is ignored, and a blank line is a row without values.
    """
    block = _fast_block(text, labelled)
    if block is not None:
        return block
    lines = LibsvmLines(labelled)
    lines.read(text)
    return Block(
        np.array(lines.labels, np.float32),
        np.array(lines.weights, np.float32) if lines.weights else None,
        np.array(lines.groups, np.uint32) if lines.groups else None,
        np.array(lines.ends, np.int64),
        np.array(lines.columns, np.int32),
        np.array(lines.values, np.float32),
    )


def _fast_block(text: bytes, labelled: bool) -> Block | None:
    """Return the rows of lines in the usual spelling; None when any is unusual or wrong."""
    if b"[" in text or _GROUP_PREFIX in text or (not labelled and b"#" in text):
        return None
    text = _canonical(text)
    if labelled:
        text = text.strip(b"\n").replace(b"\n+", b"\n").removeprefix(b"+")
    elif b"\n\n" in text or text[:1] in (b"-", b"\n", b"") or b"\n-" in text or text[-1:] == b"\n":
        # A blank line, or what may be a label or a wrong index.
        return None
    text = re.sub(rb"\n\n+", b"\n", text)
    if b"qid:" in text:
        text = text.replace(b" qid:", _GROUP_PREFIX)
    numbers = parse_numbers(b"[" + text.translate(_TO_COMMAS) + b"]")
    letters = np.frombuffer(text, np.uint8)
    ends = letters[(letters == 32) | (letters == 58) | (letters == 10)]
    if numbers is None or len(numbers) != len(ends) + 1:
        return None
    return _block_of(numbers, np.append(ends, 10), labelled)


def _canonical(text: bytes) -> bytes:
    """Return one space between tokens, none at the ends of lines or of all, no comment."""
    if b"#" in text:
        text = _COMMENT.sub(b"", text)
    text = text.replace(b"\r\n", b"\n").replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text.replace(b" \n", b"\n").replace(b"\n ", b"\n").strip(b" ")


def _block_of(numbers: Numbers, ends: NDArray[np.uint8], labelled: bool) -> Block | None:
    """Return rows of numbers that each end in a space (32), colon (58) or line end (10)."""
    starts = np.flatnonzero(np.append(10, ends[:-1]) == 10)
    before_colon, after_colon = ends == 58, np.append(0, ends[:-1]) == 58
    leading = np.zeros(len(numbers), np.bool_)
    weighted = labelled and bool(before_colon[starts].any())
    leading[starts if labelled else starts[~before_colon[starts]]] = True
    if weighted:
        if not before_colon[starts].all() or before_colon[starts + 1].any():
            return None
        leading[starts + 1] = True
    keys, values = before_colon & ~leading, after_colon & ~leading
    # Every number that does not lead is exactly one of the two.
    if not ((keys ^ values) | leading).all():
        return None
    labels = numbers[starts] if labelled else np.zeros(len(starts))
    weights = numbers[starts + 1] if weighted else None
    counts = np.add.reduceat(keys, starts, dtype=np.int64)
    return _checked(labels, weights, numbers[keys], numbers[values], counts)


def _checked(
    labels: Numbers, weights: Numbers | None, keys: Numbers, values: Numbers, counts: Any
) -> Block | None:
    """Return the block of rows with `counts` pairs each; None when a number is wrong."""
    groups = None
    grouped = keys == _GROUP_KEY
    if grouped.any():
        firsts = np.cumsum(counts) - counts
        if not counts.all() or grouped.sum() != len(counts) or not grouped[firsts].all():
            return None
        groups = values[firsts]
        keys, values, counts = keys[~grouped], values[~grouped], counts - 1
        if not _whole(groups, _LARGEST_GROUP):
            return None
    if weights is not None and (weights < 0).any():
        return None
    if not _whole(keys, MAX_COLUMNS - 1) or not all(map(_finite, (labels, weights, values))):
        return None
    rows = np.repeat(np.arange(len(counts)), counts)
    together = np.diff(rows) == 0
    if (np.diff(keys)[together] <= 0).any():
        order = np.lexsort((keys, rows))
        keys, values = keys[order], values[order]
        if (np.diff(keys)[together] == 0).any():
            return None
    return Block(
        labels.astype(np.float32),
        None if weights is None else weights.astype(np.float32),
        None if groups is None else groups.astype(np.uint32),
        np.append(0, np.cumsum(counts)).astype(np.int64),
        keys.astype(np.int32),
        values.astype(np.float32),
    )


def _whole(numbers: Numbers, largest: int) -> bool:
    return bool(((numbers >= 0) & (numbers <= largest) & (numbers == np.floor(numbers))).all())


def _finite(numbers: Numbers | None) -> bool:
    return numbers is None or bool((np.abs(numbers) < TOO_LARGE).all())
