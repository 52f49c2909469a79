"""Sharding of replicated channels: each host learns from its own part of the rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from container.contract.errors import InputError
from container.formats.batches import select_rows
from container.formats.dataset import Batch, Dataset


def shard_of(where: str, data: Dataset, rank: int, count: int) -> Dataset:
    """Return the shard of `rank` of `count`; queries stay whole. InputError for no rows."""
    if count == 1:
        return data
    queries = _queries(data)
    start, stop = (_cut(data.rows * place // count, queries) for place in (rank, rank + 1))
    if start == stop:
        what = "rows" if queries is None else "queries"
        raise InputError(
            f"{where}: has too few {what} to give each of {count} hosts some; use fewer instances"
        )
    if data.in_memory:
        # Copied, so that the rows of others can leave memory.
        (batch,) = data.batches()
        return Dataset.of(data.schema, select_rows(batch, np.arange(start, stop)))
    return Dataset(
        data.schema, data.labels[start:stop], lambda: _between(data, start, stop), in_memory=False
    )


def _between(data: Dataset, start: int, stop: int) -> Iterator[Batch]:
    first = 0
    for batch in data.batches():
        low, high = max(start - first, 0), min(stop - first, batch.rows)
        if low < high:
            yield select_rows(batch, np.arange(low, high))
        first += batch.rows
        if first >= stop:
            return


def _queries(data: Dataset) -> Any:
    """Return the number of each row's query, where rows belong to queries."""
    parts = []
    for batch in data.batches():
        if batch.groups is None:
            return None
        parts.append(batch.groups)
    return np.concatenate(parts)


def _cut(place: int, queries: Any) -> int:
    """Return the place, or where the query in it begins; the same on all hosts."""
    if queries is None or place == len(queries):
        return place
    return int(np.searchsorted(queries, queries[place]))
