"""Reads folders of CSV (label first, no header) and names file and line of what cannot be read."""

import csv
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from container.contract.errors import InputError
from container.contract.layout import Layout
from container.formats.schema import Schema

Floats = NDArray[np.float32]

_MISSING = ("", "nan", "NaN", "NAN")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_LARGEST_FLOAT32 = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Batch:
    """Labelled rows that fit into memory.

    `features` is a pyarrow.Table of float32 (null: missing), an array of float32 (NaN: missing) or
    a scipy csr_matrix (not stored: missing). `groups` numbers the query of each row, for ranking.
    """

    features: Any
    labels: Floats
    weights: Floats | None = None
    groups: NDArray[np.uint32] | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.labels)


@dataclass(frozen=True)
class Dataset:
    """The rows of one channel; `batches` may read the files again for every pass."""

    schema: Schema
    rows: int
    batches: Callable[[], Iterator[Batch]]
    in_memory: bool = True

    @classmethod
    def of(cls, schema: Schema, *batches: Batch) -> "Dataset":
        """Rows that are in memory already."""
        return cls(schema, sum(batch.rows for batch in batches), lambda: iter(batches))

    @cached_property
    def labels(self) -> Floats:
        """All of them, in the order of the rows."""
        return np.concatenate([batch.labels for batch in self.batches()])


def read_dataset(layout: Layout, folder: Path, *, weighted: bool = False) -> Dataset:
    """All CSV files below `folder`, in the order of their names; `weighted`: column 2 is a weight.

    Raises InputError for no data, text, a header, an empty label, or a different number of columns.
    """
    files = list(_data_files(folder))
    leading = 2 if weighted else 1
    if not files:
        raise InputError(
            f"{layout.name_of(folder)}: no data (hidden and empty files do not count); "
            "put CSV files there: label first, no header"
        )
    _, first = next(_lines(files[0]))
    if len(first) <= leading:
        raise InputError(
            f"{layout.name_of(files[0])}: line 1 has {len(first)} column(s) separated by commas, "
            f"but needs a label and at least one feature; got {_shown(','.join(first))}"
        )
    names = ["label", "weight"][:leading] + [f"f{i}" for i in range(len(first) - leading)]
    table = pa.concat_tables([_read_file(layout, file, names) for file in files])
    batch = Batch(
        features=table.drop_columns(names[:leading]),
        labels=table["label"].to_numpy(),
        weights=table["weight"].to_numpy() if weighted else None,
    )
    return Dataset.of(Schema.of_numbers(len(names) - leading), batch)


def _data_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and next(_lines(path), None) is not None:
            yield path


def _read_file(layout: Layout, file: Path, names: list[str]) -> Any:
    try:
        table = pyarrow.csv.read_csv(
            file,
            read_options=pyarrow.csv.ReadOptions(column_names=names),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={name: pa.float32() for name in names}, null_values=list(_MISSING)
            ),
        )
    except pa.ArrowInvalid as error:
        _explain(layout, file, names)
        text = str(error).splitlines()[0]
        raise InputError(f"{layout.name_of(file)}: not readable as CSV: {text}") from error
    required = [name for name in names if not name.startswith("f")]
    infinite = any(pc.any(pc.is_inf(column)).as_py() for column in table.columns)
    if infinite or any(table[name].null_count for name in required):
        _explain(layout, file, names)
    return table


def _explain(layout: Layout, file: Path, names: list[str]) -> None:
    """Raise InputError for the first line that breaks a rule; slow, only for bad files."""
    for number, fields in _lines(file):
        where = f"{layout.name_of(file)}: line {number}"
        texts = [
            field for field in fields if field not in _MISSING and not _NUMBER.fullmatch(field)
        ]
        if number == 1 and len(texts) == len(fields):
            raise InputError(f"{where} is a header ({_shown(','.join(fields))}); remove it")
        if len(fields) != len(names):
            raise InputError(f"{where} has {len(fields)} columns where {len(names)} are expected")
        for name, field in zip(names, fields, strict=True):
            _check_field(f"{where}: {name}", field, required=not name.startswith("f"))


def _check_field(where: str, field: str, *, required: bool) -> None:
    if field in _MISSING:
        if required:
            raise InputError(f"{where} is empty; give every row a number there")
    elif not _NUMBER.fullmatch(field):
        raise InputError(f"{where} is not a number; got {_shown(field)}; encode text as numbers")
    elif math.fabs(float(field)) > _LARGEST_FLOAT32:
        raise InputError(f"{where} is too large for a 32-bit number; got {_shown(field)}")


def _lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and stripped fields of each line that is not blank."""
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.reader(stream)
        try:
            for fields in reader:
                if fields:
                    yield reader.line_num, [field.strip() for field in fields]
        except csv.Error as error:
            raise InputError(f"{file.name}: line {reader.line_num}: {error}") from error


def _shown(text: str) -> str:
    """At most 40 characters of somebody's data, on one line."""
    return repr(text if len(text) <= 40 else text[:40] + "…")
