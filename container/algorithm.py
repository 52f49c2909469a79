"""The algorithm, and the only file that knows XGBoost: replace it to train something else."""

import math
import platform
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xgboost as xgb

from container.contract.errors import AlgorithmError, InputError
from container.evaluation import metrics
from container.formats.dataset import Dataset
from container.hyperparameters.labels import check_labels
from container.hyperparameters.objectives import COMPUTED_METRICS, EVALUATION_METRICS, is_maximised
from container.hyperparameters.parsing import Hyperparameters, parse
from container.protocol import Algorithm, Floats, Round
from container.training.checkpoints import Checkpoint
from container.training.early_stopping import EarlyStopping

# With fewer rows times features than this, threads wait for each other longer than they work.
_CELLS_FOR_THREADS = 200_000


def create(raw: Mapping[str, str]) -> Algorithm:
    """An algorithm with nothing learned yet; raises InputError for a wrong hyperparameter."""
    return XGBoost(raw)


def identity() -> dict[str, str]:
    """What must be equal for a checkpoint to be continued."""
    return {"name": "xgboost", "version": str(xgb.__version__)}


class XGBoost:
    """Gradient-boosted trees with the built-in's hyperparameters."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = dict(raw)
        self._hyperparameters = parse(raw)
        self._booster: Any = None

    def fit(
        self,
        channels: Mapping[str, Dataset],
        start: Checkpoint | None,
        after_round: Callable[[Round], bool],
    ) -> None:
        """See Algorithm."""
        for name, data in channels.items():
            check_labels(f"input/data/{name}", data.labels, self._hyperparameters)
        try:
            self._fit({name: _matrix(data) for name, data in channels.items()}, start, after_round)
        except xgb.core.XGBoostError as error:
            raise AlgorithmError(f"XGBoost: {_first_line(error)}") from error

    def evaluate(self, data: Dataset, names: Sequence[str]) -> dict[str, float]:
        """See Algorithm."""
        check_labels("processing/test", data.labels, self._hyperparameters)
        try:
            self._watch(names)
            values = self._values({"test": _matrix(data)}, names)
        except xgb.core.XGBoostError as error:
            raise AlgorithmError(f"XGBoost: {_first_line(error)}") from error
        plain = {name.removeprefix("test-"): value for name, value in values.items()}
        return {name: value for name, value in plain.items() if math.isfinite(value)}

    def save(self, path: Path) -> None:
        """See Algorithm."""
        path.write_bytes(self._booster.save_raw("ubj"))

    def load(self, path: Path) -> None:
        """See Algorithm; predictions use one thread, because serving has one process per core."""
        try:
            self._booster = xgb.Booster(model_file=str(path))
        except xgb.core.XGBoostError as error:
            raise InputError(
                f"model/{path.name}: XGBoost cannot read it; {_first_line(error)}"
            ) from error
        self._booster.set_param({"nthread": 1})

    def predict(self, rows: Floats) -> Floats:
        """See Algorithm."""
        scores: Floats = self._booster.inplace_predict(rows, validate_features=False)
        return scores

    def signature(self) -> dict[str, Any]:
        """See Algorithm."""
        chosen = self._hyperparameters
        return {
            "algorithm": "xgboost",
            "task": chosen.objective.task,
            "objective": chosen.objective_name,
            "classes": chosen.classes,
            "threshold": chosen.objective.threshold,
            "feature_count": int(self._booster.num_features()),
            "rounds": int(self._booster.num_boosted_rounds()),
            "metrics": list(chosen.metrics),
            "evaluation_metrics": list(
                dict.fromkeys([*EVALUATION_METRICS[chosen.objective.task], *chosen.metrics])
            ),
            "hyperparameters": self._raw,
            "versions": {"xgboost": xgb.__version__, "python": platform.python_version()},
        }

    def _fit(
        self,
        matrices: Mapping[str, Any],
        start: Checkpoint | None,
        after_round: Callable[[Round], bool],
    ) -> None:
        first = start.number + 1 if start else 0
        cells = matrices["train"].num_row() * matrices["train"].num_col()
        stopping = self._early_stopping(start)
        booster = xgb.Booster(
            _parameters(self._hyperparameters, first, cells),
            list(matrices.values()),
            model_file=bytearray(start.model) if start else None,
        )
        self._booster = booster
        self._watch(self._hyperparameters.metrics)
        for number in range(first, self._hyperparameters.rounds):
            if stopping and stopping.is_over(number - 1):
                break
            booster.update(matrices["train"], iteration=number)
            values = self._values(matrices, self._hyperparameters.metrics)
            metrics.refuse_nonsense(number, values)
            if stopping:
                stopping.observe(number, values[stopping.metric])
            checkpoint = _snapshot(booster, number, stopping.state() if stopping else {})
            if not after_round(Round(number, values, checkpoint)):
                break
        if stopping and stopping.best_round >= 0:
            self._booster = booster[: stopping.best_round + 1]

    def _values(self, matrices: Mapping[str, Any], names: Sequence[str]) -> dict[str, float]:
        """By `<channel>-<metric>`: XGBoost's own metrics first, then those computed here."""
        native = {name: self._native(name) for name in names if name not in COMPUTED_METRICS}
        values: dict[str, float] = {}
        for channel, matrix in matrices.items():
            if native:
                line = self._booster.eval_set([(matrix, channel)])
                found = dict(item.rsplit(":", 1) for item in line.split("\t")[1:])
                for name, known_as in native.items():
                    values[f"{channel}-{name}"] = float(found[f"{channel}-{known_as}"])
            if len(native) < len(names):
                values |= self._computed(channel, matrix, names)
        return values

    def _computed(self, channel: str, matrix: Any, names: Sequence[str]) -> dict[str, float]:
        chosen = self._hyperparameters
        judge = metrics.Judge(chosen.classes, chosen.objective.threshold)
        values = judge.values(
            [name for name in names if name in COMPUTED_METRICS],
            matrix.get_label(),
            self._booster.predict(matrix),
        )
        return {f"{channel}-{name}": value for name, value in values.items()}

    def _watch(self, names: Sequence[str]) -> None:
        """Have XGBoost compute these metrics, too; it forgets none and counts none twice."""
        native = [self._native(name) for name in names if name not in COMPUTED_METRICS]
        self._booster.set_param([("eval_metric", name) for name in native])

    def _native(self, name: str) -> str:
        """The name under which XGBoost prints a metric."""
        plain, _, threshold = name.partition("@")
        if plain == "tweedie-nloglik":
            power = float(self._hyperparameters.booster.get("tweedie_variance_power", 1.5))
            return f"{plain}@{power:g}"
        if threshold and float(threshold) != 0.5:
            return f"{plain}@{float(threshold):g}"
        return plain

    def _early_stopping(self, start: Checkpoint | None) -> EarlyStopping | None:
        rounds = self._hyperparameters.early_stopping_rounds
        if rounds is None:
            return None
        metric = self._hyperparameters.metrics[-1]
        stopping = EarlyStopping(f"validation-{metric}", rounds, is_maximised(metric))
        if start:
            stopping.restore(start.state)
        return stopping


def _parameters(chosen: Hyperparameters, first: int, cells: int) -> dict[str, Any]:
    """What XGBoost is given; a resumed training must not draw the first rows again."""
    seed = (int(chosen.booster.get("seed", "0")) + first) % 2**31
    threads = {"nthread": 1} if cells < _CELLS_FOR_THREADS else {}
    return {**threads, **chosen.booster, "objective": chosen.objective_name, "seed": seed}


def _matrix(data: Dataset) -> Any:
    return xgb.DMatrix(data.features, label=data.labels, weight=data.weights)


def _snapshot(booster: Any, number: int, state: Mapping[str, float]) -> Callable[[], Checkpoint]:
    return lambda: Checkpoint(number, bytes(booster.save_raw("ubj")), state)


def _first_line(error: Exception) -> str:
    """XGBoost's sentence without time, source position and stack."""
    return re.sub(r"^\[[\d:]+\] \S+:\d+: ", "", str(error).strip()).split("\n")[0].strip()
