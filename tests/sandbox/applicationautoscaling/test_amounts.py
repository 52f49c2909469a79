"""How many instances a policy wants."""

from typing import Any

import pytest

from sandbox.applicationautoscaling import amounts


@pytest.mark.parametrize(
    ("current", "value", "wanted"),
    [(1, 20, 4), (1, 5, 1), (1, 5.1, 2), (2, 7.5, 3), (3, 100, 60), (4, 4, 4), (3, 0.3, 3)],
)
def test_tracking_grows_in_proportion_and_rounds_up(
    current: int, value: float, wanted: int
) -> None:
    assert amounts.track_out(current, value, 5) == wanted


@pytest.mark.parametrize(
    ("current", "value", "least", "wanted"),
    [
        (4, 0, 1, 1),
        (4, 0, 2, 2),
        (4, 0, 0, 0),
        (4, 1.25, 1, 1),
        (4, 1.26, 1, 2),
        # Three machines with 4.4 each carry what two would have 6.6 of: none may go.
        (3, 4.4, 1, 3),
        (2, 2.4, 1, 1),
        (1, 0, 1, 1),
        (1, 0, 2, 1),
    ],
)
def test_tracking_shrinks_to_what_carries_the_load(
    current: int, value: float, least: int, wanted: int
) -> None:
    assert amounts.track_in(current, value, 5, least) == wanted


STEPS: list[dict[str, Any]] = [
    {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 0},
    {"MetricIntervalLowerBound": 10.0, "MetricIntervalUpperBound": 20.0, "ScalingAdjustment": 10},
    {"MetricIntervalLowerBound": 20.0, "ScalingAdjustment": 30},
]
DOWN: list[dict[str, Any]] = [
    {"MetricIntervalLowerBound": -10.0, "MetricIntervalUpperBound": 0.0, "ScalingAdjustment": 0},
    {
        "MetricIntervalLowerBound": -20.0,
        "MetricIntervalUpperBound": -10.0,
        "ScalingAdjustment": -10,
    },
    {"MetricIntervalUpperBound": -20.0, "ScalingAdjustment": -30},
]


@pytest.mark.parametrize(
    ("difference", "amount"),
    [(0, 0), (9.9, 0), (10, 10), (19, 10), (20, 30), (999, 30), (-1, None)],
)
def test_above_the_threshold_a_step_begins_with_its_lower_bound(
    difference: float, amount: int | None
) -> None:
    step = amounts.step_of(STEPS, difference, is_above=True)

    assert (step and step["ScalingAdjustment"]) == amount


@pytest.mark.parametrize(
    ("difference", "amount"),
    [(0, 0), (-9.9, 0), (-10, -10), (-19, -10), (-20, -30), (-99, -30), (1, None)],
)
def test_below_the_threshold_a_step_ends_with_its_upper_bound(
    difference: float, amount: int | None
) -> None:
    step = amounts.step_of(DOWN, difference, is_above=False)

    assert (step and step["ScalingAdjustment"]) == amount


def test_the_example_of_aws() -> None:
    """10, then + 10 %, + 30 %, - 10 % and - 30 %: the page on step scaling policies."""
    capacity, seen = 10, []
    for percent in (10, 30, -10, -30):
        capacity = amounts.adjust(capacity, "PercentChangeInCapacity", percent)
        seen.append(capacity)

    assert seen == [11, 14, 13, 10]


@pytest.mark.parametrize(
    ("current", "kind", "amount", "least", "wanted"),
    [
        (4, "ChangeInCapacity", 3, 0, 7),
        (4, "ChangeInCapacity", -9, 0, 0),
        (4, "ExactCapacity", 2, 0, 2),
        (4, "ExactCapacity", 0, 0, 0),
        (2, "PercentChangeInCapacity", 10, 0, 3),
        (2, "PercentChangeInCapacity", -10, 0, 1),
        (4, "PercentChangeInCapacity", 25, 2, 6),
        (4, "PercentChangeInCapacity", -25, 2, 2),
        (4, "PercentChangeInCapacity", 0, 2, 4),
        (4, "ChangeInCapacity", 1, 3, 5),
        (0, "PercentChangeInCapacity", 100, 2, 0),
    ],
)
def test_adjustments(current: int, kind: str, amount: int, least: int, wanted: int) -> None:
    assert amounts.adjust(current, kind, amount, least) == wanted
