from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_matrix

from container.formats.batches import concatenate, select_rows, to_dense
from container.formats.dataset import Batch

NAN = float("nan")


@pytest.mark.parametrize(
    "rows",
    [
        np.array([[1.0, NAN], [0.0, 2.0]]),
        pa.table({"a": [1.0, 0.0], "b": pa.array([None, 2.0], pa.float32())}),
        csr_matrix((np.array([1.0, 0.0, 2.0]), ([0, 1, 1], [0, 0, 1])), shape=(2, 2)),
    ],
    ids=["array", "table", "sparse"],
)
def test_rows_of_every_kind_become_the_same_array(rows: Any) -> None:
    made = to_dense(rows)

    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, np.array([[1, NAN], [0, 2]], dtype=np.float32))


KINDS: list[Any] = [
    lambda rows: np.array(rows, np.float32),
    lambda rows: csr_matrix(np.array(rows, np.float32)),
    lambda rows: pa.table({"a": [row[0] for row in rows], "b": [row[1] for row in rows]}),
]


@pytest.mark.parametrize("kind", KINDS, ids=["array", "sparse", "table"])
def test_batches_follow_each_other_and_rows_are_picked_in_an_order(kind: Any) -> None:
    labels, groups = np.array([1, 2], np.float32), np.array([4, 5], np.uint32)
    first = Batch(kind([[1, 2], [3, 4]]), labels, labels * 2, groups)
    second = Batch(kind([[5, 6]]), labels[:1], labels[:1], groups[:1])

    both = concatenate([first, second])
    picked = select_rows(both, np.array([2, 0]))

    assert isinstance(both.features, type(first.features))
    assert isinstance(picked.features, type(first.features))
    np.testing.assert_array_equal(to_dense(both.features), [[1, 2], [3, 4], [5, 6]])
    np.testing.assert_array_equal(to_dense(picked.features), [[5, 6], [1, 2]])
    assert both.weights is not None
    assert both.groups is not None
    assert picked.weights is not None
    assert picked.groups is not None
    assert both.labels.tolist() == [1, 2, 1]
    assert (both.weights.tolist(), both.groups.tolist()) == ([2, 4, 1], [4, 5, 4])
    assert picked.labels.tolist() == [1, 1]
    assert (picked.weights.tolist(), picked.groups.tolist()) == ([1, 2], [4, 4])


def test_weights_and_queries_are_given_for_all_rows_or_for_none() -> None:
    rows, labels = np.ones((1, 1), np.float32), np.ones(1, np.float32)
    groups = np.ones(1, np.uint32)

    mixed = concatenate([Batch(rows, labels, labels, groups), Batch(rows, labels)])

    assert mixed.weights is None
    assert mixed.groups is None
    assert select_rows(mixed, np.array([0])).weights is None
    assert select_rows(mixed, np.array([0])).groups is None


def test_a_single_batch_is_not_copied() -> None:
    batch = Batch(np.ones((1, 1), np.float32), np.ones(1, np.float32))

    assert concatenate([batch]) is batch
