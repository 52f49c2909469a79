"""A loaded model, or an ensemble of several that predict together."""

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
_MAX_INLINE_BYTES = 65_536


@dataclass(frozen=True)
class LoadedModel:
    """A loaded model (see Algorithm); bodies up to `inline_bytes` are quick to predict."""

    predict: Callable[[Rows], Floats]
    explain: Callable[[Rows], Floats]
    schema: Schema
    signature: Mapping[str, Any]
    inline_bytes: int = 0


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


def inline_bytes(seconds_per_row: float, width: int) -> int:
    """Return the largest size of a body that is predicted on the event loop."""
    rows = _MAX_INLINE_SECONDS / max(seconds_per_row, 1e-9)
    # A number has at least two bytes: a digit and a separator.
    return int(min(rows * 2 * max(width, 1), _MAX_INLINE_BYTES))


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
