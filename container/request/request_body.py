"""Parsing of request bodies: rows for a model, or one error message for the client."""

from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.contract.http_errors import HTTPError, bad_request
from container.formats.libsvm import looks_like_libsvm
from container.formats.media import Format, MediaType
from container.formats.schema import Schema
from container.request.csv_request import read_csv
from container.request.json_request import read_json, read_json_lines

Floats = NDArray[np.float32]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UNCOUNTED: Counter[str] = Counter()
_BLANKS = b" \t\r\n"
_ONLY_NUMBERS = (Format.LIBSVM, Format.RECORDIO, Format.NPY)


def read_rows(
    body: bytes,
    media: MediaType,
    schema: Schema,
    lenient: bool = False,
    unseen: Counter[str] | None = None,
) -> Any:
    """Parse a body: Floats [n, width], NaN missing, or a csr_matrix for sparse formats.

    Numbers are read as 64-bit floats and rounded to 32 bits. Raises HTTPError. `lenient` is
    what the built-in allows: an empty body (status 204), and rows that lack the last columns.
    `unseen` counts, by column, the categories that training never saw; they are missing values.

    Needs at most 40 bytes of memory per byte of the body, and 32 MiB, for any body of rows with
    all columns; lists of plain numbers need 4, and other threads run in between. See pieces.py.
    """
    form, body = text_of(body, media, lenient)
    unseen = _UNCOUNTED if unseen is None else unseen
    rows = _READERS[form](body, media, schema, lenient, unseen)
    if form is Format.LIBSVM:
        require_pairs(rows.nnz)
    return complete(rows, form, schema, unseen)


def text_of(body: bytes, media: MediaType, lenient: bool) -> tuple[Format, bytes]:
    """Return the format of a body, and it without blanks around a text; raises HTTPError."""
    form = media.format
    if media.charset:
        body = _as_utf_8(body, media.charset)
    if form.is_text:
        body = body.removeprefix(_BYTE_ORDER_MARK).strip(_BLANKS)
    if not body:
        if lenient:
            raise HTTPError(HTTPStatus.NO_CONTENT, "")
        raise bad_request("the body is empty; send at least one row")
    if not media.declared and looks_like_libsvm(body.partition(b"\n")[0]):
        form = Format.LIBSVM
    return form, body


def _as_utf_8(body: bytes, charset: str) -> bytes:
    try:
        return body.decode(charset).encode()
    except UnicodeError as error:
        raise bad_request(f"the body is not {charset}, as its Content-Type says") from error


def parse(
    form: Format,
    text: bytes,
    media: MediaType,
    schema: Schema,
    lenient: bool,
    unseen: Counter[str],
) -> Any:
    """Return the rows of what `text_of` gave, or of some of its lines; raises HTTPError.

    They are for `complete`: the last columns may lack, and categories may be text as numbers.
    """
    return _READERS[form](text, media, schema, lenient, unseen)


def complete(rows: Any, form: Format, schema: Schema, unseen: Counter[str]) -> Any:
    """Return rows with all columns of the model, and categories as codes; raises HTTPError."""
    if rows.shape[1] < schema.width:
        rows = _padded(rows, schema.width)
    if schema.categorical and form in _ONLY_NUMBERS:
        _encode(rows, schema, unseen)
    return rows


def require_pairs(count: int) -> None:
    """Raise HTTPError for a body in libsvm without values, which is none."""
    if not count:
        raise bad_request("the body has no index:value pair; send at least one")


def _libsvm(
    body: bytes, media: MediaType, schema: Schema, lenient: bool, unseen: Counter[str]
) -> Any:
    from container.request.libsvm_request import read_libsvm

    return read_libsvm(body, schema.width, shifts=lenient)


def _recordio(
    body: bytes, media: MediaType, schema: Schema, lenient: bool, unseen: Counter[str]
) -> Any:
    from container.request.recordio_request import read_recordio

    return read_recordio(body, schema.width, lenient=lenient)


def _npy(body: bytes, media: MediaType, schema: Schema, lenient: bool, unseen: Counter[str]) -> Any:
    from container.request.npy_request import read_npy

    return read_npy(body, schema, lenient=lenient)


def _parquet(
    body: bytes, media: MediaType, schema: Schema, lenient: bool, unseen: Counter[str]
) -> Any:
    # Arrow is large, and few requests need it.
    from container.request.parquet_request import read_parquet

    return read_parquet(body, schema, lenient=lenient, unseen=unseen)


_Reader = Callable[[bytes, MediaType, Schema, bool, Counter[str]], Any]
_READERS: dict[Format, _Reader] = {
    Format.CSV: read_csv,
    Format.JSON: read_json,
    Format.JSON_LINES: read_json_lines,
    Format.LIBSVM: _libsvm,
    Format.RECORDIO: _recordio,
    Format.NPY: _npy,
    Format.PARQUET: _parquet,
}


def _padded(rows: Floats, width: int) -> Floats:
    """Return rows of a lenient request, missing what they lack."""
    padded = np.full((rows.shape[0], width), np.nan, np.float32)
    padded[:, : rows.shape[1]] = rows
    return padded


def _encode(rows: Any, schema: Schema, unseen: Counter[str]) -> None:
    from container.formats.categories import CategoryError, encode

    try:
        encode(rows, schema, unseen)
    except CategoryError as error:
        raise bad_request(f"column {error}") from error
