"""A loaded model, or an ensemble of several that predict together."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from container.formats.schema import Schema
from container.protocol import Algorithm, Floats, Rows

# Each of these predicts a class: the mean of two classes is none.
_VOTING = ("multi:softmax", "binary:hinge")
# While a prediction runs on the event loop, this worker does not respond to /ping.
_MAX_INLINE_SECONDS = 0.002
_MAX_INLINE_ROWS = 10_000


@dataclass(frozen=True)
class LoadedModel:
    """A loaded model (see Algorithm); up to `inline_rows` rows are quick to predict."""

    predict: Callable[[Rows], Floats]
    explain: Callable[[Rows], Floats]
    schema: Schema
    signature: Mapping[str, Any]
    inline_rows: int = 0

    @functools.cached_property
    def quantiles(self) -> tuple[float, ...]:
        """What the scores of a row are, if quantiles."""
        return tuple(self.signature.get("quantiles") or ())


def combine_models(
    models: Sequence[Algorithm], objective: str
) -> tuple[Callable[[Rows], Floats], ...]:
    """Return `predict` and `explain` of an ensemble: by the mean, or by a majority vote."""
    if len(models) == 1:
        return models[0].predict, models[0].explain
    combined = _vote if objective in _VOTING else _mean

    def predict(rows: Rows) -> Floats:
        return combined(model.predict(rows) for model in models)

    def explain(rows: Rows) -> Floats:
        return _mean(model.explain(rows) for model in models)

    return predict, explain


def inline_rows(one_seconds: float, many_seconds: float, many: int) -> int:
    """Return how many rows are predicted on the event loop, from the times of one and of `many`."""
    left = _MAX_INLINE_SECONDS - one_seconds
    if left < 0:
        return 0
    each = max(many_seconds - one_seconds, 0) / max(many - 1, 1)
    return 1 + int(min(left / max(each, 1e-9), _MAX_INLINE_ROWS - 1))


def _mean(responses: Iterator[Floats]) -> Floats:
    """Return the mean, added up one by one, so that only one of them is in memory."""
    total, count = next(responses).astype(np.float64), 1
    for response in responses:
        total += response
        count += 1
    return np.asarray(total / count, dtype=np.float32)


def _vote(responses: Iterator[Floats]) -> Floats:
    """Return the class that most models name; of equally many the smallest."""
    votes = np.sort(np.stack(list(responses)), axis=0)
    winner, most = votes[0], np.zeros(votes.shape[1], np.int64)
    for vote in votes:
        count = (votes == vote).sum(axis=0)
        # Votes are in ascending order of classes: a later class needs more votes to win.
        winner, most = np.where(count > most, vote, winner), np.maximum(count, most)
    return np.asarray(winner, dtype=np.float32)
