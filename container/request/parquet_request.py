"""Request bodies in Parquet; decoded size is bounded by the page headers before decoding."""

import itertools
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from container.contract.http_errors import bad_request, too_large
from container.formats import arrow_columns
from container.formats.parquet_footer import (
    Footer,
    FooterError,
    read_footer,
    read_page_sizes,
    rewrite_footer,
)
from container.formats.schema import Schema
from container.request.limits import check_row_count, check_width

Floats = NDArray[np.float32]

# What decoding may take: this many bytes per byte of the body, and some.
_DECODED_BYTES, _FREE_BYTES = 32, 16 * 1024 * 1024
# A number is decoded to at most 64 bits, and then becomes 32.
_NUMBER_BYTES = 12


def read_parquet(body: bytes, schema: Schema, *, lenient: bool, unseen: Counter[str]) -> Floats:
    """Return Floats [n, columns]; null is missing. Raises HTTPError.

    Columns count by their names where the model's have names, otherwise by their places.
    """
    try:
        footer = read_footer(body, schema.width)
        check_row_count(footer.rows)
        if len(footer.columns) != schema.width or schema.given_names is None:
            check_width("every row", len(footer.columns), schema.width, lenient)
        places = _places([column.name for column in footer.columns], schema)
        for i, place in enumerate(places):
            _check_column(footer, place, schema, i)
        _check_size(body, footer)
        # A dictionary of long texts must not be copied into every row.
        texts = [f"c{i}" for i, column in enumerate(footer.columns) if column.text]
        file = pq.ParquetFile(pa.BufferReader(rewrite_footer(body, footer)), read_dictionary=texts)
        table = file.read(use_threads=False)
        # Arrow believes the places in a dictionary that a page gives.
        table.validate(full=True)
        return _floats([table.column(place) for place in places], schema, unseen)
    except FooterError as error:
        raise bad_request(f"the body is not a readable Parquet file: {error}") from error
    except (pa.ArrowException, OSError, ValueError) as error:
        # Arrow's own sentences may quote the file.
        raise bad_request("the body is not a readable Parquet file") from error


def _places(names: list[str], schema: Schema) -> list[int]:
    """Return which column of the body each column of the model is."""
    if schema.given_names is None or len(names) != schema.width:
        return list(range(len(names)))
    absent = [name for name in schema.names if name not in names]
    if absent:
        raise bad_request(f'the body lacks the column "{absent[0]}"')
    return [names.index(name) for name in schema.names]


def _check_column(footer: Footer, place: int, schema: Schema, feature: int) -> None:
    column = footer.columns[place]
    categorical = bool(schema.features[feature].categories)
    if column.other or (column.text and not categorical):
        where = f"column {feature + 1}{schema.remark(feature)}"
        kind = "text or whole numbers" if categorical else "numbers"
        raise bad_request(f"{where} must hold {kind}")


def _check_size(body: bytes, footer: Footer) -> None:
    """Raise HTTPError when decoding would need too much memory, by the headers of the pages."""
    allowed = _DECODED_BYTES * len(body) + _FREE_BYTES
    needed = footer.rows * len(footer.columns) * _NUMBER_BYTES
    for size in itertools.chain([0], read_page_sizes(body, footer)):
        needed += size
        if needed > allowed:
            raise too_large(f"the body takes over {allowed} bytes when it is decoded")


def _floats(columns: list[Any], schema: Schema, unseen: Counter[str]) -> Floats:
    rows = np.empty((len(columns[0]), len(columns)), np.float32)
    for i, column in enumerate(columns):
        feature = schema.features[i]
        try:
            if feature.categories:
                rows[:, i] = arrow_columns.codes(column, feature, unseen)
            else:
                rows[:, i] = arrow_columns.numbers(column).to_numpy()
        except arrow_columns.ColumnError as error:
            raise bad_request(f"column {i + 1}{schema.remark(i)} {error}") from error
    return rows
