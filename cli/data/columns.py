"""Profiles of columns, built chunk by chunk: kind, missing values, distinct values, order."""

import operator
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Literal

from cli.data.reading.cells import CellRules
from cli.data.reading.dates import DateReader

Kind = Literal["empty", "number", "date", "text"]

MOST_VALUES = 10_000
"""Distinct values of a column that are counted, and categories that one may have."""

_FEWEST_COUNTED = 1_001
_FEWEST_NUMBERS = 100
_VALUES_OF_A_FILE = 1_000_000
_EXAMPLES = 3
_ID_NAME = re.compile(r"(?i:^(id|uuid|guid|index|rownum(ber)?|key)$|[\W_]id$)|[a-z]I[dD]$")


@dataclass
class ColumnProfile:
    """What is known of one column after some of its rows.

    At most `most_values` distinct values are counted, and `most_numbers` while all are numbers.
    """

    name: str
    rules: CellRules
    most_values: int = MOST_VALUES
    most_numbers: int = MOST_VALUES
    rows: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    numbers: int = 0
    dates: int = 0
    texts: int = 0
    first_text: tuple[int, str] | None = None
    counts: Counter[str] = field(default_factory=Counter)
    has_more_values: bool = False
    was_distinct: bool = True
    is_plain: bool = True
    examples: list[str] = field(default_factory=list)
    reader: DateReader = field(default_factory=DateReader)
    _order: "_Order" = field(default_factory=lambda: _Order())

    def add(self, cells: Sequence[str], lines: Sequence[int]) -> None:
        """Learn the next cells, which have no white space around them, and their lines."""
        if not cells:
            return
        self.rows += len(cells)
        if self.rules.are_plain_numbers(cells):
            self.numbers += len(cells)
        else:
            self._add_others(cells, lines)
        if self._order.is_open:
            self._order.add(cells)
        if not self.has_more_values:
            self._count(cells)

    def _count(self, cells: Sequence[str]) -> None:
        before = len(self.counts), self.rows - len(cells)
        self.counts.update(cells)
        for word in self.rules.missing & self.counts.keys():
            del self.counts[word]
        if before[0] < _EXAMPLES:
            self.examples = list(islice(self.counts, _EXAMPLES))
        most = self.most_values if self.texts or self.dates else self.most_numbers
        if len(self.counts) > most:
            self.most_values = most
            self.was_distinct = max(self.counts.values()) == 1
            self.has_more_values = True
            self.counts = Counter()

    def _add_others(self, cells: Sequence[str], lines: Sequence[int]) -> None:
        self._order.is_open = False
        absent = self.rules.missing
        present = [cell for cell in cells if cell not in absent]
        if len(present) < len(cells):
            self.missing.update(cell for cell in cells if cell in absent)
        if present and self.rules.are_plain_numbers(present):
            self.numbers += len(present)
            return
        for cell, count in Counter(present).items():
            plain = self.rules.number_text(cell)
            if plain is not None:
                self.numbers += count
                self.is_plain = self.is_plain and plain == cell
            elif self.reader.read(cell) is not None:
                self.dates += count
            else:
                self.texts += count
            if plain is None and self.first_text is None:
                self.first_text = lines[cells.index(cell)], cell

    @property
    def present(self) -> int:
        """How many cells hold a value."""
        return self.numbers + self.dates + self.texts

    @property
    def kind(self) -> Kind:
        """What most of the values are."""
        if not self.present:
            return "empty"
        if self.numbers * 2 > self.present:
            return "number"
        return "date" if self.dates * 2 > self.present else "text"

    @property
    def misfits(self) -> int:
        """How many values are not of the column's kind."""
        fitting = {"number": self.numbers, "date": self.dates}.get(self.kind, self.present)
        return self.present - fitting

    @property
    def distinct(self) -> str:
        """How many different values there are, as text."""
        return f"{self.most_values:,}+" if self.has_more_values else f"{len(self.counts):,}"

    @property
    def all_differ(self) -> bool:
        """True when no value came twice, as far as values were counted."""
        if self.has_more_values:
            return self.was_distinct
        return self.present > 1 and len(self.counts) == self.present

    @property
    def is_id(self) -> bool:
        """True for whole numbers that count up or down, or differ in a column named as an id."""
        if self.kind != "number" or self.missing or self.misfits or self.rows < 2:
            return False
        if self._order.is_open:
            return True
        is_whole = all(example.lstrip("+-").isdigit() for example in self.examples)
        return is_whole and self.all_differ and bool(_ID_NAME.search(self.name))

    @property
    def has_few_values(self) -> bool:
        """True for a number of different texts that makes sense as categories."""
        if self.has_more_values or len(self.counts) >= _FEWEST_COUNTED:
            return False
        return len(self.counts) * 2 <= self.present


def most_values_of(width: int) -> tuple[int, int]:
    """Return how many distinct values and numbers are counted in each of `width` columns.

    Memory is bounded: categories need their values, of numbers the count is only shown.
    """
    share = min(MOST_VALUES, _VALUES_OF_A_FILE // width)
    return max(_FEWEST_COUNTED, share), max(_FEWEST_NUMBERS, share)


class _Order:
    """Whether whole numbers only ever rise, or only ever fall, from one row to the next."""

    def __init__(self) -> None:
        self.is_open = True
        self._last: int | None = None
        self._signs = {operator.lt, operator.gt}

    def add(self, cells: Sequence[str]) -> None:
        """Compare the next cells; `is_open` becomes False once they do neither."""
        try:
            values = list(map(int, cells))
        except ValueError:
            self.is_open = False
            return
        if self._last is not None:
            values.insert(0, self._last)
        self._signs = {
            sign for sign in self._signs if all(sign(one, other) for one, other in pairwise(values))
        }
        self._last = values[-1]
        self.is_open = bool(self._signs)
