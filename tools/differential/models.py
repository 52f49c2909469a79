"""Models to ask: those of older releases, and one of each objective by the XGBoost of today."""

import functools
import json
import tarfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from container.formats.dataset import Batch, Dataset
from container.formats.schema import Schema
from tools.differential.releases import write_models

FOLDER = Path(write_models.__file__).with_name("models")
OBJECTIVES = tuple(write_models.OBJECTIVES)
ROWS: NDArray[np.float32] = write_models.table(8, 1)


@dataclass(frozen=True)
class Release:
    """What one release wrote: models by `<booster>-<objective>.<form>`, and its predictions."""

    name: str
    models: Mapping[str, bytes]
    rows: list[list[float]]
    predictions: Mapping[str, Any]


@functools.cache
def releases() -> tuple[Release, ...]:
    """Return all releases that are kept, oldest first."""
    found = [_release(path) for path in FOLDER.glob("*.tar.xz")]
    return tuple(sorted(found, key=lambda one: [int(part) for part in one.name.split(".")]))


def _release(path: Path) -> Release:
    with tarfile.open(path) as archive:
        files = {
            member.name: stream.read()
            for member in archive
            if (stream := archive.extractfile(member)) is not None
        }
    document = json.loads(files.pop("predictions.json").replace(b"null", b"NaN"))
    return Release(document["release"], files, document["rows"], document["predictions"])


def dataset(objective: str, rows: int) -> Dataset:
    """Return the same rows as `write_models.matrix` has, as the container reads a channel."""
    features = write_models.table(rows, 2)
    labels = write_models.labels(objective, features)
    groups = None
    if objective.startswith("rank:"):
        groups = (np.arange(rows) >= rows // 2).astype(np.uint32)
    return Dataset.of(Schema.of_numbers(features.shape[1]), Batch(features, labels, None, groups))


@functools.cache
def todays_model(objective: str, booster: str = "gbtree") -> tuple[bytes, Any]:
    """Return a model of the installed XGBoost as the built-in keeps it, and what reads it."""
    extra, _ = write_models.OBJECTIVES[objective]
    given = {"objective": objective, "max_depth": 2, "nthread": 1, "eta": 0.5, **extra}
    given |= write_models.EXTRA.get(booster, {})
    features = write_models.table(60, 2)
    if booster == "gblinear":
        del given["max_depth"]
        features = np.nan_to_num(features)
    with warnings.catch_warnings():
        # Of boosters that XGBoost means to give up.
        warnings.simplefilter("ignore")
        data = write_models.matrix(objective, features)
        model = xgb.train(given, data, write_models.ROUNDS)
    content = bytes(model.save_raw("ubj"))
    # Read again, as a server does: of dart the weights of trees are rounded when they are saved.
    return content, xgb.Booster(model_file=bytearray(content))


def predictions(model: Any, rows: Any) -> list[Any]:
    """Return XGBoost's own answer for rows in which NaN is missing."""
    data = xgb.DMatrix(np.array(rows, np.float32))
    scores: list[Any] = model.predict(data, validate_features=False).tolist()
    return scores


# What the original itself reads, or XGBoost takes as it is.
_NOT_XGBOOSTS = (
    "num_round",
    "eval_metric",
    "early_stopping_rounds",
    "save_model_on_termination",
    "use_dask_gpu_training",
    "_kfold",
    "_num_cv_round",
    "_tuning_objective_metric",
    "nthread",
    "verbosity",
    # A hundred thousand trees take minutes.
    "num_parallel_tree",
)
_ALIASES = {
    "learning_rate": "eta",
    "min_split_loss": "gamma",
    "reg_lambda": "lambda",
    "reg_alpha": "alpha",
}


def trains(job: Mapping[str, str]) -> bool:
    """Return whether XGBoost itself trains a round with these hyperparameters."""
    given = {
        _ALIASES.get(name, name): text for name, text in job.items() if name not in _NOT_XGBOOSTS
    }
    if given.get("tree_method") == "gpu_hist":
        # Of a machine with a GPU it means this.
        given["tree_method"] = "hist"
    constraints = given.get("monotone_constraints", "")
    if constraints and not constraints.startswith("("):
        # The original reads a tuple, of which Python needs no brackets.
        given["monotone_constraints"] = f"({constraints})"
    objective = given.get("objective", "reg:squarederror")
    known = write_models.OBJECTIVES.keys()
    labelled = objective if objective in known else "binary:logistic"
    with warnings.catch_warnings(), xgb.config_context(verbosity=0):
        warnings.simplefilter("ignore")
        data = write_models.matrix(labelled, write_models.table(30, 2))
        try:
            xgb.train({**given, "nthread": "1"}, data, 1)
        except xgb.core.XGBoostError:
            return False
    return True
