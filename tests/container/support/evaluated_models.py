"""A valid judgement of each kind, so that a test names only what it is about."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.evaluation.results.assessment import assess
from container.evaluation.results.evaluated_model import EvaluatedModel
from container.evaluation.results.importance import Importance
from container.evaluation.results.model_comparison import ChampionError, ModelComparison
from container.metrics.scored import Scored, Task
from container.metrics.weighted import values

Numbers = NDArray[np.float64]

BINARY = Task("binary", classes=2, threshold=0.5)
REGRESSION = Task("regression")
NAMES = {
    "binary": ("auc", "logloss", "error", "accuracy", "f1"),
    "multiclass": ("mlogloss", "merror", "accuracy", "f1"),
    "regression": ("rmse", "mae", "mse", "r2"),
}


def signature(task: Task, **more: Any) -> dict[str, Any]:
    return {
        "algorithm": "xgboost",
        "task": task.kind,
        "objective": "binary:logistic",
        "classes": task.classes,
        "threshold": task.threshold,
        "feature_count": 3,
        "rounds": 5,
        "hyperparameters": {"num_round": "5"},
        "metrics": [],
        "evaluation_metrics": list(NAMES.get(task.kind, ())),
        "versions": {"xgboost": "3.2.0"},
        "sha256": "0" * 64,
        **more,
    }


def judged(
    scored: Scored,
    metrics: Mapping[str, float] | None = None,
    *,
    features: Sequence[str] = ("age", "plan", "calls"),
    **more: Any,
) -> EvaluatedModel:
    """With the metrics of its kind, and contributions that fall from the first feature on."""
    if metrics is None:
        names = NAMES.get(scored.task.kind, ())
        found = values(scored, names, np.ones((1, scored.rows)))
        metrics = {name: float(value[0]) for name, value in found.items() if np.isfinite(value[0])}
    contributions = 1.0 / np.arange(1, len(features) + 1)
    importance = Importance(features, contributions, np.array(0.1), 50)
    return EvaluatedModel(signature(scored.task, **more), scored, metrics, importance)


def binary(rows: int = 200, seed: int = 0, separation: float = 2.0, share: float = 0.4) -> Scored:
    """Two classes whose probabilities are as they should be."""
    generator = np.random.default_rng(seed)
    labels = (np.arange(rows) < share * rows).astype(np.float64)
    latent = separation * labels + generator.normal(size=rows)
    odds = np.log(share / (1 - share)) + separation * latent - separation**2 / 2
    return Scored(BINARY, labels, 1 / (1 + np.exp(-odds)))


def multiclass(rows: int = 150, classes: int = 3, seed: int = 0) -> Scored:
    generator = np.random.default_rng(seed)
    labels = (np.arange(rows) % classes).astype(np.float64)
    scores = generator.random((rows, classes))
    scores[np.arange(rows), labels.astype(int)] += 0.7
    scores /= scores.sum(axis=1, keepdims=True)
    return Scored(Task("multiclass", classes=classes), labels, scores)


def regression(rows: int = 120, seed: int = 0, noise: float = 1.0) -> Scored:
    generator = np.random.default_rng(seed)
    labels = generator.normal(10, 3, rows)
    return Scored(REGRESSION, labels, labels + generator.normal(0, noise, rows))


def compared(
    candidate: Scored,
    champion: Scored | None = None,
    champion_error: ChampionError | None = None,
    **more: Any,
) -> ModelComparison:
    """Candidate, and champion if given, with how sure we are."""
    ours = judged(candidate, **more)
    theirs = judged(champion) if champion else None
    return ModelComparison(ours, theirs, champion_error, assess(ours, theirs))
