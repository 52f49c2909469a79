"""One training from channels to sealed models: read, learn, keep, save."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from container.algorithm import create, identity
from container.contract import job, model_files
from container.contract.errors import AlgorithmError, ExitCode, InputError, StoppedError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.contract.memory import available_bytes
from container.contract.whole_files import write_whole
from container.formats.dataset import Dataset, ReadOptions, read_dataset
from container.formats.schema import Schema
from container.protocol import Algorithm, Folds, Plan, Round
from container.training.checkpoints import CheckpointFolder
from container.training.cross_validation import CrossValidation
from container.training.fingerprint import fingerprint
from container.training.hosts import OneHost
from container.training.rounds import Rounds
from container.training.termination import Termination

Channels = Mapping[str, Dataset]


def train(layout: Layout, hyperparameters: Mapping[str, str], termination: Termination) -> None:
    """Train and save; raises StoppedError when SIGTERM came and no model was wanted then."""
    algorithm = create(hyperparameters)
    for notice in algorithm.plan.notices:
        log_event("notice", {"about": "hyperparameters", "text": notice})
    job.refuse_several_hosts(layout)
    session = _Session(layout, hyperparameters, termination, algorithm.plan)
    data = session.read_channels()
    termination.check()
    if algorithm.plan.folds:
        session.train_folds(data, algorithm.plan.folds)
    else:
        session.train_one(data, algorithm)


@dataclass(frozen=True)
class _Session:
    """What training one model and training several have in common."""

    layout: Layout
    hyperparameters: Mapping[str, str]
    termination: Termination
    plan: Plan

    def read_channels(self) -> dict[str, Dataset]:
        """The rows of each channel; raises InputError when they do not go together."""
        channels = job.read_channels(self.layout)
        if self.plan.stopping and not self.plan.folds and "validation" not in channels:
            raise InputError(
                "input/config/inputdataconfig.json: early_stopping_rounds needs a validation "
                f"channel; got {', '.join(channels)}; add the channel or remove "
                "early_stopping_rounds"
            )
        data: dict[str, Dataset] = {}
        for name, content_type in channels.items():
            schema = data["train"].schema if data else None
            data[name] = self._read_channel(name, content_type, schema)
            size = {"rows": data[name].rows, "features": data[name].schema.width}
            log_event("channel read", {"channel": name, **size})
        return data

    def _read_channel(self, name: str, content_type: str, schema: Schema | None) -> Dataset:
        plan = self.plan
        memory = {"always": 0, "never": None}.get(plan.external_memory, _memory_for_rows())
        options = ReadOptions(content_type, plan.weighted, plan.categorical, schema, memory)
        return read_dataset(self.layout, self.layout.channels / name, options)

    def train_one(self, data: Channels, algorithm: Algorithm) -> None:
        """One model, going on from its newest checkpoint."""

        def keep(finished: Round) -> None:
            self._save(data, [finished.model()], algorithm.signature())
            self.termination.code_in_a_round = ExitCode.DONE

        checkpoints = self._checkpoints(data)
        after_each = keep if self.plan.stops_with_model else None
        Rounds(OneHost(), self.termination, checkpoints, after_each).learn(algorithm, data)
        self._check_wanted()
        self._save(data, [algorithm.dump()], algorithm.signature())

    def train_folds(self, data: Channels, folds: Folds) -> None:
        """The models of a cross-validation; one that was interrupted begins anew."""

        def keep() -> None:
            if self.plan.stops_with_model:
                self._save(data, several.models, several.signature)
                self.termination.code_in_a_round = ExitCode.DONE

        if job.checkpoint_folder(self.layout):
            log_event("notice", {"about": "checkpoints", "text": "_kfold keeps none"})
        several = CrossValidation(self.hyperparameters, OneHost(), self.termination, keep)
        several.learn(data, folds)
        self._check_wanted()
        self._save(data, several.models, several.signature)
        if several.predictions and not self.termination.requested:
            with _written("output/data/predictions.csv"):
                self.layout.output_data.mkdir(parents=True, exist_ok=True)
                path = self.layout.output_data / "predictions.csv"
                write_whole(path, several.predictions.csv())

    def _checkpoints(self, data: Channels) -> CheckpointFolder | None:
        folder = job.checkpoint_folder(self.layout)
        if folder is None:
            return None
        prints = {name: fingerprint(channel) for name, channel in data.items()}
        return CheckpointFolder(folder, {**identity(self.hyperparameters), "data": prints})

    def _check_wanted(self) -> None:
        if self.termination.requested and not self.plan.stops_with_model:
            raise StoppedError

    def _save(self, data: Channels, models: Sequence[bytes], signature: Mapping[str, Any]) -> None:
        document = {**signature, "features": data["train"].schema.to_json()}
        with _written("model"), self.termination.undisturbed():
            model_files.save(
                self.layout.model, models, document, numbered=self.plan.folds is not None
            )
        log_event("model saved", {"models": len(models), "rounds": signature["rounds"]})


def _memory_for_rows() -> int:
    # Beside the rows of one channel there are its bins, another channel, and the trees.
    return available_bytes() // 3


@contextmanager
def _written(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AlgorithmError(
            f"{what}: cannot be written ({error.strerror}); give the job a larger volume"
        ) from error
