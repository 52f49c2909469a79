"""What a job's hyperparameters mean, once they are known to be right."""

from collections.abc import Mapping
from dataclasses import dataclass

from container.hyperparameters.objectives import OBJECTIVES, Objective


@dataclass(frozen=True)
class Hyperparameters:
    """One valid set; `booster` holds what XGBoost itself is given."""

    rounds: int
    objective_name: str
    metrics: tuple[str, ...]
    early_stopping_rounds: int | None
    weighted: bool
    save_on_termination: bool
    booster: Mapping[str, str]
    notices: tuple[str, ...] = ()

    @property
    def objective(self) -> Objective:
        """What follows from the objective's name."""
        return OBJECTIVES[self.objective_name]

    @property
    def classes(self) -> int | None:
        """How many classes there are; None for regression."""
        if self.objective.task == "regression":
            return None
        return int(self.booster["num_class"]) if self.objective.task == "multiclass" else 2

    def printed_as(self, metric: str) -> str:
        """The name under which XGBoost prints a metric."""
        plain, _, threshold = metric.partition("@")
        if plain == "tweedie-nloglik":
            power = float(self.booster.get("tweedie_variance_power", "1.5"))
            return f"{plain}@{power:g}"
        if threshold and float(threshold) != 0.5:
            return f"{plain}@{float(threshold):g}"
        return plain
