"""What training, serving and evaluation ask of an algorithm: small enough to write another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from container.formats.dataset import Dataset
from container.training.checkpoints import Checkpoint

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Round:
    """One finished round: `values` by `<channel>-<metric>`, and a way to keep this state."""

    number: int
    values: Mapping[str, float]
    checkpoint: Callable[[], Checkpoint]


class Algorithm(Protocol):
    """What training, serving and evaluation ask of an algorithm, and nothing more."""

    def fit(
        self,
        channels: Mapping[str, Dataset],
        start: Checkpoint | None,
        after_round: Callable[[Round], bool],
    ) -> None:
        """Learn from `train`, watch `validation`; ends early when `after_round` answers False."""

    def evaluate(self, data: Dataset, names: Sequence[str]) -> dict[str, float]:
        """The named metrics on held-out rows; what is not a finite number is left out."""

    def save(self, path: Path) -> None:
        """Write the model, as data, to one file."""

    def load(self, path: Path) -> None:
        """Read what `save` wrote; raises InputError when it is not that."""

    def predict(self, rows: Floats) -> Floats:
        """Scores of [n, features] rows (NaN = missing): [n], or [n, classes] for probabilities."""

    def signature(self) -> dict[str, Any]:
        """What a reader of the model file must know; JSON."""
