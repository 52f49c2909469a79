"""Parser of the npy header that evaluates, unpickles and allocates nothing."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

MAGIC = b"\x93NUMPY"

_LONGEST_HEADER = 10_000
_KIND = re.compile(r"'descr':\s*'([<>|=]?(?:f[248]|[iu][1248]|b1))'", re.ASCII)
_ORDER = re.compile(r"'fortran_order':\s*(True|False)")
_SHAPE = re.compile(r"'shape':\s*\(([^()]*)\)")
_TABLE = re.compile(r"\s*(\d{1,18})L?,\s*(\d{1,18})L?,?\s*", re.ASCII)


class NpyError(ValueError):
    """What is wrong with an npy file, as the end of a sentence."""


@dataclass(frozen=True)
class Header:
    """A table of numbers that begins after `offset` bytes."""

    kind: np.dtype[Any]
    by_columns: bool
    rows: int
    columns: int
    offset: int

    @property
    def size(self) -> int:
        """How many bytes the whole file must have."""
        return self.offset + self.rows * self.columns * self.kind.itemsize


def read_header(start: bytes, size: int) -> Header:
    """Return the header in the first bytes of a file of `size` bytes; raises NpyError."""
    if start[:6] != MAGIC or len(start) < 12:
        raise NpyError("is not npy")
    # Version 1 has a length of two bytes, all later ones of four.
    width = 2 if start[6] == 1 else 4
    offset = 8 + width + int.from_bytes(start[8 : 8 + width], "little")
    if offset > min(len(start), _LONGEST_HEADER):
        raise NpyError("has a header that is longer than what was sent")
    text = start[8 + width : offset].decode("latin-1")
    kind, order, shape = (each.search(text) for each in (_KIND, _ORDER, _SHAPE))
    if kind is None or order is None or shape is None:
        raise NpyError("holds something other than plain integers, floats or booleans")
    table = _TABLE.fullmatch(shape[1])
    if table is None:
        raise NpyError("is not a table of rows and columns: save an array of two dimensions")
    rows, columns = map(int, table.groups())
    header = Header(np.dtype(kind[1]), order[1] == "True", rows, columns, offset)
    if header.size != size:
        raise NpyError(f"claims {header.size} bytes where there are {size}")
    return header


def floats(numbers: Any, header: Header) -> Any:
    """Return the table of a flat array as float32; too large numbers become infinite."""
    order = "F" if header.by_columns else "C"
    with np.errstate(all="ignore"):
        table = numbers.reshape((header.rows, header.columns), order=order)
        # A body cannot be written to, and a header may end anywhere.
        return np.require(table, np.float32, ["C", "ALIGNED", "WRITEABLE"])


def longest_header() -> int:
    """Return how many bytes of a file `read_header` needs at most."""
    return _LONGEST_HEADER
