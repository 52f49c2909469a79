"""Early stopping: which running training job is not worth going on, by its losses so far.

The losses of a job are those of its epochs: one for each line with the objective metric.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

Losses = Sequence[float]
_REDUCTION = 3
"""Of the jobs that reach a level of Hyperband, one in so many goes on."""


class StoppingRule(Protocol):
    """A rule of early stopping."""

    def must_stop(self, job: int, losses: Losses, earlier: Mapping[int, Losses]) -> bool:
        """Tell whether `job` has to stop; `earlier` are the jobs that completed before."""


class MedianRule:
    """TrainingJobEarlyStoppingType Auto.

    docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html
    """

    def must_stop(self, job: int, losses: Losses, earlier: Mapping[int, Losses]) -> bool:
        if not losses:
            return False
        averages = [statistics.fmean(one[: len(losses)]) for one in earlier.values() if one]
        return bool(averages) and losses[-1] > statistics.median(averages)


class HyperbandRule:
    """Hyperband, as asynchronous successive halving with a bracket for each first level.

    arxiv.org/abs/1810.05934. AWS documents the bounds, not the levels.
    """

    def __init__(self, min_resource: int, max_resource: int) -> None:
        self._max = max_resource
        self._levels = []
        while min_resource < max_resource:
            self._levels.append(min_resource)
            min_resource *= _REDUCTION
        self._passed: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)

    def must_stop(self, job: int, losses: Losses, earlier: Mapping[int, Losses]) -> bool:
        if len(losses) >= self._max:
            return True
        bracket = job % len(self._levels) if self._levels else 0
        return any(
            self._is_behind(job, bracket, level, losses[level - 1])
            for level in self._levels[bracket:]
            if level <= len(losses)
        )

    def _is_behind(self, job: int, bracket: int, level: int, loss: float) -> bool:
        """Tell whether others were better at this level, when the job came to it."""
        passed = self._passed[bracket, level]
        if job in passed:
            return False
        passed[job] = loss
        better = sum(other < loss for other in passed.values())
        return better >= max(1, len(passed) // _REDUCTION)
