"""Resamples of the rows: how many, of which rows, and how far their numbers lie apart."""

import math
from typing import Any

import numpy as np
import pytest

from container.evaluation.confidence import resampling
from container.evaluation.confidence.resampling import BootstrapReplicates, Resampling

NAN = math.nan


def replicates(value: float, values: Any, jackknife: Any = (0.0,)) -> BootstrapReplicates:
    return BootstrapReplicates(value, np.array(values, float), np.array(jackknife, float))


@pytest.mark.parametrize(
    ("values", "deviation"),
    [
        ([1, 3], math.sqrt(2)),
        ([1, 3, NAN], math.sqrt(2)),
        ([1, 3, NAN, NAN], NAN),
        ([1, 3, math.inf], math.sqrt(2)),
    ],
)
def test_a_deviation_is_that_of_more_than_half_of_the_resamples(
    values: list[float], deviation: float
) -> None:
    assert replicates(2, values).deviation == pytest.approx(deviation, nan_ok=True)


def test_a_difference_is_taken_resample_by_resample() -> None:
    found = replicates(5, [4, 6], [1, 2]).minus(replicates(1, [1, 2], [3, 5]))

    assert found.value == 4
    assert found.values.tolist() == [3, 4]
    assert found.jackknife_values.tolist() == [-2, -3]


def counted(rows: int) -> tuple[Resampling, BootstrapReplicates, list[Any]]:
    """The number of rows in each variant, and the variants themselves."""
    seen: list[Any] = []

    def statistic(weights: Any) -> dict[str, Any]:
        seen.append(weights)
        return {"rows": weights.sum(axis=1)}

    made = Resampling(rows)
    (found,) = made.replicates([statistic])
    return made, found["rows"], seen


@pytest.mark.parametrize(("rows", "parts"), [(5, 5), (100, 100), (250, 100)])
def test_there_are_a_thousand_resamples_and_one_left_out_part_for_each_of_a_hundred(
    rows: int, parts: int
) -> None:
    made, found, seen = counted(rows)

    assert found.value == rows
    assert found.values.tolist() == [rows] * 1_000
    assert len(found.jackknife_values) == parts
    assert found.jackknife_values.sum() == rows * parts - rows
    assert made.shrinkage == 1
    assert made.drawn_from.tolist() == list(range(rows))
    weights = np.concatenate(seen)
    assert (weights[0] == 1).all()
    assert set(weights[-parts:].sum(axis=0)) == {parts - 1}
    drawn = weights[1:1_001].mean(axis=0)
    assert drawn.min() > 0.8
    assert drawn.max() < 1.2


def test_resamples_are_drawn_a_few_at_a_time_where_memory_is_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resampling, "_CELLS_AT_ONCE", 1_500)

    _, found, seen = counted(5)

    assert [len(weights) for weights in seen] == [1, 300, 300, 300, 100, 5]
    assert len(found.values) == 1_000
    monkeypatch.setattr(resampling, "_CELLS_AT_ONCE", 1)
    assert len(counted(5)[2]) == 1_002


@pytest.mark.parametrize(("rows", "drawn", "shrinkage"), [(20, 20, 1), (80, 20, 0.5)])
def test_of_very_many_rows_some_are_drawn_once_and_for_all(
    monkeypatch: pytest.MonkeyPatch, rows: int, drawn: int, shrinkage: float
) -> None:
    monkeypatch.setattr(resampling, "MAX_ROWS", 20)

    made, other = Resampling(rows), Resampling(rows)

    assert len(set(made.drawn_from.tolist())) == drawn
    assert made.drawn_from.tolist() == sorted(other.drawn_from.tolist())
    assert made.shrinkage == shrinkage
