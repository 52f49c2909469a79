"""CSV dialect of a channel: delimiter, header, leading columns and feature names."""

import csv
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from container.channel.data_files import DataFile
from container.formats.text_numbers import MISSING, is_number

# In this order when several would do.
_DELIMITERS = (",", "\t", ";", "|", " ")


@dataclass(frozen=True)
class Dialect:
    """What all files of a channel have in common; `leading` columns stand before the features."""

    delimiter: str
    leading: Sequence[str]
    features: Sequence[str]
    header: bool

    @property
    def columns(self) -> list[str]:
        """All columns by generated names, as those of a header may occur twice."""
        return [*self.leading, *(f"f{i}" for i in range(len(self.features)))]

    def is_feature(self, place: int) -> bool:
        """Return whether a column is neither label nor weight."""
        return place >= len(self.leading)


def find_dialect(file: DataFile, *, header: bool, weighted: bool) -> Dialect:
    """Return the dialect of the first lines of a file; raises InputError."""
    delimiter = _delimiter(file)
    leading = ["label", "weight"] if weighted else ["label"]
    number, fields = first_line(file, delimiter)
    if len(fields) <= len(leading):
        needed = f"a {' and a '.join(leading)} and at least one feature"
        raise file.error(
            f"line {number} has {len(fields)} column(s), but needs {needed}; "
            f"got {quoted_sample(','.join(fields))}"
        )
    names = fields[len(leading) :]
    if not header:
        return Dialect(delimiter, leading, [f"f{i}" for i in range(len(names))], False)
    if found := index_column(file, delimiter, header=True):
        raise file.error(found)
    if all(map(_is_value, fields)):
        raise file.error(f"line {number} is no header; take header=present out of ContentType")
    if "" in names or len(set(names)) < len(names):
        raise file.error(f"line {number} gives a column no name, or the name of another column")
    return Dialect(delimiter, leading, names, True)


def index_column(file: DataFile, delimiter: str, *, header: bool) -> str:
    """Return what is wrong when the first column is an index that pandas wrote; "": nothing.

    `header`: the first line is one. If not, it is one whose names are 0, 1, 2 … over rows from 0.
    """
    rows = list(itertools.islice(lines(file, delimiter), 2))
    number, fields = rows[0]
    names = fields[1:]
    counted = names == [str(place) for place in range(len(names))] and rows[-1][1][0] == "0"
    if fields[0] or not (header or counted):
        return ""
    return (
        f"line {number} is a header without a name for the first column, an index as pandas writes "
        "it; write the file with to_csv(path, index=False, header=False), label first"
    )


def lines(file: DataFile, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and stripped fields of each line that is not blank; raises InputError."""
    with file.path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        try:
            for fields in reader:
                if fields:
                    yield reader.line_num, [field.strip() for field in fields]
        except csv.Error as error:
            raise file.error(f"line {reader.line_num}: {error}") from error


def first_line(file: DataFile, delimiter: str) -> tuple[int, list[str]]:
    """Return the first of `lines`; raises InputError when there is none."""
    found = next(lines(file, delimiter), None)
    if found is None:
        raise file.error("has no line that is not blank")
    return found


def quoted_sample(text: str) -> str:
    """Return at most 40 characters of a text, quoted, on one line."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


def _delimiter(file: DataFile) -> str:
    """Return the one that splits the first line into numbers, or else the first that splits it."""
    splits: list[str] = []
    for delimiter in _DELIMITERS:
        _, fields = first_line(file, delimiter)
        if len(fields) > 1:
            splits.append(delimiter)
            if all(map(_is_value, fields)):
                return delimiter
    return splits[0] if splits else ","


def _is_value(field: str) -> bool:
    return field in MISSING or is_number(field)
