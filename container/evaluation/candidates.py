"""Candidate and champion models: unpacked, loaded, and evaluated on the same held-out rows."""

import os
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse

from container.algorithm import create
from container.channel.columns_file import read_columns_file
from container.channel.reading import read_dataset
from container.contract import model_files
from container.contract.errors import AlgorithmError, InputError
from container.contract.layout import Layout
from container.evaluation.results.evaluated_model import EvaluatedModel
from container.evaluation.results.importance import Importance, importance
from container.evaluation.results.model_comparison import ChampionError
from container.formats.dataset import Dataset, ReadOptions
from container.formats.schema import Schema
from container.metrics.losses import loss
from container.metrics.scored import Scored, Task
from container.protocol import Algorithm, Rows

_TEST = "processing/test"
_QUANTILE_METRICS = ("coverage", "interval_width", "pinball")


@dataclass(frozen=True)
class HeldOut:
    """The test rows as one model reads them."""

    data: Dataset

    @cached_property
    def rows(self) -> Rows:
        """All of them in memory, without labels."""
        parts = [batch.as_rows() for batch in self.data.batches()]
        if len(parts) == 1:
            return parts[0]
        return scipy.sparse.vstack(parts, "csr") if _is_sparse(parts[0]) else np.concatenate(parts)


@dataclass(frozen=True)
class TrainedModel:
    """A model that was unpacked and loaded, with its signature and the signature's digest."""

    algorithm: Algorithm
    signature: Mapping[str, Any]
    digest: str

    @cached_property
    def schema(self) -> Schema:
        """Its columns."""
        return Schema.of_signature(self.signature)

    def read(self, layout: Layout) -> HeldOut:
        """Return the test rows in this model's columns and categories; raises InputError."""
        weighted = self.signature["hyperparameters"].get("csv_weights") == "1"
        content_type = os.environ.get("CONTENT_TYPE", "")
        folder = layout.processing / "test"
        columns = read_columns_file(layout, folder)
        options = ReadOptions(content_type, weighted, schema=self.schema, columns=columns)
        data = read_dataset(layout, folder, options)
        if data.rows == 0:
            raise InputError(f"{_TEST}: has no rows; put labelled rows there")
        return HeldOut(data)

    def evaluate(self, held_out: HeldOut) -> EvaluatedModel:
        """Return metrics, predictions and importance; raises AlgorithmError if not finite."""
        names = self.signature["evaluation_metrics"]
        metrics = self.algorithm.evaluate(held_out.data, names)
        scored = self._score(held_out)
        for name in _QUANTILE_METRICS if scored.task.quantiles else ():
            each = loss(name, scored)
            if each is not None:
                metrics[name] = float(each.per_row.mean())
        return EvaluatedModel(self.signature, scored, metrics, self._importance(held_out.rows))

    def _score(self, held_out: HeldOut) -> Scored:
        scores = self.algorithm.predict(held_out.rows).astype(np.float64)
        wrong = int((~np.isfinite(scores)).reshape(len(scores), -1).any(axis=1).sum())
        if wrong:
            raise AlgorithmError(
                f"the model's predictions for {wrong} of {len(scores)} rows of {_TEST} are not "
                "finite numbers; train it again, with a lower eta if it has one"
            )
        task = Task.of(self.signature)
        if task.quantiles:
            scores = np.sort(scores.reshape(len(scores), -1), axis=1)
        batches = list(held_out.data.batches())
        weights = [batch.weights for batch in batches if batch.weights is not None]
        return Scored(
            task,
            held_out.data.labels.astype(np.float64),
            scores,
            np.concatenate(weights).astype(np.float64) if weights else None,
        )

    def _importance(self, rows: Rows) -> Importance | None:
        try:
            return importance(self.algorithm.explain, self.signature, self.schema.names, rows)
        except Exception:
            # Explanations are optional: their failure must not block a good model.
            traceback.print_exc()
            return None


def load_model(layout: Layout, role: str) -> TrainedModel:
    """Return the model below `processing/<role>`; raises InputError."""
    where = f"processing/{role}/model.tar.gz"
    with tempfile.TemporaryDirectory() as unpacked:
        folder = Path(unpacked)
        model_files.unpack(layout.base / where, folder, where)
        signature = model_files.verify(folder, where)
        name, *more = model_files.names(signature)
        if more:
            raise InputError(
                f"{where}: holds {len(more) + 1} models of a cross-validation, which judges them "
                "itself; train without _kfold for one that can be evaluated"
            )
        algorithm = create(signature["hyperparameters"])
        algorithm.load((folder / name).read_bytes())
        digest = model_files.digest_of(folder)
    return TrainedModel(algorithm, signature, digest)


def evaluate_champion(
    layout: Layout, candidate: TrainedModel, held_out: HeldOut
) -> EvaluatedModel | ChampionError | None:
    """Return its results, or why there are none: the gate decides what follows from that."""
    if not (layout.processing / "champion" / "model.tar.gz").exists():
        return None
    try:
        champion = load_model(layout, "champion")
        for problem in _incompatibilities(candidate, champion):
            return ChampionError(f"processing/champion/model.tar.gz: {problem}", True)
        same_columns = champion.schema == candidate.schema
        return champion.evaluate(held_out if same_columns else champion.read(layout))
    except (InputError, AlgorithmError) as error:
        return ChampionError(str(error))
    except Exception as error:
        traceback.print_exc()
        return ChampionError(f"{type(error).__name__}: {error}")


def _incompatibilities(candidate: TrainedModel, champion: TrainedModel) -> Iterator[str]:
    for key in ("task", "classes", "quantiles"):
        ours, theirs = candidate.signature.get(key), champion.signature.get(key)
        if ours != theirs:
            yield f"its {key} is {theirs} but the candidate's is {ours}"
    if candidate.schema.width != champion.schema.width:
        ours, theirs = candidate.schema.width, champion.schema.width
        yield f"its model takes {theirs} features but the candidate's takes {ours}"
    label, other = candidate.schema.label, champion.schema.label
    if label is not None and label.is_other_than(other):
        yield f"its label is {other} but the candidate's is {label}"
    ours, theirs = candidate.schema.given_names, champion.schema.given_names
    if ours and theirs and ours != theirs:
        mismatched_columns = sorted(set(theirs) ^ set(ours)) or ["the same ones in another order"]
        yield f"its columns differ from the candidate's: {', '.join(mismatched_columns[:5])}"


def _is_sparse(rows: Rows) -> bool:
    return bool(scipy.sparse.issparse(rows))
