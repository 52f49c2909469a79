"""Training and prediction by XGBoost; replace this file to train something else."""

import json
import platform
from collections.abc import Mapping, Sequence
from math import isfinite
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import xgboost as xgb
from xgboost.collective import CommunicatorContext
from xgboost.tracker import RabitTracker

from container.batch_iterator import BatchIterator
from container.contract.errors import AlgorithmError, InputError, first_line
from container.conversion.snapshot import current_form
from container.dense_prediction import DensePrediction
from container.formats.batches import concatenate
from container.formats.dataset import Dataset
from container.formats.schema import Schema
from container.hosts.barrier import run_on_all_hosts
from container.hosts.collective import collective
from container.hosts.single_host import SingleHost
from container.hyperparameters.arguments import batch_arguments, feature_types, names_for_xgboost
from container.hyperparameters.failures import algorithm_errors, check_metric_values
from container.hyperparameters.labels import check_channels, check_labels
from container.hyperparameters.metric_names import read_line
from container.hyperparameters.parsing import parse, parse_config
from container.hyperparameters.table import WITHOUT_EFFECT_ON_THE_MODEL
from container.hyperparameters.values import count_workers, resolve_device
from container.metrics.evaluator import MetricEvaluator
from container.native_log import log_as_events
from container.protocol import (
    AfterRound,
    Algorithm,
    Channels,
    Floats,
    Folds,
    Hosts,
    Plan,
    Round,
    Rows,
    Start,
    Stopping,
)

# With these, `create` makes what `load` can turn into any model.
OF_UNKNOWN_MODELS = {"num_round": "1"}

_DENSE = DensePrediction(xgb.core._LIB, xgb.core._ProxyDMatrix)
log_as_events(xgb.core._LIB)


def create(raw: Mapping[str, str]) -> Algorithm:
    """Return an untrained algorithm; raises InputError for a wrong hyperparameter."""
    return XGBoost(raw)


def identity(raw: Mapping[str, str]) -> dict[str, Any]:
    """Return what must be equal for a checkpoint to be continued."""
    effective = {k: text for k, text in raw.items() if k not in WITHOUT_EFFECT_ON_THE_MODEL}
    return {"name": "xgboost", "version": xgb.__version__, "hyperparameters": effective}


class XGBoost:
    """Gradient-boosted trees with the built-in's hyperparameters."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = dict(raw)
        self._chosen = parse(raw)
        self._booster: Any = None

    @property
    def plan(self) -> Plan:
        """See Algorithm."""
        chosen = self._chosen
        return Plan(
            chosen.weighted,
            Stopping(*chosen.stopping) if chosen.stopping else None,
            chosen.stops_with_model,
            chosen.notices,
            Folds(*chosen.folds) if chosen.folds else None,
            chosen.categorical,
            chosen.external_memory,
            several_hosts=True,
            workers=count_workers(chosen.device, xgb.build_info()),
        )

    def fit(
        self,
        channels: Channels,
        hosts: Hosts,
        start: Start | None,
        after_round: AfterRound,
    ) -> None:
        """See Algorithm."""
        chosen = self._chosen
        run_on_all_hosts(hosts, lambda: check_channels(channels, chosen))
        first = start.number + 1 if start else 0
        threads = chosen.threads(channels["train"].rows, channels["train"].schema.width)
        with (
            algorithm_errors(xgb.core.XGBoostError),
            collective(hosts, CommunicatorContext, RabitTracker, xgb.core.XGBoostError),
            TemporaryDirectory() as cache,
        ):
            matrices: dict[str, Any] = {}
            for name in sorted(channels, key="train".__ne__):
                matrices[name] = self._matrix(
                    channels[name], f"{cache}/{name}", matrices.get("train")
                )
            self._booster = xgb.Booster(
                chosen.parameters(first, threads, resolve_device(chosen.device, xgb.build_info())),
                list(matrices.values()),
                model_file=bytearray(start.model) if start else None,
            )
            self._watch(chosen.metrics)
            for number in range(first, chosen.rounds):
                self._booster.update(matrices["train"], iteration=number)
                values = self._values(matrices, chosen.metrics, hosts)
                check_metric_values(number, values, chosen.may_be_undefined)
                if not after_round(Round(number, values, self.dump)):
                    break
            finite = bool(np.isfinite(self._booster.predict(matrices["train"])).all())
            if not all(hosts.exchange(finite)):
                raise AlgorithmError("the model's predictions are not finite numbers; lower eta")
            # Matrices on disk delete their files, which must still exist then.
            matrices.clear()

    def keep_rounds(self, count: int) -> None:
        """See Algorithm."""
        self._booster = self._booster[:count]

    def evaluate(self, data: Dataset, names: Sequence[str]) -> dict[str, float]:
        """See Algorithm."""
        check_labels("processing/test", data.labels, self._chosen)
        with algorithm_errors(xgb.core.XGBoostError):
            self._watch(names)
            values = self._values({"test": self._matrix(data)}, names, SingleHost())
        return {k.removeprefix("test-"): value for k, value in values.items() if isfinite(value)}

    def dump(self) -> bytes:
        """See Algorithm; UBJSON."""
        return bytes(self._booster.save_raw("ubj"))

    def load(self, content: bytes) -> None:
        """See Algorithm; also JSON and XGBoost's old binary format.

        What a model of other hyperparameters shows replaces them. One thread predicts: serving
        has one process per core.
        """
        content, rounds = current_form(content)
        try:
            self._booster = xgb.Booster(model_file=bytearray(content))
            config = json.loads(self._booster.save_config())["learner"]
        except xgb.core.XGBoostError as error:
            raise InputError(f"XGBoost cannot read it: {first_line(error)}") from error
        if rounds is not None and rounds < self._booster.num_boosted_rounds():
            self.keep_rounds(rounds)
        self._booster.set_param({"nthread": 1})
        if not self._chosen.describes(config):
            self._raw = parse_config(config, self._booster.num_boosted_rounds())
            self._chosen = parse(self._raw)

    def predict(self, rows: Rows) -> Floats:
        """See Algorithm. Bit by bit as Booster.predict, if quantiles do not cross."""
        if self._chosen.booster_name in ("gblinear", "dart"):  # in place dart rounds otherwise
            scores = self._booster.predict(xgb.DMatrix(rows), validate_features=False)
        elif not isinstance(rows, np.ndarray):
            scores = self._booster.inplace_predict(rows, validate_features=False)
        else:
            scores = _DENSE.scores(self._booster.handle, rows)
        if self._chosen.quantiles:
            scores = np.sort(scores.reshape(len(scores), -1), axis=1)
        return np.asarray(scores, dtype=np.float32)

    def explain(self, rows: Rows) -> Floats:
        """See Algorithm."""
        contributions: Floats = self._booster.predict(
            xgb.DMatrix(rows), pred_contribs=True, validate_features=False
        )
        return contributions

    def signature(self) -> dict[str, Any]:
        """See Algorithm."""
        width = int(self._booster.num_features())
        names = self._booster.feature_names or Schema.of_numbers(width).names
        return {
            "algorithm": "xgboost",
            **self._chosen.described(),
            "features": [{"name": name} for name in names],
            "rounds": int(self._booster.num_boosted_rounds()),
            "hyperparameters": self._raw,
            "versions": {"xgboost": xgb.__version__, "python": platform.python_version()},
        }

    def _matrix(self, data: Dataset, cache: str = "", like: Any = None) -> Any:
        """Return bins on disk, bins, or values, by the tree method and the available memory.

        Without a `cache` it is not for training: values, since bins depend on other rows.
        """
        chosen, schema = self._chosen, data.schema
        threads = chosen.threads(data.rows, schema.width)
        on_disk = bool(cache) and chosen.uses_external_memory(data.in_memory)
        if cache and chosen.binned:
            batches = BatchIterator(
                lambda: (batch_arguments(chosen, batch, schema) for batch in data.batches()),
                cache if on_disk else None,
            )
            kind = xgb.ExtMemQuantileDMatrix if on_disk else xgb.QuantileDMatrix
            matrix = kind(batches, ref=like, max_bin=chosen.bins, nthread=threads)
        else:
            matrix = xgb.DMatrix(
                **batch_arguments(chosen, concatenate(list(data.batches())), schema),
                nthread=threads,
            )
        # Columns of a table have names and types; the built-in has none where the data has none.
        matrix.feature_names = names_for_xgboost(schema.given_names)
        matrix.feature_types = feature_types(schema.width, schema.categorical)
        return matrix

    def _values(
        self, matrices: Mapping[str, Any], names: Sequence[str], hosts: Hosts
    ) -> dict[str, float]:
        """Return metrics by `<channel>-<metric>`: XGBoost's own first, then those computed here."""
        chosen, values = self._chosen, dict[str, float]()
        native, computed = chosen.split_by_source(names)
        evaluator = MetricEvaluator(chosen.classes, chosen.objective.between_classes)
        for channel, matrix in matrices.items():
            line = self._booster.eval_set([(matrix, channel)]) if native else ""
            found = read_line(line, f"{channel}-", native)
            if computed:
                weights = matrix.get_weight() if chosen.has_row_weights else None
                rows = (matrix.get_label(), self._booster.predict(matrix), weights)
                found |= evaluator.evaluate(computed, rows, hosts.exchange)
            values |= {f"{channel}-{name}": value for name, value in found.items()}
        return values

    def _watch(self, names: Sequence[str]) -> None:
        """Have XGBoost compute these metrics, too; it forgets none and counts none twice."""
        native, _ = self._chosen.split_by_source(names)
        self._booster.set_param([("eval_metric", printed) for printed in native])
