"""The algorithm, and the only file that knows XGBoost: replace it to train something else."""

import contextlib
import ctypes
import math
import platform
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import xgboost as xgb

from container.contract.errors import AlgorithmError, InputError
from container.evaluation import metrics
from container.formats.dataset import Dataset
from container.hyperparameters.chosen import Hyperparameters
from container.hyperparameters.labels import check_labels
from container.hyperparameters.objectives import (
    COMPUTED_METRICS,
    EVALUATION_METRICS,
    is_maximised,
)
from container.hyperparameters.parsing import WITHOUT_EFFECT, parse
from container.protocol import Algorithm, Floats, Hosts, Plan, Round, Rows, Start, Stopping

# With fewer rows times features than this, threads wait for each other longer than they work.
_CELLS_FOR_THREADS = 200_000
# XGBoost's C interface for one dense matrix, as Booster.inplace_predict calls it.
_PREDICT = xgb.core._LIB.XGBoosterPredictFromDense
_PREDICT_SETTINGS = (
    b'{"type": 0, "training": false, "iteration_begin": 0, "iteration_end": 0, "missing": NaN, '
    b'"strict_shape": false, "cache_id": 0}'
)


def create(raw: Mapping[str, str]) -> Algorithm:
    """An algorithm with nothing learned yet; raises InputError for a wrong hyperparameter."""
    return XGBoost(raw)


def identity(raw: Mapping[str, str]) -> dict[str, Any]:
    """What must be equal for a checkpoint to be continued."""
    effective = {name: text for name, text in raw.items() if name not in WITHOUT_EFFECT}
    return {"name": "xgboost", "version": xgb.__version__, "hyperparameters": effective}


class XGBoost:
    """Gradient-boosted trees with the built-in's hyperparameters."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = dict(raw)
        self._hyperparameters = parse(raw)
        self._booster: Any = None

    @property
    def plan(self) -> Plan:
        """See Algorithm."""
        chosen = self._hyperparameters
        stopping = None
        if chosen.early_stopping_rounds is not None:
            metric = chosen.metrics[-1]
            stopping = Stopping(
                f"validation-{metric}", chosen.early_stopping_rounds, is_maximised(metric)
            )
        return Plan(chosen.weighted, stopping, chosen.save_on_termination, chosen.notices)

    def fit(
        self,
        channels: Mapping[str, Dataset],
        hosts: Hosts,
        start: Start | None,
        after_round: Callable[[Round], bool],
    ) -> None:
        """See Algorithm."""
        for name, data in channels.items():
            check_labels(f"input/data/{name}", data.labels, self._hyperparameters)
        with _xgboosts_errors():
            train = _matrix(channels["train"], None)
            others = {
                name: _matrix(data, train) for name, data in channels.items() if name != "train"
            }
            self._fit({"train": train, **others}, start, after_round)

    def keep_rounds(self, count: int) -> None:
        """See Algorithm."""
        self._booster = self._booster[:count]

    def evaluate(self, data: Dataset, names: Sequence[str]) -> dict[str, float]:
        """See Algorithm."""
        check_labels("processing/test", data.labels, self._hyperparameters)
        with _xgboosts_errors():
            self._watch(names)
            values = self._values({"test": _matrix(data, None)}, names)
        plain = {name.removeprefix("test-"): value for name, value in values.items()}
        return {name: value for name, value in plain.items() if math.isfinite(value)}

    def dump(self) -> bytes:
        """See Algorithm; UBJSON."""
        return bytes(self._booster.save_raw("ubj"))

    def load(self, content: bytes) -> None:
        """See Algorithm; UBJSON or JSON. One thread predicts: serving has one process per core."""
        try:
            self._booster = xgb.Booster(model_file=bytearray(content))
        except xgb.core.XGBoostError as error:
            raise InputError(f"XGBoost cannot read it: {_first_line(error)}") from error
        self._booster.set_param({"nthread": 1})

    def predict(self, rows: Rows) -> Floats:
        """See Algorithm."""
        if isinstance(rows, np.ndarray):
            return self._predict_dense(rows)
        scores: Floats = self._booster.inplace_predict(rows, validate_features=False)
        return scores

    def explain(self, rows: Rows) -> Floats:
        """See Algorithm."""
        contributions: Floats = self._booster.predict(xgb.DMatrix(rows), pred_contribs=True)
        return contributions

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

    def _predict_dense(self, rows: Floats) -> Floats:
        """What Booster.inplace_predict answers, bit by bit, in a third of its time."""
        address, _ = rows.__array_interface__["data"]
        matrix = b'{"data":[%d,true],"shape":[%d,%d],"typestr":"<f4","version":3}' % (
            address,
            *rows.shape,
        )
        shape, scores = ctypes.POINTER(ctypes.c_uint64)(), ctypes.POINTER(ctypes.c_float)()
        dimensions = ctypes.c_uint64()
        failed = _PREDICT(
            self._booster.handle,
            matrix,
            _PREDICT_SETTINGS,
            None,
            ctypes.byref(shape),
            ctypes.byref(dimensions),
            ctypes.byref(scores),
        )
        if failed:
            message = xgb.core._LIB.XGBGetLastError().decode(errors="replace")
            raise AlgorithmError(f"XGBoost: {_first_line(message)}")
        sizes = shape[: dimensions.value]
        # The numbers belong to XGBoost until this thread predicts again.
        return np.ctypeslib.as_array(scores, tuple(sizes)).copy()

    def _fit(
        self,
        matrices: Mapping[str, Any],
        start: Start | None,
        after_round: Callable[[Round], bool],
    ) -> None:
        first = start.number + 1 if start else 0
        cells = matrices["train"].num_row() * matrices["train"].num_col()
        booster = xgb.Booster(
            _parameters(self._hyperparameters, first, cells),
            list(matrices.values()),
            model_file=bytearray(start.model) if start else None,
        )
        self._booster = booster
        self._watch(self._hyperparameters.metrics)
        for number in range(first, self._hyperparameters.rounds):
            booster.update(matrices["train"], iteration=number)
            values = self._values(matrices, self._hyperparameters.metrics)
            metrics.refuse_nonsense(number, values)
            if not after_round(Round(number, values, self.dump)):
                break

    def _values(self, matrices: Mapping[str, Any], names: Sequence[str]) -> dict[str, float]:
        """By `<channel>-<metric>`: XGBoost's own metrics first, then those computed here."""
        native = {
            name: self._hyperparameters.printed_as(name)
            for name in names
            if name not in COMPUTED_METRICS
        }
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
        native = [
            self._hyperparameters.printed_as(name) for name in names if name not in COMPUTED_METRICS
        ]
        self._booster.set_param([("eval_metric", name) for name in native])


def _parameters(chosen: Hyperparameters, first: int, cells: int) -> dict[str, Any]:
    """What XGBoost is given; a resumed training must not draw the first rows again."""
    seed = (int(chosen.booster.get("seed", "0")) + first) % 2**31
    threads = {"nthread": 1} if cells < _CELLS_FOR_THREADS else {}
    return {**threads, **chosen.booster, "objective": chosen.objective_name, "seed": seed}


def _matrix(data: Dataset, like: Any) -> Any:
    (batch,) = data.batches()
    matrix = xgb.DMatrix(batch.features, label=batch.labels, weight=batch.weights)
    # A table's columns have names even where nobody gave any; the built-in's models have none.
    matrix.feature_names = data.schema.given_names
    return matrix


@contextlib.contextmanager
def _xgboosts_errors() -> Iterator[None]:
    try:
        yield
    except xgb.core.XGBoostError as error:
        raise AlgorithmError(f"XGBoost: {_first_line(error)}") from error


def _first_line(error: object) -> str:
    """XGBoost's sentence without time, source position and stack."""
    return re.sub(r"^\[[\d:]+\] \S+:\d+: ", "", str(error).strip()).split("\n")[0].strip()
