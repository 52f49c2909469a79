"""One training from channels to a sealed model: read, resume, learn, keep, save."""

import sys
from collections.abc import Mapping

from container.algorithm import create, identity
from container.contract import job, model_files
from container.contract.errors import InputError, StoppedError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.formats.dataset import Dataset, ReadOptions, read_dataset
from container.protocol import Algorithm, Plan, Round, Start
from container.training.checkpoints import Checkpoint, CheckpointFolder
from container.training.early_stopping import EarlyStopping
from container.training.hosts import OneHost
from container.training.termination import Termination


def train(layout: Layout, hyperparameters: Mapping[str, str], termination: Termination) -> None:
    """Train and save; raises StoppedError when SIGTERM came and no model was wanted then."""
    algorithm = create(hyperparameters)
    for notice in algorithm.plan.notices:
        log_event("notice", {"about": "hyperparameters", "text": notice})
    job.refuse_several_hosts(layout)
    data = _read_channels(layout, algorithm.plan)
    termination.check()
    _fit(layout, termination, algorithm, data, _identity(hyperparameters, data["train"]))
    if termination.requested and not algorithm.plan.stops_with_model:
        raise StoppedError
    signature = algorithm.signature()
    model_files.save(layout.model, algorithm.dump(), signature)
    log_event("model saved", {"rounds": signature["rounds"]})


def _read_channels(layout: Layout, plan: Plan) -> dict[str, Dataset]:
    channels = job.read_channels(layout)
    if plan.stopping and "validation" not in channels:
        raise InputError(
            "input/config/inputdataconfig.json: early_stopping_rounds needs a validation channel; "
            f"got {', '.join(channels)}; add the channel or remove early_stopping_rounds"
        )
    data: dict[str, Dataset] = {}
    for name, content_type in channels.items():
        schema = data["train"].schema if data else None
        options = ReadOptions(content_type, weighted=plan.weighted, schema=schema)
        data[name] = read_dataset(layout, layout.channels / name, options)
        size = {"rows": data[name].rows, "features": data[name].schema.width}
        log_event("channel read", {"channel": name, **size})
    return data


def _fit(
    layout: Layout,
    termination: Termination,
    algorithm: Algorithm,
    data: dict[str, Dataset],
    identity_of_training: Mapping[str, object],
) -> None:
    checkpoints = CheckpointFolder(layout.checkpoints, identity_of_training)
    newest = checkpoints.newest()
    stopping = EarlyStopping(algorithm.plan.stopping) if algorithm.plan.stopping else None
    if newest:
        log_event("resumed", {"finished_rounds": newest.number + 1})
        if stopping:
            stopping.restore(newest.state)

    def after_round(finished: Round) -> bool:
        _print_metrics(finished)
        if stopping:
            stopping.observe(finished.number, finished.values)
        state = stopping.state() if stopping else {}
        checkpoints.save(Checkpoint(finished.number, finished.model(), state))
        is_over = stopping is not None and stopping.is_over(finished.number)
        return not (is_over or termination.requested)

    if newest and stopping and stopping.is_over(newest.number):
        algorithm.load(newest.model)
    else:
        start = Start(newest.number, newest.model) if newest else None
        algorithm.fit(data, OneHost(), start, after_round)
    if stopping:
        algorithm.keep_rounds(stopping.best_round + 1)


def _identity(hyperparameters: Mapping[str, str], train: Dataset) -> dict[str, object]:
    return {**identity(hyperparameters), "shape": [train.rows, train.schema.width]}


def _print_metrics(finished: Round) -> None:
    """The built-in's line: SageMaker's metric definitions read it, tabs and all."""
    items = [f"{name}:{value:.5f}" for name, value in finished.values.items()]
    sys.stdout.write("\t".join([f"[{finished.number}]", *items]) + "\n")
    sys.stdout.flush()
