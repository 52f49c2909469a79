"""Evaluation results of one model: predictions, metrics and feature importance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from container.evaluation.results.importance import Importance
from container.metrics.scored import Scored


@dataclass(frozen=True)
class EvaluatedModel:
    """`metrics` are those of evaluation.json; without contributions there is no `importance`."""

    signature: Mapping[str, Any]
    scored: Scored
    metrics: Mapping[str, float]
    importance: Importance | None = None
