"""Training jobs of a tuning job: their objective, their losses by epoch, their summaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.programs import patterns
from sandbox.sagemaker.tuning.samplers import Assignment, Trial

if TYPE_CHECKING:
    from sandbox.sagemaker.training import TrainingJob
    from sandbox.sagemaker.tuning.objectives import Objective
    from sandbox.state.stores import Document

ENDED = frozenset({"Completed", "Failed", "Stopped"})
_SHOWN = ("TrainingJobName", "TrainingJobArn", "CreationTime", "TrainingJobStatus")
_SHOWN_LATER = ("TrainingStartTime", "TrainingEndTime", "FailureReason")


@dataclass
class TriedJob:
    """One training job, and what is known of it."""

    number: int
    job: TrainingJob
    tuned: Assignment
    objective: Objective
    has_ended: bool = False
    is_asked_to_stop: bool = False
    value: float | None = None
    losses: list[float] = field(default_factory=list)
    _lines_read: int = 0

    @property
    def loss(self) -> float | None:
        """What it came to; None before its end, or without the metric."""
        return None if self.value is None else self.objective.loss(self.value)

    @property
    def trial(self) -> Trial:
        """What a sampler is told."""
        return Trial(self.tuned, self.loss, self.has_ended)

    def note_end(self) -> bool:
        """Take the objective when the job has just ended, and tell whether it has."""
        if self.has_ended or self.job.status not in ENDED:
            return False
        self.has_ended = True
        if self.job.status != "Failed":
            self.value = self.objective.final_value(self.job.document)
        return True

    def read_losses(self, regex: str) -> None:
        """Read the objective of the epochs since the last look."""
        lines = self.job.lines[self._lines_read :]
        self._lines_read += len(lines)
        self.losses += [self.objective.loss(value) for value in _numbers(regex, lines)]

    def summary(self, tuning_job: str) -> Document:
        """Return a HyperParameterTrainingJobSummary."""
        document = self.job.document
        shown = {name: document[name] for name in _SHOWN}
        shown |= {name: document[name] for name in _SHOWN_LATER if name in document}
        shown |= {"TuningJobName": tuning_job, "TunedHyperParameters": self.tuned}
        if self.value is not None:
            metric = self.objective.metric(self.value)
            shown["FinalHyperParameterTuningJobObjectiveMetric"] = metric
        return {**shown, "ObjectiveStatus": self.objective_status}

    @property
    def objective_status(self) -> str:
        """Pending, Succeeded or Failed."""
        if not self.has_ended:
            return "Pending"
        return "Failed" if self.value is None else "Succeeded"

    @property
    def counted_as(self) -> str:
        """The TrainingJobStatusCounter that has it."""
        if not self.has_ended:
            return "InProgress"
        if self.job.status != "Failed":
            return self.job.status
        reason = str(self.job.document.get("FailureReason", ""))
        return "RetryableError" if reason.startswith("InternalServerError") else "NonRetryableError"


def best_of(tried: Iterable[TriedJob]) -> TriedJob | None:
    """Return the job with the best objective, the first of equals; None without any."""
    known = [(one.loss, one.number, one) for one in tried if one.loss is not None]
    return min(known)[2] if known else None


def counters(tried: Iterable[TriedJob]) -> Document:
    """Return TrainingJobStatusCounters and ObjectiveStatusCounters."""
    tried = list(tried)
    statuses = Counter(one.counted_as for one in tried)
    objectives = Counter(one.objective_status for one in tried)
    names = ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped")
    return {
        "TrainingJobStatusCounters": {name: statuses[name] for name in names},
        "ObjectiveStatusCounters": {
            name: objectives[name] for name in ("Succeeded", "Pending", "Failed")
        },
    }


def _numbers(regex: str, lines: list[str]) -> list[float]:
    found = []
    for groups in patterns.found_in_each([regex], lines)[0] if lines else []:
        try:
            found.append(float(groups[0]))
        except (TypeError, ValueError):
            continue
    return found
