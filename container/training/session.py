"""One training run: read channels, train, save checkpoints and models."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from container.algorithm import create, identity
from container.contract import job, model_files, program
from container.contract.atomic_files import write_atomically
from container.contract.errors import AlgorithmError, ExitCode, StoppedError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.hosts.joining import join_hosts
from container.hosts.workers import Worker
from container.protocol import Algorithm, Channels, Folds, Hosts, Plan, Round
from container.training.channels import ChannelLoader
from container.training.checkpoints import CheckpointFolder
from container.training.cross_validation import CrossValidation
from container.training.fingerprint import fingerprint
from container.training.rounds import Rounds
from container.training.termination import Termination


def train(
    layout: Layout,
    hyperparameters: Mapping[str, str],
    termination: Termination,
    worker: Worker,
) -> None:
    """Train and save; raises StoppedError when SIGTERM came and no model was wanted then."""

    def fail(text: str) -> NoReturn:
        remove = partial(model_files.remove, layout.model)
        program.fail_at_once("train", text, reason=layout.failure, leave=remove)

    algorithm = create(hyperparameters)
    plan = algorithm.plan
    for notice in plan.notices:
        log_event("notice", {"about": "hyperparameters", "text": notice})
    channels = _channels_of(layout, plan)
    with join_hosts(layout, plan, worker, termination.check, fail) as hosts:
        session = _Session(layout, hyperparameters, termination, plan, hosts)
        data = ChannelLoader(layout, plan, hosts, worker).read_all(channels)
        termination.check()
        if plan.folds:
            session.train_folds(data, plan.folds)
        else:
            session.train_one(data, algorithm)


def _channels_of(layout: Layout, plan: Plan) -> Mapping[str, job.Channel]:
    channels = job.read_channels(layout)
    if plan.stopping and not plan.folds and plan.stopping.channel not in channels:
        # As the built-in, which trains all rounds then.
        text = f"early_stopping_rounds has no effect without a channel {plan.stopping.channel}"
        log_event("notice", {"about": "hyperparameters", "text": text})
    return channels


@dataclass(frozen=True)
class _Session:
    """What training one model and training several have in common."""

    layout: Layout
    hyperparameters: Mapping[str, str]
    termination: Termination
    plan: Plan
    hosts: Hosts

    def train_one(self, data: Channels, algorithm: Algorithm) -> None:
        """Train one model from its newest checkpoint; the first host saves it."""

        def keep(finished: Round) -> None:
            self._save(data, [finished.model()], algorithm.signature())
            self.termination.code_in_a_round = ExitCode.DONE

        checkpoints = self._checkpoints(data)
        after_each = keep if self.plan.stops_with_model else None
        Rounds(self.hosts, self.termination, checkpoints, after_each).learn(algorithm, data)
        self._check_wanted()
        if self.hosts.rank == 0:
            self._save(data, [algorithm.dump()], algorithm.signature())

    def train_folds(self, data: Channels, folds: Folds) -> None:
        """Train the models of a cross-validation; an interrupted one starts from the beginning."""

        def keep() -> None:
            if self.plan.stops_with_model:
                self._save(data, several.models, several.signature)
                self.termination.code_in_a_round = ExitCode.DONE

        if job.checkpoint_folder(self.layout):
            log_event("notice", {"about": "checkpoints", "text": "_kfold keeps none"})
        several = CrossValidation(self.hyperparameters, self.hosts, self.termination, keep)
        several.learn(data, folds)
        self._check_wanted()
        self._save(data, several.models, several.signature)
        if several.predictions and not self.termination.requested:
            with _written("output/data/predictions.csv"):
                self.layout.output_data.mkdir(parents=True, exist_ok=True)
                path = self.layout.output_data / "predictions.csv"
                write_atomically(path, several.predictions.csv())

    def _checkpoints(self, data: Channels) -> CheckpointFolder | None:
        folder = job.checkpoint_folder(self.layout)
        wanted = any(self.hosts.exchange(folder is not None))
        if not wanted:
            return None
        prints = {name: fingerprint(channel, self.hosts) for name, channel in data.items()}
        if folder is None or self.hosts.rank != 0:
            return None
        return CheckpointFolder(folder, {**identity(self.hyperparameters), "data": prints})

    def _check_wanted(self) -> None:
        if self.termination.requested and not self.plan.stops_with_model:
            raise StoppedError

    def _save(self, data: Channels, models: Sequence[bytes], signature: Mapping[str, Any]) -> None:
        schema = data["train"].schema
        document = {**signature, "features": schema.to_json()}
        if schema.label is not None:
            document["label"] = schema.label.to_json()
        with _written("model"), self.termination.uninterrupted():
            model_files.save(
                self.layout.model, models, document, numbered=self.plan.folds is not None
            )
        log_event("model saved", {"models": len(models), "rounds": signature["rounds"]})


@contextmanager
def _written(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AlgorithmError(
            f"{what}: cannot be written ({error.strerror}); give the job a larger volume"
        ) from error
