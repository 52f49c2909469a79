"""`write_models.py FOLDER`: models of the installed XGBoost, of any release, with its predictions.

Run by the Python of each release; nothing of ours is imported. There is one archive for a release:
`<booster>-<objective>.<form>`, and `predictions.json` by booster and objective.
"""

import io
import json
import os
import pickle
import sys
import tarfile
import tempfile
from typing import Any

import numpy as np
import xgboost as xgb

ROUNDS = 3
COLUMNS = 4
RELEASE = tuple(int(part) for part in xgb.__version__.split(".")[:2])
# Objective, extra parameters, and the first release that has it.
OBJECTIVES: Any = {
    "reg:squarederror": ({}, (0, 90)),
    "reg:logistic": ({}, (0, 90)),
    "reg:gamma": ({}, (0, 90)),
    "reg:tweedie": ({"tweedie_variance_power": 1.3}, (0, 90)),
    "reg:squaredlogerror": ({}, (1, 0)),
    "reg:pseudohubererror": ({}, (1, 2)),
    "reg:absoluteerror": ({}, (1, 7)),
    "binary:logistic": ({}, (0, 90)),
    "binary:logitraw": ({}, (0, 90)),
    "binary:hinge": ({}, (0, 90)),
    "count:poisson": ({}, (0, 90)),
    "multi:softmax": ({"num_class": 3}, (0, 90)),
    "multi:softprob": ({"num_class": 3}, (0, 90)),
    "rank:pairwise": ({}, (0, 90)),
    "rank:ndcg": ({}, (0, 90)),
    "survival:cox": ({}, (0, 90)),
    "survival:aft": ({"aft_loss_distribution_scale": 1.2}, (1, 2)),
}
# The other boosters do with every objective what they do with these.
BOOSTERS: Any = {
    "gbtree": OBJECTIVES,
    "dart": ("reg:squarederror", "binary:logistic", "multi:softprob"),
    "gblinear": ("reg:squarederror", "binary:logistic", "multi:softprob", "count:poisson"),
    "forest": ("reg:squarederror", "multi:softmax"),
}
EXTRA: Any = {
    "dart": {"booster": "dart", "rate_drop": 0.4, "seed": 5},
    "gblinear": {"booster": "gblinear", "updater": "coord_descent"},
    "forest": {"num_parallel_tree": 2, "subsample": 0.7, "seed": 3},
}


def table(count: int, seed: int) -> Any:
    """Return rounded normal numbers, of which a tenth is missing."""
    generator = np.random.RandomState(seed)
    features = np.round(generator.normal(size=(count, COLUMNS)), 2)
    features[generator.uniform(size=features.shape) < 0.1] = np.nan
    return features.astype(np.float32)


def labels(objective: str, features: Any) -> Any:
    """Return labels of the objective's kind that depend on the first two features."""
    score = np.nan_to_num(features[:, 0]) - 0.5 * np.nan_to_num(features[:, 1])
    if objective.startswith(("binary:", "reg:logistic")):
        return (score > 0).astype(np.float32)
    if objective.startswith(("multi:", "rank:")):
        return np.digitize(score, [-0.5, 0.5]).astype(np.float32)
    if objective == "count:poisson":
        return np.round(np.abs(score * 2)).astype(np.float32)
    return (np.abs(score) + 0.25).astype(np.float32)


def matrix(objective: str, features: Any) -> Any:
    """Return the matrix that the objective is trained on."""
    known = labels(objective, features)
    data = xgb.DMatrix(features, known)
    if objective.startswith("rank:"):
        data.set_group([len(known) // 2, len(known) - len(known) // 2])
    if objective == "survival:aft":
        data.set_float_info("label_lower_bound", known)
        data.set_float_info("label_upper_bound", np.where(known > 1, np.inf, known))
    return data


def saved(model: Any, form: str) -> bytes:
    """Return a model as a file in this form: the release's own default, JSON, or a pickle."""
    if form == "pickle":
        return pickle.dumps(model, 4)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model" + {"native": "", "json": ".json"}[form])
        model.save_model(path)
        with open(path, "rb") as stream:
            return stream.read()


def forms(booster: str, objective: str) -> list[str]:
    """Return the forms to write: what the built-in's image of the release wrote, and JSON."""
    native = "pickle" if RELEASE < (1, 3) else "native"
    with_json = booster != "gbtree" or objective.startswith("binary:")
    return [native, "json"] if with_json and RELEASE >= (1, 0) else [native]


def main(folder: str) -> None:
    """Write the release's archive, without times, so that the same models are the same bytes."""
    asked, files, predictions = table(8, 1), {}, {}
    for booster, objectives in BOOSTERS.items():
        for objective in objectives:
            extra, first = OBJECTIVES[objective]
            if first > RELEASE:
                continue
            given = {"objective": objective, "max_depth": 2, "nthread": 1, "eta": 0.5}
            given = dict(given, **extra, **EXTRA.get(booster, {}))
            features = table(60, 2)
            if booster == "gblinear":
                # A missing value is none for a line.
                features = np.nan_to_num(features)
            model = xgb.train(given, matrix(objective, features), ROUNDS)
            name = booster + "-" + objective.replace(":", "-")
            # Before 1.0 dart drops trees at random when it predicts, unless it is told how many.
            more = {"ntree_limit": ROUNDS} if booster == "dart" and RELEASE < (1, 0) else {}
            predictions[name] = model.predict(xgb.DMatrix(asked), **more).astype(float).tolist()
            for form in forms(booster, objective):
                files[name + "." + form] = saved(model, form)
    document = {"release": xgb.__version__, "rows": asked.astype(float).tolist()}
    document["predictions"] = predictions
    files["predictions.json"] = json.dumps(document).replace("NaN", "null").encode()
    # One stream for all: the models are much alike.
    path = os.path.join(folder, xgb.__version__ + ".tar.xz")
    with tarfile.open(path, "w:xz", preset=9) as archive:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


if __name__ == "__main__":
    main(sys.argv[1])
