"""Rows of a file for predictions, read as a stream: names of columns, texts, missing values."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.data.reading.bad_rows import no_rows_error, ragged_error
from cli.data.reading.cells import CellRules, clip
from cli.data.reading.delimited import Table, open_table, sampled_rules
from cli.data.reading.source import open_source
from cli.terminal.errors import WrongInput

# Of so many, a column that holds numbers alone is one of numbers.
_ROWS_AT_ONCE = 1_000

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


@contextmanager
def open_rows(
    path: Path, *, has_header: bool | None = None, drop: Sequence[str] = ()
) -> Iterator[RequestRows]:
    """Yield the rows of a file, or of standard input for `-`; raises WrongInput, now or later.

    A first line without a number is a header unless said otherwise; columns to `drop` are left out.
    """
    with open_source(path, is_streamed=True) as source:
        table = open_table(source, has_header)
        kept = _kept(drop, table.names, table.width, source.name)
        rules = sampled_rules(
            table,
            frozenset(),
            kept,
            if_both="write all numbers alike",
            if_either="write points in numbers, and nothing between thousands",
        )
        rows = _plain_rows(table, rules, kept)
        first = next(rows, None)
        if first is None:
            raise no_rows_error(source.name)
        names = None if table.names is None else [table.names[place] for place in kept]
        yield RequestRows(names, itertools.chain([first], rows))


def _plain_rows(table: Table, rules: CellRules, kept: Sequence[int]) -> Iterator[Row]:
    """Yield the cells to send, as long as all rows have as many as the first."""
    for chunk in table.chunks(most_rows=_ROWS_AT_ONCE):
        if chunk.ragged:
            raise ragged_error(table.source.name, *chunk.ragged[0], table.width)
        if chunk.rows:
            columns = list(zip(*chunk.rows, strict=True))
            plain = [_plain_cells(columns[place], rules) for place in kept]
            yield from zip(chunk.lines, map(list, zip(*plain, strict=True)), strict=True)


def _plain_cells(given: Sequence[str], rules: CellRules) -> Sequence[str]:
    """Return numbers as models read them, and nothing for what is missing.

    A column with any text stays as it is.
    """
    missing = rules.missing
    cells = ["" if cell in missing else cell for cell in map(str.strip, given)]
    if not any("," in cell or (rules.decimal == "," and "." in cell) for cell in cells):
        return cells
    numbers = [rules.number_text(cell) if cell else "" for cell in cells]
    return cells if None in numbers else [number or "" for number in numbers]


def _kept(drop: Sequence[str], names: Sequence[str] | None, width: int, where: str) -> list[int]:
    """Return the places of the columns that are sent; raises WrongInput for an unknown one."""
    dropped = set()
    for column in drop:
        if names is not None and column in names:
            dropped.add(names.index(column))
        elif column.isdecimal() and 1 <= int(column) <= width:
            dropped.add(int(column) - 1)
        else:
            known = f"columns are {', '.join(map(clip, names[:12]))}" if names else "no header"
            raise WrongInput(
                f"{where}: no column {column!r} for --drop; {known}; give a name, or a number up "
                f"to {width}"
            )
    if len(dropped) == width:
        raise WrongInput(f"{where}: --drop leaves no column; keep at least one")
    return [place for place in range(width) if place not in dropped]
