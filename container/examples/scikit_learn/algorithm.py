"""Logistic regression for two classes: a round is an epoch, the model is a matrix in JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn import __version__, linear_model, metrics, preprocessing

from container.contract.errors import InputError
from container.contract.job import read_numbers
from container.formats.batches import to_dense
from container.formats.dataset import Dataset
from container.protocol import AfterRound, Channels, Floats, Hosts, Plan, Round, Rows, Start

METRICS: dict[str, Callable[[Any, Any], float]] = {
    "auc": metrics.roc_auc_score,
    "logloss": lambda labels, scores: metrics.log_loss(labels, scores, labels=[0, 1]),
    "accuracy": lambda labels, scores: metrics.accuracy_score(labels, scores > 0.5),
}


def identity(raw: Mapping[str, str]) -> dict[str, Any]:
    return {"name": "logistic", "version": __version__, "hyperparameters": dict(raw)}


class LogisticRegression:
    """Lines of `_model`: means, scales, then weights after each epoch; last is the intercept."""

    plan = Plan()

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw, self._model = raw, np.zeros((2, 0))
        self._chosen = read_numbers(raw, {"epochs": 20, "alpha": 1e-4, "seed": 0})

    def fit(
        self, channels: Channels, hosts: Hosts, start: Start | None, after_round: AfterRound
    ) -> None:
        if not all(np.isin(data.labels, (0, 1)).all() for data in channels.values()):
            raise InputError("input/data: a label is neither 0 nor 1; correct it")
        learner = linear_model.SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.01)
        learner.set_params(alpha=self._chosen["alpha"], fit_intercept=False)
        if start:
            self.load(start.model)
            learner.coef_, learner.intercept_ = self._model[-1:].copy(), np.zeros(1)
        else:
            scaler = preprocessing.StandardScaler()
            for part in channels["train"].batches():
                scaler.partial_fit(to_dense(part.features))
            self._model = np.vstack([np.append(scaler.mean_, 0), np.append(scaler.scale_, 1)])
        for number in range(len(self._model) - 2, int(self._chosen["epochs"])):
            learner.set_params(random_state=int(self._chosen["seed"]) + number)
            for part in channels["train"].batches():
                learner.partial_fit(self._scaled(part.features), part.labels, [0, 1], part.weights)
            self._model = np.vstack([self._model, learner.coef_])
            judged = {name: self.evaluate(data, list(METRICS)) for name, data in channels.items()}
            values = {f"{name}-{m}": v for name, found in judged.items() for m, v in found.items()}
            if not after_round(Round(number, values, self.dump)):
                break

    def keep_rounds(self, count: int) -> None:
        self._model = self._model[: 2 + count]

    def evaluate(self, data: Dataset, names: Sequence[str]) -> dict[str, float]:
        scores = np.concatenate([self.predict(part.features) for part in data.batches()])
        return {n: v for n in names if np.isfinite(v := float(METRICS[n](data.labels, scores)))}

    def dump(self) -> bytes:
        return json.dumps(self._model.tolist()).encode()

    def load(self, content: bytes) -> None:
        try:
            self._model = np.array(json.loads(content), dtype=np.float64)
            _ = self._model[2, 0]
        except (ValueError, TypeError, IndexError) as error:
            raise InputError(f"not a model of logistic regression: {error}") from error

    def predict(self, rows: Rows) -> Floats:
        return np.asarray(expit(self.explain(rows).sum(axis=1)), dtype=np.float32)

    def explain(self, rows: Rows) -> Floats:
        return np.asarray(self._scaled(rows) * self._model[-1], dtype=np.float32)

    def signature(self) -> dict[str, Any]:
        kind = {"algorithm": "logistic", "task": "binary", "objective": "binary:logistic"}
        shape = {"classes": 2, "threshold": 0.5, "rounds": len(self._model) - 2}
        judged = {"metrics": ["logloss"], "evaluation_metrics": list(METRICS)}
        made = {"hyperparameters": dict(self._raw), "versions": {"scikit-learn": __version__}}
        features = [{"name": f"f{column}"} for column in range(self._model.shape[1] - 1)]
        return {**kind, **shape, **judged, **made, "features": features}

    def _scaled(self, rows: Rows) -> Any:
        ones = np.insert(to_dense(rows), self._model.shape[1] - 1, 1, axis=1)
        return np.nan_to_num((ones - self._model[0]) / self._model[1])


OF_UNKNOWN_MODELS: dict[str, str] = {}
create = LogisticRegression
