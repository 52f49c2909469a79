import numpy as np
import pytest

from container.contract.errors import InputError
from container.protocol import Folds
from container.training.folds import parted
from tests.container.datasets import batch, ranking_rows
from tests.container.world import Rows, simple_rows


def uneven(count: int = 103) -> Rows:
    """One row in ten is of class 1."""
    rows = simple_rows(count)
    rows[:, 0] = np.arange(count) % 10 == 0
    return rows


@pytest.mark.parametrize("stratified", [False, True])
def test_every_row_is_in_one_fold_of_every_repeat(stratified: bool) -> None:
    repeats = list(parted(batch(uneven()), Folds(4, 3, stratified)))

    assert len(repeats) == 3
    for folds in repeats:
        assert sorted(np.concatenate(folds)) == list(range(103))
        assert {len(fold) for fold in folds} == {25, 26}
        assert all(list(fold) == sorted(fold) for fold in folds)


def test_a_stratified_fold_has_its_share_of_every_class() -> None:
    rows = uneven()

    (folds,) = parted(batch(rows), Folds(5, stratified=True))

    assert {int(rows[fold, 0].sum()) for fold in folds} <= {2, 3}


def test_folds_follow_from_the_seed_and_differ_between_repeats() -> None:
    def drawn(seed: int) -> str:
        return str(
            [list(map(list, folds)) for folds in parted(batch(uneven()), Folds(3, 2, seed=seed))]
        )

    first, second = parted(batch(uneven()), Folds(3, 2, seed=5))
    assert drawn(5) == drawn(5) != drawn(-5)
    assert list(first[0]) != list(second[0])


def test_rows_of_one_query_stay_together() -> None:
    rows, queries = ranking_rows(queries=10, size=3)

    (folds,) = parted(batch(rows, groups=queries), Folds(3))

    for fold in folds:
        found, counts = np.unique(queries[fold], return_counts=True)
        assert set(counts) == {3}
        assert 3 <= len(found) <= 4


def test_more_folds_than_rows_or_queries_are_refused() -> None:
    rows, queries = ranking_rows(queries=2, size=3)

    with pytest.raises(InputError, match="_kfold is 7 but there are 6 rows; lower _kfold"):
        next(parted(batch(rows), Folds(7)))
    with pytest.raises(InputError, match="_kfold is 3 but there are 2 queries"):
        next(parted(batch(rows, groups=queries), Folds(3)))
