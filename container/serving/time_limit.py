"""Time limit of predictions: requests that would take too long are rejected early."""

import time
from collections.abc import Callable, Iterator

import numpy as np

from container.contract.http_errors import HTTPError, too_large
from container.protocol import Floats, Rows

# Share of the response time limit: the rest is for reading and writing.
_SHARE = 0.7
# Earlier, a moment without the processor would look like a slow model.
_SURE_AFTER_SECONDS = 5.0


def run_within_time(
    work: Callable[[Rows], Floats], rows: Rows, rows_at_once: int, response_seconds: float
) -> Floats:
    """Return `work` of all rows; raises HTTPError (413) once it is clearly too slow."""
    if rows.shape[0] <= rows_at_once:
        return work(rows)
    return np.concatenate(list(_pieces(work, rows, rows_at_once, _SHARE * response_seconds)))


def _pieces(
    work: Callable[[Rows], Floats], rows: Rows, rows_at_once: int, seconds: float
) -> Iterator[Floats]:
    count = rows.shape[0]
    began = time.monotonic()
    for start in range(0, count, rows_at_once):
        yield work(rows[start : start + rows_at_once])
        done = min(start + rows_at_once, count)
        taken = time.monotonic() - began
        if taken > min(_SURE_AFTER_SECONDS, seconds) and taken * count > seconds * done:
            raise _too_slow(int(done * seconds / taken))


def _too_slow(rows: int) -> HTTPError:
    return too_large(f"this takes too long; send at most {rows} rows at once")
