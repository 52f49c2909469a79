"""Rows of delimited text in chunks: separator, header, and rows that have other columns."""

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cli.data.missing_values import MISSING
from cli.data.reading.cells import CellRules, clip
from cli.data.reading.source import OnBytes, Source
from cli.terminal.errors import WrongInput

_CELLS_AT_ONCE = 200_000
_SAMPLE_ROWS = 5_000
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True)
class Chunk:
    """Rows of the same width and the lines they begin on; `ragged` are those of another width."""

    rows: list[list[str]]
    lines: list[int]
    ragged: list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Table:
    """A delimited file: its separator, its first row, and the names of columns that have any."""

    source: Source
    separator: str
    first: list[str]
    first_line: int
    names: list[str] | None

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.first)

    def chunks(
        self, on_bytes: OnBytes = lambda count: None, most_rows: int = _CELLS_AT_ONCE
    ) -> Iterator[Chunk]:
        """Yield the rows below the header, some thousand at a time."""
        size = min(most_rows, max(50, _CELLS_AT_ONCE // self.width))
        skipped = 0 if self.names is None else 1
        for rows, lines in _read_rows(self.source, self.separator, size, on_bytes):
            chunk = Chunk(rows[skipped:], lines[skipped:], [])
            skipped = 0
            if chunk.rows and set(map(len, chunk.rows)) != {self.width}:
                chunk = self._without_ragged(chunk)
            yield chunk

    def _without_ragged(self, chunk: Chunk) -> Chunk:
        numbered = list(zip(chunk.lines, chunk.rows, strict=True))
        whole = [(line, row) for line, row in numbered if len(row) == self.width]
        ragged = [(line, row) for line, row in numbered if len(row) != self.width]
        return Chunk([row for _, row in whole], [line for line, _ in whole], ragged)


def open_table(source: Source, has_header: bool | None) -> Table:
    """Return how the file is laid out; a first row without any number is a header unless said.

    Raises WrongInput for what is no table, and for a header that names two columns alike.
    """
    separator = _separator(source)
    first = next(_read_rows(source, separator, 1, lambda count: None), None)
    if first is None:
        raise WrongInput(f"{source.name}: no rows; give at least one")
    if source.is_parquet:
        has_header = True
    cells, line = [cell.strip() for cell in first[0][0]], first[1][0]
    names = cells if (_is_header(cells) if has_header is None else has_header) else None
    if names is not None:
        _check_names(names, source.name, line)
    return Table(source, separator, cells, line, names)


def decimal_rules(
    table: Table, decimal: str | None, words: frozenset[str], places: Collection[int]
) -> CellRules:
    """Return how numbers of this file are written: as --decimal says, or as its rows show."""
    if decimal is None:
        return sampled_rules(
            table,
            words,
            places,
            if_both="write all numbers alike, or say which it is with --decimal , or --decimal .",
            if_either="say which the comma is: --decimal , or --decimal .",
        )
    if decimal not in (".", ","):
        raise WrongInput(f"--decimal: {decimal!r} is neither '.' nor ','; write one of them")
    return CellRules(decimal, words=MISSING | words)


def sampled_rules(
    table: Table, words: frozenset[str], places: Collection[int], *, if_both: str, if_either: str
) -> CellRules:
    """Return how numbers in the columns at `places` are written.

    Between semicolons and tabs `1,234` may be a thousand or one and a bit: other numbers decide.
    Raises WrongInput, with what to do, for both decimal signs and for a comma that may be either.
    """
    words = MISSING | words
    if table.separator == ",":
        return CellRules(words=words)
    found, doubtful = _decimal_signs(table, places)
    where = table.source.name
    if len(found) == 2:
        raise WrongInput(
            f"{where}: {found[',']!r} has a decimal comma and {found['.']!r} a decimal point; "
            f"{if_both}"
        )
    if not found and doubtful is not None:
        raise WrongInput(f"{where}: {doubtful!r} is a thousand or a fraction; {if_either}")
    return CellRules(next(iter(found)), words=words) if found else CellRules(".", False, words)


def _decimal_signs(table: Table, places: Collection[int]) -> tuple[dict[str, str], str | None]:
    """Return a number with each decimal sign, and one that may have either, of a sample."""
    points, commas = CellRules(), CellRules(",")
    doubtful: str | None = None
    found: dict[str, str] = {}
    rows = (row for chunk in table.chunks(most_rows=_SAMPLE_ROWS) for row in chunk.rows)
    for cell in {row[place].strip() for row in islice(rows, _SAMPLE_ROWS) for place in places}:
        if "," not in cell and "." not in cell:
            continue
        by_point = points.number_text(cell) is not None
        by_comma = commas.number_text(cell) is not None
        if by_point and by_comma:
            doubtful = min(doubtful or cell, cell)
        elif by_point != by_comma:
            sign = "." if by_point else ","
            found[sign] = min(found.get(sign, cell), cell)
    return found, doubtful


def _separator(source: Source) -> str:
    lines = enumerate(source.open_text(lambda count: None), 1)
    try:
        number, head = next(((number, line) for number, line in lines if line.strip()), (1, ""))
    except UnicodeDecodeError:
        raise source.encoding_error() from None
    outside = "".join(head.split('"')[::2])
    counts = {sign: outside.count(sign) for sign in _SEPARATORS}
    # Where the comma is the decimal sign, a line of semicolons or tabs has commas, too.
    for sign in (";", "\t"):
        if counts[sign] and counts[sign] >= counts[","]:
            return sign
    if not counts[","] and " " in outside.strip() and all(map(_is_number, outside.split())):
        raise WrongInput(
            f"{source.name}: line {number}: columns are separated by spaces; use commas, "
            "semicolons or tabs"
        )
    return ","


def _read_rows(
    source: Source, separator: str, size: int, on_bytes: OnBytes
) -> Iterator[tuple[list[list[str]], list[int]]]:
    """Yield rows, and the lines they begin on, up to `size` at a time.

    A line that is blank or has separators alone, as spreadsheets leave them, is no row.
    """
    reader = csv.reader(source.open_text(on_bytes), delimiter=separator, strict=True)
    begun = 1
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            # A row of Parquet is one even when nothing is known of it.
            if any(row) or source.is_parquet:
                rows.append(row or [""])
                lines.append(begun)
                if len(rows) == size:
                    yield rows, lines
                    rows, lines = [], []
            begun = reader.line_num + 1
    except csv.Error as error:
        # A quotation mark that is never closed reads to the end: report the line it opens on.
        raise WrongInput(f"{source.name}: line {begun}: not CSV: {error}; mend that line") from None
    except UnicodeDecodeError:
        raise source.encoding_error() from None
    if rows:
        yield rows, lines


def _is_header(cells: Sequence[str]) -> bool:
    written = [cell for cell in cells if cell not in MISSING and cell]
    return bool(written) and not any(map(_is_number, written))


def _is_number(cell: str) -> bool:
    return any(CellRules(sign).number_text(cell) is not None for sign in ".,")


def _check_names(names: Sequence[str], where: str, line: int) -> None:
    places: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        if name and name in places:
            raise WrongInput(
                f"{where}: line {line}: columns {places[name]} and {place} are both named "
                f"{clip(name)!r}; rename one of them"
            )
        places[name] = place
