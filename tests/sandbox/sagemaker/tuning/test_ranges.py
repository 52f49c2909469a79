from __future__ import annotations

import random
import statistics
from collections import Counter
from typing import Any

import pytest

from sandbox.sagemaker.tuning.ranges import NumberRange, RangeRefused
from tests.sandbox.sagemaker.tuning.searched import categories, integers, numbers, space


def _drawn(kind: str, given: dict[str, Any], count: int = 2_000) -> list[str]:
    (one,) = space(**{kind: [given]})
    chance = random.Random(1)
    return [one.draw(chance) for _ in range(count)]


def test_integers_are_drawn_with_both_ends_as_often_as_the_others() -> None:
    counted = Counter(_drawn("Integer", integers("n", 1, 4)))

    assert sorted(counted) == ["1", "2", "3", "4"]
    assert min(counted.values()) > 400


@pytest.mark.parametrize(
    ("scaling", "low", "high", "median"),
    [
        ("Linear", "0.0001", "1", 0.5),
        ("Logarithmic", "0.0001", "1", 0.01),
        ("ReverseLogarithmic", "0", "0.9999", 0.99),
        ("Auto", "0.0001", "1", 0.01),
        ("Auto", "0.5", "1.5", 1.0),
        ("Auto", "0", "1000", 500),
    ],
)
def test_half_of_the_values_lie_below_the_middle_of_the_scale(
    scaling: str, low: str, high: str, median: float
) -> None:
    drawn = [float(x) for x in _drawn("Continuous", numbers("x", low, high, ScalingType=scaling))]

    assert float(low) <= min(drawn) < max(drawn) <= float(high)
    assert statistics.median(drawn) == pytest.approx(median, rel=0.2)


def test_values_of_one_more_digit_are_as_likely_on_a_logarithmic_scale_of_integers() -> None:
    drawn = _drawn("Integer", integers("n", 1, 1000, ScalingType="Logarithmic"))

    assert 0.5 < sum(int(one) <= 31 for one in drawn) / len(drawn) < 0.6


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("Continuous", numbers("x", "0.001", "1")),
        ("Continuous", numbers("x", "0", "0.99", ScalingType="ReverseLogarithmic")),
        ("Integer", integers("n", 2, 9)),
    ],
)
def test_a_value_is_found_again_where_it_lies_on_the_scale(kind: str, given: Any) -> None:
    (one,) = space(**{kind: [given]})
    assert isinstance(one, NumberRange)
    chance = random.Random(1)

    for _ in range(50):
        text = one.draw(chance)
        (place,) = one.encode(text)
        assert 0 <= place <= 1
        assert float(one._at(place)) == pytest.approx(float(text))
        assert one.low <= float(one.draw_near(text, chance)) <= one.high


def test_no_category_is_nearer_to_another() -> None:
    (one,) = space(Categorical=[categories("c", "a", "b", "a")])

    assert (one.size, one.encode("a"), one.encode("b")) == (2, (1.0, 0.0), (0.0, 1.0))
    assert {one.draw_near("a", random.Random(seed)) for seed in range(30)} == {"a", "b"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"Integer": [integers("n", 5, 4)]}, "n: MinValue 5 is above 4"),
        ({"Integer": [{**integers("n", 1, 4), "MinValue": "0.5"}]}, "MinValue '0.5' is no integer"),
        ({"Continuous": [numbers("x", "a", "1")]}, "MinValue 'a' is no number"),
        ({"Continuous": [numbers("x", "0", "inf")]}, "MaxValue 'inf' is not finite"),
        ({"Integer": [integers("n", 1, 2)], "Continuous": [numbers("n", "1", "2")]}, "more than"),
        ({"Continuous": [numbers("x", "0", "1", ScalingType="Logarithmic")]}, "greater than 0"),
        (
            {"Continuous": [numbers("x", "0", "1", ScalingType="ReverseLogarithmic")]},
            "entirely within the range 0<=x<1.0",
        ),
        (
            {"Integer": [integers("n", 0, 0, ScalingType="ReverseLogarithmic")]},
            "not supported for integers",
        ),
    ],
)
def test_a_range_without_values_is_refused(given: Any, words: str) -> None:
    with pytest.raises(RangeRefused, match=words):
        space(**given)
