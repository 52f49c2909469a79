"""Cells of a CSV file as text: missing values, numbers with thousands separators, shown values."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cli.data.missing_values import MISSING

_LONGEST_SHOWN = 40
_LONGEST_NAME = 500
_BROKEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Signs that float() reads and XGBoost's own reader does not.
_NOT_NUMERIC = re.compile(r"[^0-9eE.,+-]")
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d*)(?:,\d*)?(?:[eE][+-]?\d+)?", re.ASCII),
}


@dataclass(frozen=True)
class CellRules:
    """How the cells of one file are read.

    `decimal` is the decimal sign; the other of point and comma separates thousands where
    `is_grouped` says so. `words` mean a missing value, besides an empty cell.
    """

    decimal: str = "."
    is_grouped: bool = True
    words: frozenset[str] = MISSING

    @cached_property
    def missing(self) -> frozenset[str]:
        """Every cell that stands for a missing value."""
        return self.words | {""}

    def number_text(self, cell: str) -> str | None:
        """Return the number in the form XGBoost reads; None for text and infinite numbers."""
        if not cell or _NOT_NUMERIC.search(cell):
            return None
        if self.decimal == "." and "," not in cell:
            return cell if _is_finite(cell) else None
        if not self.is_grouped or not _GROUPED[self.decimal].fullmatch(cell):
            return None
        if self.decimal == ".":
            plain = cell.replace(",", "")
        else:
            plain = cell.replace(".", "").replace(",", ".")
        return plain if _is_finite(plain) else None

    def number_text_otherwise(self, cell: str) -> str | None:
        """Return the number that a cell would be if point and comma meant the other."""
        return CellRules("," if self.decimal == "." else ".").number_text(cell)

    def are_plain_numbers(self, cells: Sequence[str]) -> bool:
        """Return whether all cells are finite numbers as XGBoost reads them; False: look closer.

        All are read at once: this is what makes a large file of numbers fast.
        """
        joined = "".join(cells)
        if not joined.isascii() or "_" in joined or (self.decimal == "," and "." in joined):
            return False
        try:
            return math.isfinite(sum(map(float, cells)))
        except ValueError:
            return False


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def clip(text: str) -> str:
    """Return `text` for a message, at most forty letters of it and on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"


def is_name(text: str) -> bool:
    """Return whether the container takes `text` as the name of a column or of a class."""
    return 0 < len(text) <= _LONGEST_NAME and not _BROKEN.search(text)


def has_line_break(text: str) -> bool:
    """Return whether a row with this cell would be more than one line."""
    return "\n" in text or "\r" in text


def quote_csv(text: str) -> str:
    """Return `text` as a cell of a CSV file, in quotation marks where it needs them."""
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
