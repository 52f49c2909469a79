"""Hyperparameter tuning jobs: they start training jobs, compare them and know when to end."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from moto.core.exceptions import JsonRESTError, ServiceException
from moto.sagemaker.exceptions import ValidationError

from sandbox.eventbridge import events
from sandbox.programs.patterns import PatternRefused
from sandbox.sagemaker.tuning import requests, tried_jobs
from sandbox.sagemaker.tuning.objectives import Objective, count_not_improving
from sandbox.sagemaker.tuning.samplers import Exhausted
from sandbox.sagemaker.tuning.tried_jobs import TriedJob
from sandbox.state.stores import Document, Place, now

if TYPE_CHECKING:
    from sandbox.sagemaker.training import TrainingJob
    from sandbox.sagemaker.tuning.stopping import StoppingRule
    from sandbox.sagemaker.tuning.strategies import Plan

Launch = Callable[[Place, Document, str], "TrainingJob"]
"""Starts a training job of a request for the tuning job of an ARN."""
_POLL_SECONDS = 0.1
_ATTEMPTS = 5
"""Training jobs that may fail before one succeeds: aws/amazon-sagemaker-examples#2437."""


class TuningJob:
    """One tuning job; `document` is what of Describe does not follow from its training jobs."""

    def __init__(self, place: Place, request: Document, plan: Plan, launch: Launch) -> None:
        self.place, self.request, self._launch_training = place, request, launch
        self.name = str(request["HyperParameterTuningJobName"])
        self.arn = place.arn("hyper-parameter-tuning-job", self.name)
        self.tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags") or []}
        self.config: Document = {
            "TrainingJobEarlyStoppingType": "Off",
            **request["HyperParameterTuningJobConfig"],
        }
        self.document: Document = {
            "HyperParameterTuningJobName": self.name,
            "HyperParameterTuningJobArn": self.arn,
            "HyperParameterTuningJobConfig": self.config,
            "TrainingJobDefinition": requests.described_definition(request),
            "HyperParameterTuningJobStatus": "InProgress",
            "CreationTime": now(),
            "LastModifiedTime": now(),
        }
        self.tried: list[TriedJob] = []
        self._objective = Objective.of(self.config)
        self._sampler, self._rule, self._max_jobs = plan.sampler, plan.rule, plan.max_jobs
        self._ended: list[TriedJob] = []
        self._ending: tuple[str, str] | None = None
        self._began = time.monotonic()
        self._lock = threading.RLock()
        self._is_abandoned = False

    @property
    def status(self) -> str:
        """InProgress, Stopping, Completed, Failed or Stopped."""
        return str(self.document["HyperParameterTuningJobStatus"])

    def start(self) -> None:
        """Run in the background."""
        self.emit()
        threading.Thread(target=self._run, name=self.name, daemon=True).start()

    def stop(self) -> None:
        """End the running training jobs and start no more; ValidationException when it has ended.

        sagemaker.Session.stop_tuning_job expects that exception; its words are not known.
        """
        with self._lock:
            if self.status != "InProgress":
                raise ValidationError(
                    message="The request was rejected because the hyperparameter tuning job is in "
                    f"status {self.status}."
                )
            self._ending = ("Stopped", "")
            self._set_status("Stopping")
        self.emit()

    def abandon(self) -> None:
        """Start nothing more and end what runs: the sandbox is reset or stopped."""
        with self._lock:
            self._is_abandoned = True
            for one in self._running():
                _stop(one)

    def describe(self) -> Document:
        """Return what DescribeHyperParameterTuningJob answers."""
        with self._lock:
            best = tried_jobs.best_of(self.tried)
            seconds = self.document.get("ConsumedResources", {}).get("RuntimeInSeconds")
            return {
                **self.document,
                **tried_jobs.counters(self.tried),
                **({"BestTrainingJob": best.summary(self.name)} if best else {}),
                "TuningJobCompletionDetails": {
                    "NumberOfTrainingJobsObjectiveNotImproving": self._not_improving()
                },
                "ConsumedResources": {"RuntimeInSeconds": seconds or self._seconds()},
            }

    def summaries(self) -> list[Document]:
        """Return a HyperParameterTrainingJobSummary of each training job."""
        with self._lock:
            return [one.summary(self.name) for one in self.tried]

    def emit(self) -> None:
        """Tell EventBridge the state of this job."""
        detail = {**self.describe(), "Tags": self.tags}
        change = "SageMaker HyperParameter Tuning Job State Change"
        events.put(self.place, events.Event("aws.sagemaker", change, detail, [self.arn]))

    def _run(self) -> None:
        try:
            while not self._step():
                time.sleep(_POLL_SECONDS)
        except (
            JsonRESTError,
            ServiceException,
        ) as error:  # a training job that AWS would refuse, by quota above all
            self._end("Failed", str(error.message))
        except Exception as error:  # an error of the sandbox must not look like a running job
            self._end("Failed", f"InternalServerError: sandbox: {type(error).__name__}: {error}")

    def _step(self) -> bool:
        """Look at the training jobs, start and stop some; return whether this was the last time."""
        with self._lock:
            if self._is_abandoned:
                return True
            self._look()
            self._ending = self._ending or self._verdict()
            if self._ending is None:
                self._start_more()
                return False
            running = self._running()
            for one in running:
                _stop(one)
        if not running:
            self._end(*self._ending)
        return not running

    def _look(self) -> None:
        finished = [one for one in self.tried if one.note_end()]
        if self._rule:
            self._stop_early(self._rule)
        self._ended += finished

    def _stop_early(self, rule: StoppingRule) -> None:
        specification = self.request["TrainingJobDefinition"]["AlgorithmSpecification"]
        (regex, *_) = [
            one["Regex"]
            for one in specification["MetricDefinitions"]
            if one["Name"] == self._objective.name
        ]
        earlier = {one.number: one.losses for one in self._ended if one.job.status == "Completed"}
        for one in self.tried:
            with contextlib.suppress(PatternRefused):  # the job itself will fail by it
                one.read_losses(regex)
            is_stoppable = not (one.has_ended or one.is_asked_to_stop)
            if is_stoppable and rule.must_stop(one.number, one.losses, earlier):
                _stop(one)

    def _verdict(self) -> tuple[str, str] | None:
        failed = sum(one.job.status == "Failed" for one in self._ended)
        if failed and failed == len(self._ended) and failed >= min(_ATTEMPTS, self._max_jobs):
            return "Failed", (
                f"No training job succeeded after {failed} attempts. Please take a look at the "
                "training job failures to get more details."
            )
        criteria = self.config.get("TuningJobCompletionCriteria") or {}
        target, best = criteria.get("TargetObjectiveMetricValue"), tried_jobs.best_of(self._ended)
        patience = (criteria.get("BestObjectiveNotImproving") or {}).get(
            "MaxNumberOfTrainingJobsNotImproving"
        )
        runtime = self.config["ResourceLimits"].get("MaxRuntimeInSeconds")
        is_over = (
            len(self._ended) >= self._max_jobs
            or (target is not None and best and (best.loss or 0.0) <= self._objective.loss(target))
            or (patience is not None and self._not_improving() >= patience)
            or (runtime is not None and self._seconds() >= runtime)
        )
        return ("Completed", "") if is_over else None

    def _start_more(self) -> None:
        limits = self.config["ResourceLimits"]
        free = int(limits["MaxParallelTrainingJobs"]) - len(self._running())
        for number in range(len(self.tried), min(self._max_jobs, len(self.tried) + free)):
            try:
                tuned = self._sampler.propose([one.trial for one in self.tried])
            except Exhausted:
                self._max_jobs = len(self.tried)
                return
            name = f"{self.name}-{number + 1:03d}-{secrets.token_hex(4)}"
            request = requests.training_request(self.request, name, tuned)
            job = self._launch_training(self.place, request, self.arn)
            self.tried.append(TriedJob(number, job, tuned, self._objective))

    def _running(self) -> list[TriedJob]:
        return [one for one in self.tried if one.job.status not in tried_jobs.ENDED]

    def _not_improving(self) -> int:
        return count_not_improving(one.loss for one in self._ended if one.loss is not None)

    def _seconds(self) -> int:
        return max(1, round(time.monotonic() - self._began))

    def _end(self, status: str, reason: str) -> None:
        with self._lock:
            for one in self._running():
                _stop(one)
            if reason:
                self.document["FailureReason"] = reason[:1024]
            self.document["HyperParameterTuningEndTime"] = now()
            self.document["ConsumedResources"] = {"RuntimeInSeconds": self._seconds()}
            self._set_status(status)
        self.emit()

    def _set_status(self, status: str) -> None:
        self.document |= {"HyperParameterTuningJobStatus": status, "LastModifiedTime": now()}


def _stop(one: TriedJob) -> None:
    if not one.is_asked_to_stop:
        one.is_asked_to_stop = True
        with contextlib.suppress(ValidationError):  # it has just ended
            one.job.stop()
