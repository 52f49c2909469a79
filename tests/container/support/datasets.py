"""Small datasets for tests of what learns from them, in every form that readers make."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse

from container.algorithm import create
from container.formats.batches import select_rows
from container.formats.dataset import Batch, Dataset
from container.formats.schema import Feature, Schema
from container.hosts.single_host import SingleHost
from container.protocol import Algorithm, Round
from tests.container.support.world import Rows


def table(features: Rows) -> Any:
    """Columns of float32; NaN is null."""
    columns = features.T.astype(np.float32)
    return pa.table({f"f{i}": pa.array(x, from_pandas=True) for i, x in enumerate(columns)})


def array(features: Rows) -> Any:
    return np.ascontiguousarray(features, dtype=np.float32)


def sparse(features: Rows) -> Any:
    """What is NaN is not stored."""
    present = ~np.isnan(features)
    rows, columns = np.nonzero(present)
    values = features[present].astype(np.float32)
    return scipy.sparse.csr_matrix((values, (rows, columns)), shape=features.shape)


FORMS = {"table": table, "array": array, "sparse": sparse}


def batch(rows: Rows, form: str = "table", weights: Any = None, groups: Any = None) -> Batch:
    """Rows with the label first."""
    return Batch(
        FORMS[form](rows[:, 1:]),
        rows[:, 0].astype(np.float32),
        None if weights is None else np.asarray(weights, dtype=np.float32),
        None if groups is None else np.asarray(groups, dtype=np.uint32),
    )


def dataset(rows: Rows, form: str = "table", weights: Any = None, groups: Any = None) -> Dataset:
    """All rows in one batch, in memory."""
    schema = Schema.of_numbers(rows.shape[1] - 1)
    return Dataset.of(schema, batch(rows, form, weights, groups))


def in_batches(data: Dataset, *sizes: int, in_memory: bool = True) -> Dataset:
    """The same rows in several batches, read anew for each pass if not `in_memory`."""
    (whole,) = data.batches()
    ends = np.cumsum([0, *sizes, whole.rows - sum(sizes)])

    def batches() -> Iterator[Batch]:
        for start, end in itertools.pairwise(ends):
            yield select_rows(whole, np.arange(start, end))

    return Dataset(data.schema, whole.labels, batches, in_memory)


def categorical_rows(count: int = 200) -> tuple[Rows, Schema]:
    """The second feature holds one of five plans, of which the first and the third are class 1."""
    generator = np.random.default_rng(4)
    plans = generator.integers(0, 5, count)
    labels = np.isin(plans, (0, 2)).astype(float)
    schema = Schema((Feature("age"), Feature("plan", ("a", "b", "c", "d", "e"))))
    return np.column_stack([labels, generator.normal(size=count), plans]), schema


def ranking_rows(queries: int = 30, size: int = 8) -> tuple[Rows, Any]:
    """Rows of relevance 0 to 4 that the first feature nearly gives away, and their queries."""
    generator = np.random.default_rng(5)
    count = queries * size
    relevance = generator.integers(0, 5, count)
    features = generator.normal(size=(count, 3)) + relevance[:, None] * [1.0, 0.1, 0.0]
    return np.column_stack([relevance, features]), np.repeat(np.arange(queries), size)


def fit(job: dict[str, str], **channels: Dataset) -> tuple[Algorithm, dict[str, float]]:
    """A trained algorithm and the values of its last round."""
    rounds: list[Round] = []

    def keep(finished: Round) -> bool:
        rounds.append(finished)
        return True

    algorithm = create({"num_round": "10", **job})
    algorithm.fit(channels, SingleHost(), None, keep)
    return algorithm, dict(rounds[-1].values)
