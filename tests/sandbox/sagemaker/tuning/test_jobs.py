"""Tuning jobs step by step, over training jobs that end when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError
from moto.sagemaker.exceptions import ValidationError

from sandbox.eventbridge import events
from sandbox.sagemaker.tuning import operations, requests, strategies
from sandbox.sagemaker.tuning.jobs import TuningJob
from sandbox.state.stores import Place, now
from tests.sandbox.sagemaker.tuning.test_requests import HYPERBAND, asked

HERE = Place("123456789012", "us-east-1")


class Training:
    """A training job that runs until `end`."""

    def __init__(self, place: Place, request: dict[str, Any], tuning_job: str) -> None:
        self.status, self.lines, self.request = "InProgress", list[str](), request
        self.document: dict[str, Any] = {
            "TrainingJobName": request["TrainingJobName"],
            "TrainingJobArn": tuning_job,
            "CreationTime": now(),
            "TrainingJobStatus": self.status,
            "FinalMetricDataList": [],
        }

    def end(self, value: float | None = None, status: str = "Completed") -> None:
        self.status = self.document["TrainingJobStatus"] = status
        if value is not None:
            self.document["FinalMetricDataList"] = [{"MetricName": "auc", "Value": value}]

    def stop(self) -> None:
        if self.status != "InProgress":
            raise ValidationError(message="it has ended")
        self.end(status="Stopped")


class Tuning:
    """A tuning job whose steps a test makes itself."""

    def __init__(self, **config: Any) -> None:
        self.trainings: list[Training] = []
        request = asked(**config)
        plan = strategies.plan_of(request, requests.check(request))
        self.job = TuningJob(HERE, request, plan, self.launch)

    def launch(self, *given: Any) -> Any:
        self.trainings.append(Training(*given))
        return self.trainings[-1]

    def end(self, *values: float | None, status: str = "Completed") -> dict[str, Any]:
        """End one running job after the other with these values and return the description."""
        for value in values:
            self.job._step()
            self.running[0].end(value, status)
        self.job._step()
        return self.job.describe()

    @property
    def running(self) -> list[Training]:
        return [one for one in self.trainings if one.status == "InProgress"]


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The states that EventBridge was told of."""
    found: list[str] = []

    def put(place: Place, event: events.Event) -> None:
        found.append(event.detail["HyperParameterTuningJobStatus"])

    monkeypatch.setattr(events, "put", put)
    yield found
    operations.TUNING.clear()


def limits(jobs: int, parallel: int, **more: int) -> dict[str, int]:
    return {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": parallel, **more}


def test_as_many_training_jobs_run_at_once_as_may_and_no_more_than_asked_for() -> None:
    tuning = Tuning(ResourceLimits=limits(3, 2))
    tuning.job._step()
    assert len(tuning.running) == 2

    tuning.end(0.1)
    assert (len(tuning.running), len(tuning.trainings)) == (2, 3)
    assert tuning.end(0.2, 0.3)["HyperParameterTuningJobStatus"] == "Completed"
    assert len(tuning.trainings) == 3


def test_no_success_after_five_attempts_fails_in_the_words_of_aws(told: list[str]) -> None:
    tuning = Tuning(ResourceLimits=limits(9, 1))
    assert tuning.end(*[None] * 4, status="Failed")["HyperParameterTuningJobStatus"] == "InProgress"

    job = tuning.end(None, status="Failed")
    assert job["HyperParameterTuningJobStatus"] == told[-1] == "Failed"
    assert job["FailureReason"] == (
        "No training job succeeded after 5 attempts. Please take a look at the training job "
        "failures to get more details."
    )
    assert len(tuning.trainings) == 5


def test_all_of_fewer_jobs_failing_fails_too() -> None:
    job = Tuning(ResourceLimits=limits(2, 1)).end(None, None, status="Failed")

    assert job["FailureReason"].startswith("No training job succeeded after 2 attempts")


def test_one_success_is_enough_to_go_on() -> None:
    tuning = Tuning(ResourceLimits=limits(9, 1))
    tuning.end(0.5)

    job = tuning.end(*[None] * 7, status="Failed")
    assert job["HyperParameterTuningJobStatus"] == "InProgress"
    assert job["TrainingJobStatusCounters"]["NonRetryableError"] == 7


@pytest.mark.parametrize(("value", "status"), [(0.9, "Completed"), (0.89, "InProgress")])
def test_a_target_that_is_reached_completes_the_tuning(value: float, status: str) -> None:
    tuning = Tuning(
        ResourceLimits=limits(9, 2),
        TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.9},
    )

    tuning.end(value)
    tuning.job._step()
    assert tuning.job.status == status
    assert bool(tuning.running) is (status == "InProgress")


def test_jobs_that_do_not_improve_complete_the_tuning() -> None:
    tuning = Tuning(
        ResourceLimits=limits(9, 1),
        TuningJobCompletionCriteria={
            "BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}
        },
    )
    job = tuning.end(0.5, 0.6, 0.6, 0.603)
    assert job["HyperParameterTuningJobStatus"] == "InProgress"

    job = tuning.end(0.5)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    details = job["TuningJobCompletionDetails"]
    assert details["NumberOfTrainingJobsObjectiveNotImproving"] == 3
    assert job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == 0.603


def test_a_tuning_that_runs_too_long_completes_and_its_jobs_are_stopped() -> None:
    tuning = Tuning(ResourceLimits=limits(9, 2, MaxRuntimeInSeconds=120))
    tuning.end(0.5)
    tuning.job._began -= 119

    assert tuning.job._step() is False
    tuning.job._began -= 1
    tuning.job._step()
    tuning.job._step()
    assert tuning.job.status == "Completed"
    assert [one.status for one in tuning.trainings] == ["Completed", "Stopped", "Stopped"]
    assert tuning.job.describe()["ConsumedResources"]["RuntimeInSeconds"] >= 120


def test_a_job_that_ended_cannot_be_stopped() -> None:
    tuning = Tuning(ResourceLimits=limits(1, 1))
    tuning.end(0.5)

    with pytest.raises(ValidationError, match="in status Completed"):
        tuning.job.stop()


def test_an_abandoned_job_ends_its_training_jobs_and_starts_none() -> None:
    tuning = Tuning(ResourceLimits=limits(9, 2))
    operations.TUNING.add(HERE, "tune", lambda: tuning.job)
    tuning.job._step()
    operations.abandon_all()

    assert tuning.job._step() is True
    assert [one.status for one in tuning.trainings] == ["Stopped", "Stopped"]


def test_a_training_job_that_is_refused_fails_the_tuning_and_ends_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tuning = Tuning(ResourceLimits=limits(9, 2))
    launch = tuning.launch

    def refuse_second(*given: Any) -> Any:
        if tuning.trainings:
            raise JsonRESTError("ResourceLimitExceeded", "too many instances")
        return launch(*given)

    monkeypatch.setattr(tuning.job, "_launch_training", refuse_second)
    tuning.job._run()

    job = tuning.job.describe()
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert job["FailureReason"] == "too many instances"
    assert not tuning.running


def test_hyperband_stops_a_job_that_is_behind_and_one_that_had_its_epochs() -> None:
    tuning = Tuning(ResourceLimits=limits(9, 4), **HYPERBAND)
    tuning.job._step()
    first, _, third, _ = tuning.trainings  # the brackets take turns
    first.lines += ["auc=0.9", "something", "auc=0.9"]
    tuning.job._step()
    third.lines += ["auc=0.8", "auc=0.8"]
    tuning.job._step()
    assert (first.status, third.status) == ("InProgress", "Stopped")

    first.lines += ["auc=0.9"] * 7
    tuning.job._step()
    assert first.status == "Stopped"


def test_an_error_of_the_service_may_be_tried_again() -> None:
    tuning = Tuning(ResourceLimits=limits(9, 1))
    tuning.job._step()
    tuning.trainings[0].document["FailureReason"] = "InternalServerError: of the service"
    counted = tuning.end(None, status="Failed")["TrainingJobStatusCounters"]

    assert (counted["RetryableError"], counted["NonRetryableError"]) == (1, 0)
    assert counted["InProgress"] == 1


class Asked(operations.Operations):
    """A request with these parameters."""

    place = HERE

    def __init__(self, **parameters: Any) -> None:
        self.request_document = parameters


def test_a_running_job_cannot_be_deleted_but_one_that_ended_can() -> None:
    tuning = Tuning(ResourceLimits=limits(1, 1))
    operations.TUNING.add(HERE, "tune", lambda: tuning.job)
    request = Asked(HyperParameterTuningJobName="tune")

    with pytest.raises(ValidationError, match="is in status InProgress"):
        request.delete_hyper_parameter_tuning_job()
    tuning.end(0.5)
    request.delete_hyper_parameter_tuning_job()
    assert not operations.TUNING.all()


def test_a_request_is_held_to_the_instances_of_all_its_parallel_jobs() -> None:
    seen: list[Any] = []

    class Limited(Asked):
        @staticmethod
        def check_training(place: Place, request: dict[str, Any], parallel: int) -> None:
            seen.append(parallel)
            raise JsonRESTError("ResourceLimitExceeded", "no instances")

    with pytest.raises(JsonRESTError, match="ResourceLimitExceeded"):
        Limited(**asked(ResourceLimits=limits(9, 3))).create_hyper_parameter_tuning_job()
    assert seen == [3]
    assert not operations.TUNING.all()
