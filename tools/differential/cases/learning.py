"""Cases of training: objectives, boosters, methods, formats; the same model as XGBoost's own."""

import io
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xgboost as xgb

from container.algorithm import create
from container.channel.reading import read_dataset
from container.contract.layout import Layout
from container.formats.dataset import Dataset, ReadOptions
from container.hosts.single_host import SingleHost
from container.protocol import Round
from tools.differential import bodies
from tools.differential.case import Answer, Case
from tools.differential.models import OBJECTIVES
from tools.differential.releases import write_models

_SOURCE = "XGBoost in this process, trained on the same rows with the same hyperparameters"
_ROUNDS = 3
_ROWS = 40
_JOB = {"num_round": str(_ROUNDS), "eta": "0.5", "seed": "7", "nthread": "1"}
# Beside the defaults, which every objective is trained with.
_METHODS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "exact": {"tree_method": "exact"},
        "approx": {"tree_method": "approx"},
        "hist, few bins": {"tree_method": "hist", "max_bin": "8"},
        "lossguide": {"grow_policy": "lossguide", "max_leaves": "4"},
        "samples": {"subsample": "0.6", "colsample_bytree": "0.7"},
        "forest": {"num_parallel_tree": "3", "subsample": "0.6"},
        "penalties": {"lambda": "2", "alpha": "0.5", "gamma": "0.1", "min_child_weight": "3"},
        "monotone": {"tree_method": "hist", "monotone_constraints": "(1,-1,0,0)"},
        "base_score": {"base_score": "0.7"},
        "dart": {"booster": "dart", "rate_drop": "0.5"},
        "gblinear": {"booster": "gblinear", "updater": "coord_descent"},
        "updaters": {"updater": "grow_colmaker,prune"},
    }
)
_OF_METHODS = ("reg:squarederror", "binary:logistic", "multi:softprob", "count:poisson")


def cases() -> Iterator[Case]:
    """Return every objective in every format, and some objectives by every method."""
    for objective in OBJECTIVES:
        # Only libsvm has a place for groups.
        for name in _WRITTEN:
            if name == "libsvm" or not objective.startswith("rank:"):
                yield _case(objective, "default", name)
    for objective in _OF_METHODS:
        for method in _METHODS:
            yield _case(objective, method, "csv")
        yield _case(objective, "weights", "csv")


def _case(objective: str, method: str, format_: str) -> Case:
    job = {**_JOB, "objective": objective, **_METHODS.get(method, {})}
    job |= {"num_class": "3"} if objective.startswith("multi:") else {}
    job |= {"csv_weights": "1"} if method == "weights" else {}
    features = write_models.table(_ROWS, 2)
    labels = write_models.labels(objective, features)
    weights = _weights() if method == "weights" else None

    def here(environment: Mapping[str, str]) -> Answer:
        with tempfile.TemporaryDirectory() as folder:
            layout = Layout(Path(folder))
            channel = layout.channels / "train"
            channel.mkdir(parents=True)
            content = _WRITTEN[format_](objective, labels, features, weights)
            (channel / "rows").write_bytes(content)
            options = ReadOptions(_TYPES[format_], weighted=weights is not None)
            return _trained_here(job, read_dataset(layout, channel, options))

    return Case(
        f"learning/{objective}/{method}/{format_}",
        f"{objective}, {method}, rows in {format_}",
        _SOURCE,
        lambda: _trained_by_xgboost(job, labels, features, weights),
        here,
    )


def _trained_here(job: Mapping[str, str], data: Dataset) -> Answer:
    values: dict[str, float] = {}

    def keep(finished: Round) -> bool:
        values.update(finished.values)
        return True

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        algorithm = create(job)
        algorithm.fit({"train": data}, SingleHost(), None, keep)
    batch = next(data.batches())
    scores = algorithm.predict(batch.as_rows())
    return {"trains": True, "scores": scores.tolist(), "values": _printed(values.values())}


def _trained_by_xgboost(job: Mapping[str, str], labels: Any, features: Any, weights: Any) -> Answer:
    # It may read these; what they mean for the rows was done already.
    given = {name: text for name, text in job.items() if name not in ("num_round", "csv_weights")}
    data = xgb.DMatrix(features, labels, weight=weights)
    if job["objective"].startswith("rank:"):
        data.set_group([_ROWS // 2, _ROWS - _ROWS // 2])
    found: dict[str, Any] = {}
    with warnings.catch_warnings(), xgb.config_context(verbosity=0):
        warnings.simplefilter("ignore")
        watched = [(data, "train")]
        try:
            booster = xgb.train(
                given, data, _ROUNDS, evals=watched, evals_result=found, verbose_eval=False
            )
        except xgb.core.XGBoostError:
            return {"trains": False}
    booster = xgb.Booster(model_file=bytearray(booster.save_raw("ubj")))
    values = _printed(values[-1] for values in found["train"].values())
    return {
        "trains": True,
        "scores": booster.predict(xgb.DMatrix(features)).tolist(),
        "values": values,
    }


def _printed(values: Iterable[float]) -> list[str]:
    """Return metrics as the log has them."""
    return [f"{value:.5f}" for value in values]


def _weights() -> Any:
    return np.linspace(0.5, 2, _ROWS).astype(np.float32)


def _csv(objective: str, labels: Any, features: Any, weights: Any) -> bytes:
    columns = [labels] if weights is None else [labels, weights]
    return bodies.csv(np.column_stack([*columns, features]).tolist())


def _libsvm(objective: str, labels: Any, features: Any, weights: Any) -> bytes:
    lines = bodies.libsvm(features.tolist()).decode().splitlines()
    half = len(lines) // 2
    query = objective.startswith("rank:")
    written = [
        " ".join([repr(float(label)), *([f"qid:{int(place >= half)}"] if query else []), pairs])
        for place, (label, line) in enumerate(zip(labels, lines, strict=True))
        for pairs in [line.partition(" ")[2]]
    ]
    return "".join(f"{line}\n" for line in written).encode()


def _recordio(objective: str, labels: Any, features: Any, weights: Any) -> bytes:
    return bodies.labelled_recordio(labels.tolist(), features.tolist())


def _parquet(objective: str, labels: Any, features: Any, weights: Any) -> bytes:
    columns = {"label": labels, **{f"c{i}": column for i, column in enumerate(features.T)}}
    stream = io.BytesIO()
    pq.write_table(pa.table({name: pa.array(column) for name, column in columns.items()}), stream)
    return stream.getvalue()


_WRITTEN: Mapping[str, Callable[..., bytes]] = MappingProxyType(
    {"csv": _csv, "libsvm": _libsvm, "recordio": _recordio, "parquet": _parquet}
)
_TYPES = {
    "csv": "text/csv",
    "libsvm": "text/libsvm",
    "recordio": "application/x-recordio-protobuf",
    "parquet": "application/x-parquet",
}
