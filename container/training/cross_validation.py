"""Cross-validation: one model per fold, with predictions of the held-out rows.

The built-in draws folds at random, and prints each model's metrics on rows it has learned from;
here folds follow from the seed, and `validation` is what the fold held out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.algorithm import create
from container.contract.errors import InputError
from container.contract.log import log_event
from container.formats.batches import concatenate, select_rows
from container.formats.dataset import Batch, Dataset
from container.formats.schema import Schema
from container.protocol import Folds, Hosts
from container.training.held_out_predictions import HeldOutPredictions
from container.training.metric_lines import print_means
from container.training.rounds import Rounds
from container.training.termination import Termination

Places = NDArray[np.int64]


@dataclass
class CrossValidation:
    """The models of one cross-validation so far, and their predictions of held-out rows.

    `after_each` is called when `models` has one more.
    """

    hyperparameters: Mapping[str, str]
    hosts: Hosts
    termination: Termination
    after_each: Callable[[], None]
    models: list[bytes] = field(default_factory=list, init=False)
    signature: dict[str, Any] = field(default_factory=dict, init=False)
    predictions: HeldOutPredictions | None = field(default=None, init=False)

    def learn(self, channels: Mapping[str, Dataset], plan: Folds) -> None:
        """Train all models, one after the other, and print the means of their metrics."""
        if not all(data.in_memory for data in channels.values()):
            raise InputError("input/data: too large for memory, which _kfold needs; remove _kfold")
        schema = channels["train"].schema
        together = [batch for data in channels.values() for batch in data.batches()]
        rows = concatenate(together)
        of_repeats: list[Rounds] = []
        for folds in split_into_folds(rows, plan):
            of_folds: list[Rounds] = []
            for number in range(plan.count):
                of_folds.append(self._learn_fold(schema, rows, folds, number))
                if self.termination.requested:
                    return
            _print_means(of_folds)
            of_repeats += of_folds
        if plan.repeats > 1:
            _print_means(of_repeats)

    def _learn_fold(
        self, schema: Schema, rows: Batch, folds: Sequence[Places], number: int
    ) -> Rounds:
        others = np.concatenate([fold for i, fold in enumerate(folds) if i != number])
        unseen = select_rows(rows, folds[number])
        channels = {
            "train": Dataset.of(schema, select_rows(rows, np.sort(others))),
            "validation": Dataset.of(schema, unseen),
        }
        log_event("fold", {"model": len(self.models), "held_out_rows": unseen.rows})
        algorithm = create(self.hyperparameters)
        rounds = Rounds(self.hosts, self.termination)
        rounds.learn(algorithm, channels)
        self.models.append(algorithm.dump())
        signature = algorithm.signature()
        most = max(signature["rounds"], self.signature.get("rounds", 0))
        self.signature = {**signature, "rounds": most}
        if self.predictions is None:
            classes, threshold = signature["classes"], signature["threshold"]
            self.predictions = HeldOutPredictions(rows.labels, classes, threshold)
        self.predictions.add(folds[number], algorithm.predict(unseen.as_rows()))
        self.after_each()
        return rounds


def _print_means(of_models: Sequence[Rounds]) -> None:
    print_means(max(rounds.finished for rounds in of_models), [rounds.kept for rounds in of_models])


def split_into_folds(batch: Batch, plan: Folds) -> Iterator[list[Places]]:
    """Yield for each repeat the rows of each fold; rows of one query stay together."""
    units = _units(batch)
    count = int(units[-1]) + 1 if len(units) else 0
    if count < plan.count:
        what = "rows" if batch.groups is None else "queries"
        raise InputError(
            f"input/data: _kfold is {plan.count} but there are {count} {what}; lower _kfold"
        )
    for repeat in range(plan.repeats):
        order = np.random.default_rng([plan.seed % 2**32, repeat]).permutation(count)
        if plan.stratified and batch.groups is None:
            # Neighbours in this order get different folds: every fold its share of every class.
            order = order[np.argsort(batch.labels[order], kind="stable")]
        fold_of_unit = np.empty(count, dtype=np.int64)
        fold_of_unit[order] = np.arange(count) % plan.count
        folds = fold_of_unit[units]
        yield [np.flatnonzero(folds == fold) for fold in range(plan.count)]


def _units(batch: Batch) -> Places:
    """Return the unit of each row, counted from 0: rows, or queries, which are adjacent."""
    if batch.groups is None:
        return np.arange(batch.rows)
    return np.cumsum(np.diff(batch.groups, prepend=batch.groups[:1]) != 0)
