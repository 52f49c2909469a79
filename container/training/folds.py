"""Parts rows into folds for a cross-validation, the same ones whenever the seed is the same."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from container.contract.errors import InputError
from container.formats.dataset import Batch
from container.protocol import Folds

Places = NDArray[np.int64]


def parted(batch: Batch, plan: Folds) -> Iterator[list[Places]]:
    """For each repeat, the rows of each fold in their order; rows of one query stay together."""
    units = _units(batch)
    count = int(units[-1]) + 1 if len(units) else 0
    if count < plan.count:
        what = "rows" if batch.groups is None else "queries"
        raise InputError(
            f"input/data: _kfold is {plan.count} but there are {count} {what}; lower _kfold"
        )
    for repeat in range(plan.repeats):
        order = np.random.default_rng([plan.seed % 2**32, repeat]).permutation(count)
        if plan.stratified and batch.groups is None:
            # Neighbours in this order get different folds: every fold its share of every class.
            order = order[np.argsort(batch.labels[order], kind="stable")]
        fold_of_unit = np.empty(count, dtype=np.int64)
        fold_of_unit[order] = np.arange(count) % plan.count
        folds = fold_of_unit[units]
        yield [np.flatnonzero(folds == fold) for fold in range(plan.count)]


def _units(batch: Batch) -> Places:
    """What must not be torn apart, counted from 0: rows, or queries, which are neighbours."""
    if batch.groups is None:
        return np.arange(batch.rows)
    return np.cumsum(np.diff(batch.groups, prepend=batch.groups[:1]) != 0)
