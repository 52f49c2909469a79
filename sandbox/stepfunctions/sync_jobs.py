"""Jobs that a `.sync` Task state waits for: how each is described, judged and stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.state.stores import Document


@dataclass(frozen=True)
class SyncJob:
    """How to wait for what a `.sync` state started, and how to stop it."""

    describe: str
    stop: str
    key: Callable[[Document, Document], Document]
    item: Callable[[Document], Document]
    status: str
    good: frozenset[str] = frozenset({"Completed"})
    bad: frozenset[str] = frozenset({"Failed", "Stopped"})


def _job(kind: str, verb: str = "") -> SyncJob:
    name = f"{kind}JobName"
    verb = verb or f"{kind.lower()}_job"
    return SyncJob(
        f"describe_{verb}",
        f"stop_{verb}",
        lambda request, response: {name: request[name]},
        lambda described: described,
        f"{kind}JobStatus",
    )


SYNC_JOBS = {
    ("sagemaker", "createTrainingJob"): _job("Training"),
    ("sagemaker", "createProcessingJob"): _job("Processing"),
    ("sagemaker", "createTransformJob"): _job("Transform"),
    ("sagemaker", "createHyperParameterTuningJob"): _job(
        "HyperParameterTuning", "hyper_parameter_tuning_job"
    ),
    ("codebuild", "startBuild"): SyncJob(
        "batch_get_builds",
        "stop_build",
        lambda request, response: {"ids": [response["Build"]["Id"]]},
        lambda described: {"Build": described["Builds"][0]},
        "BuildStatus",
        frozenset({"SUCCEEDED"}),
        frozenset({"FAILED", "FAULT", "STOPPED", "TIMED_OUT"}),
    ),
}
