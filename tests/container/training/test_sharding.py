"""Which rows a host learns from: its own, all together once, and queries whole."""

from typing import Any

import numpy as np
import pytest

from container.contract.errors import InputError
from container.formats.dataset import Dataset
from container.training.sharding import shard_of
from tests.container.support.datasets import dataset, in_batches


def rows_of(data: Dataset) -> list[float]:
    found = [value for batch in data.batches() for value in batch.as_rows()[:, 0].tolist()]
    assert data.labels.tolist() == [label for batch in data.batches() for label in batch.labels]
    return found


def whole(count: int, groups: Any = None, form: str = "array") -> Dataset:
    numbers = np.arange(count, dtype=float)
    return dataset(np.column_stack([numbers % 2, numbers]), form, groups=groups)


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize(
    ("count", "hosts", "shards"),
    [
        (4, 2, [[0, 1], [2, 3]]),
        (5, 2, [[0, 1], [2, 3, 4]]),
        (3, 3, [[0], [1], [2]]),
        (7, 3, [[0, 1], [2, 3], [4, 5, 6]]),
    ],
)
def test_rows_are_shared_out_once(
    in_memory: bool, count: int, hosts: int, shards: list[list[float]]
) -> None:
    data = whole(count)
    if not in_memory:
        data = in_batches(data, 1, 1, in_memory=False)

    found = [shard_of("here", data, rank, hosts) for rank in range(hosts)]

    assert [rows_of(each) for each in found] == shards
    assert [each.in_memory for each in found] == [in_memory] * hosts


def test_a_host_alone_has_all_rows() -> None:
    data = whole(3)

    assert shard_of("here", data, 0, 1) is data


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize(
    ("groups", "shards"),
    [
        ([0, 0, 0, 1], [[0, 1, 2], [3]]),
        ([0, 1, 1, 1], [[0], [1, 2, 3]]),
        ([0, 0, 1, 1], [[0, 1], [2, 3]]),
        ([0, 1, 2, 3], [[0, 1], [2, 3]]),
    ],
)
def test_a_query_is_never_shared_out(
    in_memory: bool, groups: list[int], shards: list[list[float]]
) -> None:
    data = whole(4, groups)
    if not in_memory:
        data = in_batches(data, 1, in_memory=False)

    if groups == [0, 0, 0, 1]:
        # The query in the middle begins with the first row.
        with pytest.raises(InputError, match="here: has too few queries to give each of 2 hosts"):
            shard_of("here", data, 0, 2)
        assert rows_of(shard_of("here", data, 1, 2)) == [0, 1, 2, 3]
        return
    assert [rows_of(shard_of("here", data, rank, 2)) for rank in (0, 1)] == shards


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(InputError, match="here: has too few rows to give each of 3 hosts some"):
        for rank in range(3):
            shard_of("here", whole(2), rank, 3)


def test_batches_behind_the_last_row_of_a_host_are_not_read() -> None:
    data = in_batches(whole(6), 2, 2, in_memory=False)
    read: list[int] = []

    def batches() -> Any:
        for batch in data.batches():
            read.append(batch.rows)
            yield batch

    watched = Dataset(data.schema, data.labels, batches, in_memory=False)
    shard = shard_of("here", watched, 0, 3)
    read.clear()

    assert [batch.rows for batch in shard.batches()] == [2]
    assert read == [2]
