"""Metrics of one model that can be recomputed on resamples, and the interval method of each."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from container.evaluation.confidence.intervals import (
    Interval,
    auc_interval,
    bca,
    effective_rows,
    wilson,
)
from container.evaluation.confidence.resampling import BootstrapReplicates, Statistic
from container.evaluation.results.evaluated_model import EvaluatedModel
from container.metrics import weighted
from container.metrics.scored import Floats, Places, Scored

_SHARES = {"accuracy", "error", "merror", "precision_micro", "recall_micro", "coverage"}
_UNBOUNDED = {"logloss", "mlogloss"}


@dataclass(frozen=True)
class Recomputed:
    """An evaluated model, and its metrics by whether they use the weights of rows."""

    evaluated: EvaluatedModel
    plain: Sequence[str]
    weighted: Sequence[str]

    @classmethod
    def of(cls, evaluated: EvaluatedModel) -> "Recomputed":
        """Classify metrics by comparing recomputed values with those the algorithm reported."""
        scored = evaluated.scored
        plain = _agreeing(evaluated, np.ones(scored.rows))
        heeding = [] if scored.weights is None else _agreeing(evaluated, scored.weights)
        return cls(evaluated, plain, [name for name in heeding if name not in plain])

    def statistic(self, places: Places) -> Statistic:
        """Return a function that computes every metric for variants of the rows at `places`."""
        scored = self.evaluated.scored.take(places)

        def numbers(variants: Floats) -> dict[str, Floats]:
            found = weighted.values(scored, self.plain, variants)
            if scored.weights is not None:
                found |= weighted.values(scored, self.weighted, variants * scored.weights)
            return found

        return numbers

    def interval(self, name: str, replicates: BootstrapReplicates, shrinkage: float) -> Interval:
        """Return the interval of one metric, by the method that suits it."""
        value = self.evaluated.metrics[name]
        if name == "auc":
            return auc_interval(value, replicates.deviation * shrinkage, self._weighing(name))
        rows = self._rows_of_share(name)
        if not rows and self.is_bounded(name) and replicates.deviation == 0:
            # No resample changed it: it is 0 or 1, and the rarest class decides the interval.
            rows = self._rows_of_rarest_class()
        return wilson(value, rows) if rows else bca(replicates, value, shrinkage)

    def is_bounded(self, name: str) -> bool:
        """Return whether a metric is in [0, 1]; near the ends resamples hardly differ."""
        task = self.evaluated.scored.task
        return name in _SHARES or (task.is_classification and name not in _UNBOUNDED)

    def _rows_of_share(self, name: str) -> float:
        # 0 when it is no share of rows.
        scored = self._weighing(name)
        task = scored.task
        if name.partition("@")[0] in _SHARES and (task.is_classification or task.quantiles):
            counted = np.ones(scored.rows, dtype=bool)
        elif task.kind == "binary" and name == "recall":
            counted = scored.labels == 1
        elif task.kind == "binary" and name == "precision":
            counted = scored.predicted == 1
        else:
            return 0.0
        weights = np.ones(scored.rows) if scored.weights is None else scored.weights
        return effective_rows(weights[counted])[0] if counted.any() else 0.0

    def _weighing(self, name: str) -> Scored:
        scored = self.evaluated.scored
        return scored if name in self.weighted else replace(scored, weights=None)

    def _rows_of_rarest_class(self) -> float:
        counts = np.unique(self.evaluated.scored.labels, return_counts=True)[1]
        return float(counts.min())


def _agreeing(evaluated: EvaluatedModel, weights: Floats) -> list[str]:
    """Return an interval around another number than the reported one would mislead."""
    reported = evaluated.metrics
    found = weighted.values(evaluated.scored, list(reported), weights[None, :])
    return [name for name in reported if name in found and _is_same(found[name][0], reported[name])]


def _is_same(computed: float, reported: float) -> bool:
    # XGBoost computes with 32 bits; what is further apart is not the same metric.
    return math.isclose(computed, reported, rel_tol=1e-3, abs_tol=1e-4)


def intervals(
    side: Recomputed, replicates: Mapping[str, BootstrapReplicates], shrinkage: float
) -> dict[str, Interval]:
    """Return the interval of every metric that has one."""
    found = {name: side.interval(name, each, shrinkage) for name, each in replicates.items()}
    return {name: interval for name, interval in found.items() if interval.is_finite}
