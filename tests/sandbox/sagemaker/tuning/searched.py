"""A search space and a function over it, whose least value is known."""

from __future__ import annotations

import math
from typing import Any

from sandbox.sagemaker.tuning.ranges import Range, read_ranges
from sandbox.sagemaker.tuning.samplers import Assignment, Sampler, Trial


def integers(name: str, low: int, high: int, **more: str) -> dict[str, Any]:
    """One IntegerParameterRange."""
    return {"Name": name, "MinValue": str(low), "MaxValue": str(high), **more}


def numbers(name: str, low: str, high: str, **more: str) -> dict[str, Any]:
    """One ContinuousParameterRange."""
    return {"Name": name, "MinValue": low, "MaxValue": high, **more}


def categories(name: str, *values: str) -> dict[str, Any]:
    """One CategoricalParameterRange."""
    return {"Name": name, "Values": list(values)}


def space(**given: list[dict[str, Any]]) -> list[Range]:
    """Ranges by their kind, as in `space(Integer=[…])`."""
    return read_ranges({f"{kind}ParameterRanges": found for kind, found in given.items()})


def mixed() -> list[Range]:
    """Ranges of every kind."""
    return space(
        Continuous=[numbers("eta", "0.001", "1"), numbers("gamma", "-1", "2")],
        Integer=[integers("depth", 1, 10)],
        Categorical=[categories("booster", "linear", "tree")],
    )


def loss(one: Assignment) -> float:
    """0 at eta 0.01, gamma 0.7, depth 4 and trees; more elsewhere."""
    away = (math.log10(float(one["eta"])) + 2) ** 2 + (float(one["gamma"]) - 0.7) ** 2
    return away + 0.05 * (int(one["depth"]) - 4) ** 2 + (0.5 if one["booster"] != "tree" else 0)


def search(sampler: Sampler, count: int) -> list[Trial]:
    """Try `count` assignments one after the other."""
    trials: list[Trial] = []
    for _ in range(count):
        proposed = sampler.propose(trials)
        trials.append(Trial(proposed, loss(proposed)))
    return trials
