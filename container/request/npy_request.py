"""Request bodies in npy; the header is validated against the length of the body."""

from typing import Any

import numpy as np

from container.contract.http_errors import bad_request
from container.formats.npy import NpyError, floats, read_header
from container.formats.schema import Schema
from container.request.limits import check_row_count, check_width


def read_npy(body: bytes, schema: Schema, *, lenient: bool) -> Any:
    """Return Floats [n, columns]; NaN is missing. Raises HTTPError."""
    try:
        header = read_header(body, len(body))
    except NpyError as error:
        raise bad_request(f"the body {error}") from error
    check_row_count(header.rows)
    check_width("every row", header.columns, schema.width, lenient)
    rows = floats(np.frombuffer(body, header.kind, offset=header.offset), header)
    infinite = np.isinf(rows)
    if infinite.any():
        row, column = np.argwhere(infinite)[0].tolist()
        place = f"row {row + 1}, feature {column + 1}{schema.remark(column)}"
        raise bad_request(f"{place} is infinite as a 32-bit number; scale it down")
    return rows
