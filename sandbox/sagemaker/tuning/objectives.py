"""The objective of a tuning job: which metric counts, and when a value is better than another."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.state.stores import Document

# "failed to improve model performance by 1% or greater", in botocore's model.
_LEAST_IMPROVEMENT = 0.01


@dataclass(frozen=True)
class Objective:
    """A metric to minimise or maximise. A loss is its value where less is better."""

    name: str
    is_maximised: bool

    @classmethod
    def of(cls, config: Document) -> Objective:
        """Return the objective of a HyperParameterTuningJobConfig."""
        given = config["HyperParameterTuningJobObjective"]
        return cls(given["MetricName"], given["Type"] == "Maximize")

    def loss(self, value: float) -> float:
        """Return the value as a loss, or a loss as the value."""
        return -value if self.is_maximised else value

    def final_value(self, training: Document) -> float | None:
        """Return the objective of a training job that ended; None without a number."""
        for metric in training["FinalMetricDataList"]:
            if metric["MetricName"] == self.name and math.isfinite(metric["Value"]):
                return float(metric["Value"])
        return None

    def metric(self, value: float) -> Document:
        """Return a FinalHyperParameterTuningJobObjectiveMetric."""
        kind = "Maximize" if self.is_maximised else "Minimize"
        return {"Type": kind, "MetricName": self.name, "Value": value}


def count_not_improving(losses: Iterable[float]) -> int:
    """Return how many of the last losses, in the order they came, are no improvement by 1 %."""
    best, count = math.inf, 0
    for loss in losses:
        is_better = loss < best if math.isinf(best) else best - loss >= _step(best)
        count = 0 if is_better else count + 1
        best = min(best, loss)
    return count


def _step(best: float) -> float:
    return max(abs(best) * _LEAST_IMPROVEMENT, math.ulp(0.0))
