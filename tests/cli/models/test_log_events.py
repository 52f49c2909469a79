"""Which log is read, and what of a run's history is worth a line."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.models import log_events, workflow_runs
from cli.models.log_events import LogSource
from cli.terminal.errors import Failure
from tests.cli.service import Service, environment, refused

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
OURS, THEIRS = "s3://machine/churn/training/1", "s3://machine-of-prod/churn/training/1"
# Its name goes on after that of the other model.
LONGER = "s3://machine/churn-2/training/1"


def jobs(*names: str) -> dict[str, Any]:
    return {"TrainingJobSummaries": [{"TrainingJobName": name} for name in names]}


def described(path: str) -> dict[str, Any]:
    return {"OutputDataConfig": {"S3OutputPath": path}, "TrainingJobStatus": "Completed"}


def test_the_newest_job_of_this_model_in_this_environment_is_read() -> None:
    service = Service(
        list_training_jobs=[jobs("big-churn-1", "churn-2", "churn-3", "churn-4")],
        describe_training_job=[described(path) for path in (THEIRS, OURS, OURS)],
    )

    found = log_events.newest_job_logs(environment(service), "churn")

    assert (found.group, found.prefix) == ("/aws/sagemaker/TrainingJobs", "churn-3/")
    assert (found.name, found.ended()) == ("churn-3", True)
    asked = {"NameContains": "churn-", "SortBy": "CreationTime", "SortOrder": "Descending"}
    assert asked.items() <= service.given[0].items()


@pytest.mark.parametrize(
    ("name", "path"), [("big-churn-1", OURS), ("churn-2", THEIRS), ("churn-2-1", LONGER)]
)
def test_a_job_of_another_model_or_environment_is_not_this_ones(name: str, path: str) -> None:
    service = Service(list_training_jobs=[jobs(name)], describe_training_job=[described(path)])

    with pytest.raises(Failure, match=r"no training job ran yet; .*: ./kiban train churn"):
        log_events.newest_job_logs(environment(service), "churn")


def read(service: Service, prefix: str) -> list[str]:
    source = LogSource("group", prefix, "name", lambda: True)
    return [text for _, text in log_events.read_log(environment(service), source, follow=False)]


def test_an_endpoint_has_no_prefix_that_its_streams_share() -> None:
    service = Service(filter_log_events=[{"events": []}])

    assert read(service, "") == []
    assert service.given == [{"logGroupName": "group", "startTime": 0}]


def test_a_log_that_is_not_there_yet_is_empty_and_one_that_is_refused_is_an_error() -> None:
    assert read(Service(filter_log_events=[refused("ResourceNotFoundException")]), "p") == []
    with pytest.raises(ClientError, match="AccessDenied"):
        read(Service(filter_log_events=[refused("AccessDenied")]), "p")


HISTORY: list[dict[str, Any]] = [
    {"type": "ExecutionStarted"},
    {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "Train"}},
    {"type": "TaskScheduled", "taskScheduledEventDetails": {"resource": "x"}},
    {"type": "TaskFailed", "taskFailedEventDetails": {"error": "E", "cause": "too big"}},
    {"type": "TaskFailed", "taskFailedEventDetails": {"error": "E"}},
    {"type": "TaskTimedOut", "taskTimedOutEventDetails": {"cause": "nothing more"}},
    {"type": "LambdaFunctionFailed", "reason": {"error": "no details"}},
    {"type": "ExecutionFailed", "executionFailedEventDetails": {"error": "F"}},
]


def history(*events: dict[str, Any]) -> dict[str, Any]:
    return {"events": [{"timestamp": MOMENT, **event} for event in events]}


def test_a_history_tells_of_states_failures_and_both_ends() -> None:
    service = Service(get_execution_history=[history(*HISTORY)])

    assert log_events.run_history(environment(service), "arn") == [
        (MOMENT, "", "ExecutionStarted"),
        (MOMENT, "Train", "entered"),
        (MOMENT, "Train", "E: too big"),
        (MOMENT, "Train", "E"),
        (MOMENT, "Train", "F"),
    ]


def test_a_history_is_followed_until_the_run_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    states = [SimpleNamespace(status=status) for status in ("RUNNING", "RUNNING", "SUCCEEDED")]
    monkeypatch.setattr(workflow_runs, "describe_run", lambda env, arn: states.pop(0))
    pages = [history(*HISTORY[:count]) for count in (1, 1, 2)]

    found = log_events.follow_history(environment(Service(get_execution_history=pages)), "arn")

    assert [text for _, _, text in found] == ["ExecutionStarted", "entered"]
    assert (waits, states) == ([0.5, 0.5], [])
