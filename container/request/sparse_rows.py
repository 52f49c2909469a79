"""Builder of a csr_matrix from rows of keys and values."""

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np

from container.contract.http_errors import bad_request
from container.formats.text_numbers import TOO_LARGE


class SparseRows:
    """Rows of a request in which values that are not stored are missing."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._ends = array("q", [0])
        self._columns = array("i")
        self._values = array("d")

    def add(self, where: str, keys: Sequence[int], values: Sequence[float | None]) -> None:
        """Add one row, with valid keys in any order; raises HTTPError."""
        if len(set(keys)) != len(keys):
            raise bad_request(f"{where} has a key twice; send each once")
        for key, value in sorted(zip(keys, values, strict=True)):
            if value is not None and abs(value) >= TOO_LARGE:
                raise bad_request(f"{where}, feature {key} is too large for a 32-bit number")
            self._columns.append(key)
            self._values.append(np.nan if value is None else value)
        self._ends.append(len(self._columns))

    def matrix(self) -> Any:
        """Return all rows so far as a csr_matrix of float32."""
        from scipy.sparse import csr_matrix

        values = np.array(self._values, np.float64).astype(np.float32)
        shape = (len(self._ends) - 1, self._width)
        return csr_matrix((values, np.array(self._columns), np.array(self._ends)), shape)
