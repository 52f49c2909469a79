"""Bootstrap and jackknife resampling of metrics."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from container.metrics.scored import Floats, Places, Weights

RESAMPLES = 1_000
# Of more rows, only so many are drawn from; the spread is then narrowed to that of all rows.
MAX_ROWS = 10_000

_SEED = 1
_PARTS = 100
_CELLS_AT_ONCE = 1_000_000

# Named numbers [b] of every variant of the rows that are drawn from.
Statistic = Callable[[Weights], dict[str, Floats]]


@dataclass(frozen=True)
class BootstrapReplicates:
    """A number on the drawn-from rows, on resamples of them, and on all but one part of them."""

    value: float
    values: Floats
    jackknife_values: Floats

    def minus(self, other: "BootstrapReplicates") -> "BootstrapReplicates":
        """Return the replicates of the difference of two statistics of the same resamples."""
        return BootstrapReplicates(
            self.value - other.value,
            self.values - other.values,
            self.jackknife_values - other.jackknife_values,
        )

    @property
    def deviation(self) -> float:
        """The standard deviation of `values`; NaN when hardly any of them is a number."""
        finite = self.values[np.isfinite(self.values)]
        return float(finite.std(ddof=1)) if finite.size > len(self.values) / 2 else math.nan


class Resampling:
    """Rows drawn with replacement; all statistics get the same draws, so that pairs stay pairs."""

    def __init__(self, rows: int) -> None:
        self._generator = np.random.default_rng(_SEED)
        self.drawn_from: Places = np.arange(rows)
        if rows > MAX_ROWS:
            self.drawn_from = np.sort(self._generator.choice(rows, MAX_ROWS, replace=False))
        # An average over all rows is this much steadier than one over the drawn-from rows.
        self.shrinkage = math.sqrt(len(self.drawn_from) / rows)

    def replicates(self, statistics: Sequence[Statistic]) -> list[dict[str, BootstrapReplicates]]:
        """Return the numbers of every statistic; each was made for the rows `drawn_from`."""
        chunks: list[dict[str, list[Floats]]] = [{} for _ in statistics]
        for weights in self._variants():
            for statistic, found in zip(statistics, chunks, strict=True):
                for name, values in statistic(weights).items():
                    found.setdefault(name, []).append(values)
        return [
            {name: _replicates(np.concatenate(parts)) for name, parts in found.items()}
            for found in chunks
        ]

    def _variants(self) -> Iterator[Weights]:
        """Yield all rows once, the resamples a few at a time, and all rows but one part."""
        yield np.ones((1, len(self.drawn_from)))
        yield from self._resamples()
        yield self._jackknife_weights()

    def _resamples(self) -> Iterator[Weights]:
        rows = len(self.drawn_from)
        at_once = max(1, _CELLS_AT_ONCE // rows)
        for first in range(0, RESAMPLES, at_once):
            count = min(at_once, RESAMPLES - first)
            drawn = self._generator.integers(0, rows, (count, rows))
            drawn += np.arange(count)[:, None] * rows
            counts = np.bincount(drawn.ravel(), minlength=count * rows)
            yield counts.reshape(count, rows).astype(np.float64)

    def _jackknife_weights(self) -> Weights:
        """Return weights of a delete-a-group jackknife with at most 100 groups."""
        rows = len(self.drawn_from)
        count = min(_PARTS, rows)
        left_out = np.arange(rows) % count == np.arange(count)[:, None]
        return np.where(left_out, 0.0, 1.0)


def _replicates(values: Floats) -> BootstrapReplicates:
    return BootstrapReplicates(float(values[0]), values[1 : RESAMPLES + 1], values[RESAMPLES + 1 :])
