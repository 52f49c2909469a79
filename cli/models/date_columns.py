"""Dates in rows for predictions: left out, or split into the numbers that `data put` makes."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Literal

from cli.data.reading.cells import clip
from cli.data.reading.dates import DATE_PARTS, DateReader, split_date
from cli.models.request_rows import RequestRows, Row
from cli.terminal.errors import WrongInput

# Of so many, a column that holds dates alone is one of dates.
_ROWS_AT_ONCE = 1_000

Readers = dict[int, DateReader]


def replace_dates(rows: RequestRows, dates: Literal["drop", "split"], where: str) -> RequestRows:
    """Return the rows with each date in its five columns, or without dates.

    Raises WrongInput when there are none, and for one that may be meant in two ways.
    """
    head = list(itertools.islice(rows.rows, _ROWS_AT_ONCE))
    columns = zip(*(row for _, row in head), strict=True)
    found = {place: _date_reader(cells) for place, cells in enumerate(columns)}
    readers = {place: reader for place, reader in found.items() if reader is not None}
    if not readers:
        raise WrongInput(f"{where}: no column of dates for --dates; leave it out")
    body = itertools.chain(head, rows.rows)
    if dates == "drop":
        return _without(RequestRows(rows.names, body), readers, where)
    names = rows.names and [
        part for place, name in enumerate(rows.names) for part in _names(name, place, readers)
    ]
    return RequestRows(names, _split(body, readers, where))


def _without(rows: RequestRows, readers: Readers, where: str) -> RequestRows:
    names, body = rows.names, rows.rows
    first = next(body)
    kept = [place for place in range(len(first[1])) if place not in readers]
    if not kept:
        raise WrongInput(f"{where}: --dates drop leaves no column; keep at least one")
    chosen = ((line, [row[at] for at in kept]) for line, row in itertools.chain([first], body))
    return RequestRows(names and [names[place] for place in kept], chosen)


def _date_reader(cells: Sequence[str]) -> DateReader | None:
    """Return what reads a column, None for one that is none of dates."""
    reader = DateReader()
    written = [cell for cell in cells if cell]
    is_dates = bool(written) and all(reader.read(cell) is not None for cell in written)
    return reader if is_dates else None


def _names(name: str, place: int, readers: Readers) -> list[str]:
    return [f"{name}_{part}" for part in DATE_PARTS] if place in readers else [name]


def _split(rows: Iterator[Row], readers: Readers, where: str) -> Iterator[Row]:
    for line, row in rows:
        cells: list[str] = []
        for place, cell in enumerate(row):
            reader = readers.get(place)
            cells += [cell] if reader is None else _parts(reader, cell, line, where)
        yield line, cells


def _parts(reader: DateReader, cell: str, line: int, where: str) -> list[str]:
    if not cell:
        return [""] * len(DATE_PARTS)
    moment = reader.read(cell)
    if moment is None or reader.is_ambiguous:
        reason = "no date" if moment is None else "a date in which the month may be the day"
        raise WrongInput(
            f"{where}: line {line}: {clip(cell)!r} is {reason}; write it as 2026-12-31"
        )
    return [str(part) for part in split_date(moment)]
