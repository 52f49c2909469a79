"""Validated hyperparameters, and what follows from them."""

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from container.contract.errors import InputError
from container.hyperparameters.kinds import WHERE
from container.hyperparameters.metric_names import (
    COMPUTED,
    FOR_EVALUATION,
    may_be_undefined,
    printed_error,
)
from container.hyperparameters.objectives import OBJECTIVES, Objective
from container.hyperparameters.table import TABLE, ReadBy
from container.metrics.directions import is_maximised

# With fewer rows times features, threads wait for each other longer than they work.
_CELLS_FOR_THREADS = 200_000


@dataclass(frozen=True)
class Hyperparameters:
    """One valid set: `values` by name, without aliases, renamed words and what has no effect.

    `metrics` are to be printed, in this order; `stopping_metric` decides on early stopping.
    """

    values: Mapping[str, str]
    objective_name: str
    metrics: tuple[str, ...]
    stopping_metric: str
    notices: tuple[str, ...] = ()

    @property
    def booster(self) -> dict[str, str]:
        """What XGBoost itself is given."""
        return {
            name: text for name, text in self.values.items() if TABLE[name].reader == ReadBy.XGBOOST
        }

    def parameters(self, first: int, threads: int | None, device: str) -> dict[str, object]:
        """Return what XGBoost is given for a training that begins at round `first`."""
        # A resumed training must not draw the first rows again.
        own = {"objective": self.objective_name, "seed": (self.seed + first) % 2**31}
        gpu = {"device": device} if device != "cpu" else {}
        return {**self.booster, **({"nthread": threads} if threads else {}), **gpu, **own}

    def threads(self, rows: int, width: int) -> int | None:
        """Return how many are to work on so much data; None: as many as there are cores."""
        few = 1 if rows * width < _CELLS_FOR_THREADS else None
        return self._whole("nthread") or few

    @property
    def rounds(self) -> int:
        """How many rounds of boosting there are at most."""
        return int(self.values["num_round"])

    @property
    def objective(self) -> Objective:
        """What follows from the objective's name."""
        return OBJECTIVES[self.objective_name]

    @property
    def classes(self) -> int | None:
        """How many classes there are; None where labels are no classes."""
        if self.objective.task == "binary":
            return 2
        return int(self.values["num_class"]) if self.objective.task == "multiclass" else None

    @functools.cached_property
    def quantiles(self) -> list[float]:
        """Which quantiles are learned, ascending; none with other objectives."""
        quantiles: list[float] = json.loads(self.values.get("quantile_alpha", "[]"))
        return quantiles

    @property
    def stopping(self) -> tuple[str, int, bool, bool] | None:
        """Metric, patience, whether more is better, and whether models can be truncated."""
        patience = self._whole("early_stopping_rounds")
        if patience is None:
            return None
        metric = self.stopping_metric
        # Trees of dart are weighed anew in later rounds, and lines are not made of rounds.
        cuttable = self.booster_name == "gbtree"
        return f"validation-{metric}", patience, is_maximised(metric), cuttable

    @property
    def folds(self) -> tuple[int, int, bool, int] | None:
        """Count, repeats, whether classes are spread evenly, and seed of a cross-validation."""
        count = self._whole("_kfold")
        if count is None:
            return None
        return count, self._whole("_num_cv_round") or 1, self.classes is not None, self.seed

    @property
    def seed(self) -> int:
        """Where all random choices begin."""
        return self._whole("seed") or 0

    @property
    def weighted(self) -> bool:
        """Whether the column after the label is a weight."""
        return self.values.get("csv_weights") == "1"

    @property
    def stops_with_model(self) -> bool:
        """Whether SIGTERM leaves a model."""
        return self.values.get("save_model_on_termination") == "true"

    @property
    def categorical(self) -> tuple[str, ...]:
        """Names or positions of the columns that hold categories."""
        return tuple(filter(None, self.values.get("categorical_features", "").split(",")))

    @property
    def external_memory(self) -> str:
        """`auto`, `always` or `never`."""
        return self.values.get("external_memory", "auto")

    def uses_external_memory(self, in_memory: bool) -> bool:
        """Return whether data is read again for each pass; raises InputError where it cannot."""
        asked = self.external_memory
        if not (asked == "always" or (asked == "auto" and not in_memory)):
            return False
        if not self.binned:
            raise InputError("input/data: too large for memory; set tree_method to hist")
        return True

    @property
    def booster_name(self) -> str:
        """`gbtree`, `gblinear` or `dart`."""
        return self.values.get("booster", "gbtree")

    def describes(self, config: Mapping[str, Any]) -> bool:
        """Return whether XGBoost's configuration of a model has this objective and booster."""
        found = (config["objective"]["name"], config["gradient_booster"]["name"])
        return found == (self.objective_name, self.booster_name)

    @property
    def device(self) -> str:
        """`auto`, `cpu` or `cuda`; never auto where a GPU has nothing to do."""
        for_gpu = self.booster_name != "gblinear" and self.values.get("tree_method") != "exact"
        return self.values.get("device", "auto") if for_gpu else "cpu"

    @property
    def binned(self) -> bool:
        """Whether trees see bins instead of values, so that the values may stay on disk."""
        method = self.values.get("tree_method", "auto") in ("auto", "hist")
        return method and self.booster_name != "gblinear" and "updater" not in self.values

    @property
    def bins(self) -> int | None:
        """Largest number of bins of a feature; None: XGBoost's default."""
        return self._whole("max_bin")

    @property
    def has_row_weights(self) -> bool:
        """Whether a weight belongs to a row; ranking weighs queries."""
        return self.objective.task != "ranking"

    def described(self) -> dict[str, object]:
        """Return the part of a model's signature that follows from here."""
        evaluated = [*FOR_EVALUATION[self.objective.task], *self.metrics]
        return {
            "task": self.objective.task,
            "objective": self.objective_name,
            "classes": self.classes,
            "threshold": self.objective.threshold,
            "metrics": list(self.metrics),
            "evaluation_metrics": list(dict.fromkeys(evaluated)),
            **({"quantiles": self.quantiles} if self.quantiles else {}),
        }

    def split_by_source(self, names: Iterable[str]) -> tuple[dict[str, str], list[str]]:
        """Return metrics that XGBoost computes, by the name it prints, and those that are left.

        Where no metric is requested by name, that of the objective is computed by XGBoost.
        """
        asked = "eval_metric" in self.values or "_tuning_objective_metric" in self.values
        computed = [n for n in names if n in COMPUTED and (asked or n not in self.metrics)]
        return {self._printed_as(n): n for n in names if n not in computed}, computed

    def may_be_undefined(self, metric: str) -> bool:
        """Return whether a value that is no finite number may be right."""
        return may_be_undefined(metric, self.objective_name)

    def _printed_as(self, metric: str) -> str:
        """Return the name under which XGBoost prints a metric."""
        plain, _, parameter = metric.partition("@")
        if plain == "tweedie-nloglik":
            return f"{plain}@{float(self.values.get('tweedie_variance_power', '1.5')):g}"
        if plain == "error" and parameter:
            # Signatures of earlier releases hold the text that was given.
            return printed_error(parameter)
        return metric

    def _whole(self, name: str) -> int | None:
        text = self.values.get(name)
        return None if text is None else int(text)


def gpu_count() -> int:
    """Return how many GPUs this container may use: NVIDIA's driver makes a file for each."""
    return len(list(Path("/dev").glob("nvidia[0-9]*")))


def count_workers(asked: str, build: Mapping[str, Any]) -> int:
    """Return how many processes train on this host: one for each GPU, or one for all cores."""
    return max(gpu_count(), 1) if build["USE_CUDA"] and asked != "cpu" else 1


def resolve_device(asked: str, build: Mapping[str, Any]) -> str:
    """Return `cuda` or `cpu`; raises InputError where `cuda` was requested but is not available."""
    gpus, built_for_gpu = gpu_count(), build["USE_CUDA"]
    if asked == "cuda" and not (built_for_gpu and gpus):
        lack = "a GPU, and there is none" if built_for_gpu else "an XGBoost built for GPUs"
        raise InputError(f"{WHERE}: device cuda needs {lack}; set device to cpu or auto")
    return "cuda" if asked != "cpu" and built_for_gpu and gpus else "cpu"
