from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEventException,
)

from sandbox.iam import casing
from sandbox.state import context
from sandbox.stepfunctions import integrations
from sandbox.stepfunctions.integrations import OptimisedTask
from sandbox.stepfunctions.sync_jobs import SYNC_JOBS


class Stopped:
    """The environment of an execution that was stopped a moment ago."""

    def is_running(self) -> bool:
        return False


class Builds:
    """A CodeBuild client that remembers which builds it was asked to stop."""

    def __init__(self) -> None:
        self.stopped: list[str] = []

    def stop_build(self, **request: Any) -> None:
        self.stopped.append(request["id"])


def test_a_stop_between_the_start_of_work_and_its_wait_ends_the_work_and_starts_no_thread() -> None:
    task, builds = object.__new__(OptimisedTask), Builds()
    task._owned = (builds, SYNC_JOBS["codebuild", "startBuild"], {"ids": ["build:1"]})
    before = set(threading.enumerate())

    # moto hands over what lies on its stack: the timeout was not evaluated any more.
    outcome = task._eval_sync(Stopped(), lambda: None, {}, object(), None)

    assert outcome is None
    assert builds.stopped == ["build:1"]
    # One of another test may end meanwhile.
    assert set(threading.enumerate()) <= before


def task(
    service: str = "sagemaker", action: str = "createTrainingJob", condition: Any = "sync"
) -> Any:
    """A Task state of an optimised integration, whose failures are error and cause."""
    one: Any = object.__new__(OptimisedTask)
    one.resource = SimpleNamespace(
        service_name=service, api_action=action, condition=condition, resource_arn="arn:task"
    )
    one._failure = lambda env, error, cause: (error, cause)
    one._get_boto_service_name = lambda name=None: name or service
    return one


@pytest.mark.parametrize("key", SYNC_JOBS)
def test_the_jobs_of_sagemaker_and_builds_can_be_waited_for(key: tuple[str, str]) -> None:
    task(*key)._validate_service_integration_is_supported()


def test_nothing_else_can_be_waited_for_and_everything_else_can_be_called() -> None:
    task("sns", "publish", None)._validate_service_integration_is_supported()

    with pytest.raises(ValueError, match="arn:task is not emulated; use one of sagemaker:create"):
        task("sns", "publish")._validate_service_integration_is_supported()


@pytest.fixture
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(url="http://127.0.0.1:1"))


@pytest.mark.usefixtures("_nowhere")
@pytest.mark.parametrize(
    ("service", "condition", "given", "tags"),
    [
        ("sagemaker", "sync", {}, [integrations._MANAGED]),
        ("sagemaker", "sync", {"tags": [{"key": "k"}]}, [{"Key": "k"}, integrations._MANAGED]),
        ("sagemaker", None, {}, None),
    ],
)
def test_a_job_that_is_waited_for_is_marked_as_step_functions_marks_it(
    service: str, condition: Any, given: dict[str, Any], tags: Any
) -> None:
    parameters: dict[str, Any] = {"trainingJobName": "n", **given}

    task(service, condition=condition)._normalise_parameters(parameters)

    assert parameters.pop("Tags", None) == tags
    assert parameters == {"TrainingJobName": "n"}


@pytest.mark.usefixtures("_nowhere")
def test_a_build_that_is_waited_for_is_not_marked_and_an_operation_exists() -> None:
    parameters = {"ProjectName": "p"}
    task("codebuild", "startBuild")._normalise_parameters(parameters)
    assert parameters == {"projectName": "p"}

    with pytest.raises(casing.UnknownField, match="arn:task does not exist: sns has no such"):
        task("sns", "fly")._normalise_parameters({})


@pytest.mark.usefixtures("_nowhere")
@pytest.mark.parametrize(
    ("service", "time"), [("aws-sdk", "1970-01-01T00:00:01.000Z"), ("x", 1_000)]
)
def test_an_answer_shows_times_as_its_kind_of_integration_does(service: str, time: Any) -> None:
    one = task(service, "describeTrainingJob")
    answer: Any = {"CreationTime": datetime.fromtimestamp(1, UTC), "ResponseMetadata": {}}

    integrations._to_result(one, answer, "sagemaker")
    integrations._to_result(one, "text", "sagemaker")

    assert answer == {"CreationTime": time}


class Jobs:
    """A client of SageMaker and CodeBuild with one job in this state."""

    def __init__(self, status: str, error: Exception | None = None) -> None:
        self.status, self.error = status, error
        self.stopped: list[dict[str, Any]] = []

    def describe_training_job(self, **key: Any) -> dict[str, Any]:
        return {**key, "TrainingJobStatus": self.status}

    def batch_get_builds(self, ids: list[str]) -> dict[str, Any]:
        return {"builds": [{"id": ids[0], "buildStatus": self.status}]}

    def stop_training_job(self, **key: Any) -> None:
        self.stopped.append(key)
        if self.error:
            raise self.error


def waiting(one: Any, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Any:
    shape = SimpleNamespace(output_shape=None)
    monkeypatch.setattr(integrations, "client_for", lambda *given: jobs)
    monkeypatch.setattr(integrations, "find", lambda *given: shape)
    monkeypatch.setattr(casing, "from_api", _capital)
    env = SimpleNamespace(stack=[{"Build": {"Id": "b:1"}}])
    where = SimpleNamespace(region="r")
    return one._build_sync_resolver(env, where, {"TrainingJobName": "n"}, None)


def _capital(value: Any, shape: Any, *, epoch: bool) -> Any:
    assert epoch
    if isinstance(value, dict):
        return {k[:1].upper() + k[1:]: _capital(v, shape, epoch=epoch) for k, v in value.items()}
    return [_capital(v, shape, epoch=epoch) for v in value] if isinstance(value, list) else value


TRAINING, BUILD = ("sagemaker", "createTrainingJob"), ("codebuild", "startBuild")


@pytest.mark.parametrize(
    ("key", "status", "ended"),
    [
        (TRAINING, "InProgress", False),
        (TRAINING, "Stopping", False),
        (TRAINING, "Completed", True),
        (BUILD, "IN_PROGRESS", False),
        (BUILD, "SUCCEEDED", True),
    ],
)
def test_work_is_waited_for_until_it_has_ended(
    key: tuple[str, str], status: str, ended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = waiting(task(*key), Jobs(status), monkeypatch)()

    assert (found is not None) is ended


@pytest.mark.parametrize(
    ("key", "status"),
    [
        (TRAINING, "Failed"),
        (TRAINING, "Stopped"),
        (BUILD, "FAILED"),
        (BUILD, "FAULT"),
        (BUILD, "STOPPED"),
        (BUILD, "TIMED_OUT"),
    ],
)
def test_work_that_fails_fails_its_state_with_its_description(
    key: tuple[str, str], status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FailureEventException) as caught:
        waiting(task(*key), Jobs(status), monkeypatch)()

    failure: Any = caught.value.failure_event
    assert failure[0] == "States.TaskFailed"
    assert status in json.dumps(json.loads(failure[1]))


def failed(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "Call")


def test_work_is_stopped_by_its_name_and_a_refusal_is_ignored() -> None:
    one, jobs = task(), Jobs("InProgress", failed("ValidationException"))
    one._owned = (jobs, SYNC_JOBS[TRAINING], {"TrainingJobName": "n"})

    one._stop_work()

    assert jobs.stopped == [{"TrainingJobName": "n"}]
    jobs.error = KeyError("a bug")
    with pytest.raises(KeyError):
        one._stop_work()


@pytest.mark.parametrize(
    ("service", "code", "error"),
    [
        ("sagemaker", "ValidationException", "SageMaker.AmazonSageMakerException"),
        ("sagemaker", "ValidationError", "SageMaker.AmazonSageMakerException"),
        ("sagemaker", "AccessDeniedException", "SageMaker.AmazonSageMakerException"),
        ("sagemaker", "ResourceLimitExceeded", "SageMaker.ResourceLimitExceededException"),
        ("codebuild", "AccessDeniedException", "CodeBuild.AWSCodeBuildException"),
        ("codebuild", "ResourceNotFoundException", "CodeBuild.ResourceNotFoundException"),
    ],
)
def test_an_error_of_an_optimised_integration_has_its_services_prefix(
    service: str, code: str, error: str
) -> None:
    assert task(service)._from_error(None, failed(code)) == (error, "m")
