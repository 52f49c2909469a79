"""Early stopping on one metric, with state that checkpoints keep."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from container.protocol import Stopping


@dataclass
class EarlyStopping:
    """Remembers the best round; `rule.patience` rounds without a better one are enough."""

    rule: Stopping
    best_round: int = -1
    best_value: float = 0.0

    def observe(self, number: int, values: Mapping[str, float]) -> None:
        """Record one finished round; NaN is never better than a number."""
        value = values[self.rule.metric]
        better = value > self.best_value if self.rule.maximise else value < self.best_value
        if better or (self.best_round < 0 and not math.isnan(value)):
            self.best_round, self.best_value = number, value

    def is_over(self, number: int) -> bool:
        """Return whether no round after `number` is worth running."""
        return self.best_round >= 0 and number - self.best_round >= self.rule.patience

    def state(self) -> dict[str, float]:
        """Return what a checkpoint has to keep."""
        return {"best_round": self.best_round, "best_value": self.best_value}

    def restore(self, state: Mapping[str, float]) -> None:
        """Restore the state of a checkpoint."""
        self.best_round = int(state.get("best_round", -1))
        self.best_value = float(state.get("best_value", 0.0))
