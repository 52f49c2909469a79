"""What still runs in an environment, told by hand-made answers, and how it is stopped."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.removal import deletion_checks, pruning, running_work
from cli.removal.removed_stacks import RemovedStack
from cli.removal.running_work import RunningWork
from cli.terminal.errors import Failure
from tests.cli.service import Service, environment, refused

OURS = {"kiban:environment": "kiban-dev", "kiban:model": "churn"}


class Jobs(Service):
    """Two kinds of jobs, each of one state, with these tags."""

    exceptions = SimpleNamespace(ClientError=ClientError, StateMachineDoesNotExist=ClientError)

    def __init__(self, tags: dict[str, str]) -> None:
        super().__init__(
            list_tags=[{"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}],
            stop_training_job=[None],
            stop_processing_job=[None],
        )

    def list_training_jobs(self, StatusEquals: str) -> Any:
        return self._page("Training", StatusEquals)

    def list_processing_jobs(self, StatusEquals: str) -> Any:
        return self._page("Processing", StatusEquals)

    def _page(self, kind: str, status: str) -> Any:
        name = f"{kind.lower()}-{status}"
        return {f"{kind}JobSummaries": [{f"{kind}JobName": name, f"{kind}JobArn": f"arn:{name}"}]}


def jobs(tags: dict[str, str]) -> list[RunningWork]:
    env = environment(Jobs(tags), config=SimpleNamespace(stage="kiban-dev"))
    return running_work.find_running_work(env, [], {"churn", "fraud"})


def test_jobs_that_run_or_are_still_stopping_are_found_with_the_line_that_stops_them() -> None:
    assert [(work.name, work.command) for work in jobs(OURS)] == [
        (f"{kind} job {kind}-{state}", f"{line} {kind}-{state}")
        for kind in ("training", "processing")
        for state in ("InProgress", "Stopping")
        for line in [f"aws sagemaker stop-{kind}-job --{kind}-job-name"]
    ]


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"kiban:environment": "kiban-dev"},
        {"kiban:model": "churn"},
        {**OURS, "kiban:environment": "kiban-prod"},
        {**OURS, "kiban:model": "churn-eu"},
    ],
)
def test_a_job_of_another_environment_or_model_is_none_of_it(tags: dict[str, str]) -> None:
    assert jobs(tags) == []


def work(*errors: Exception | None) -> tuple[RunningWork, list[Any]]:
    """Something that runs, and what came of each attempt to stop it."""
    stops: list[Any] = []
    left = list(errors)

    def stop() -> None:
        stops.append(left[0])
        if error := left.pop(0):
            raise error

    return RunningWork("job j", "aws stop j", stop), stops


def stopped(monkeypatch: pytest.MonkeyPatch, one: RunningWork, looks: int) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    answers = [[one]] * looks + [[]]
    running_work.stop_all(environment(Service()), lambda: answers.pop(0))
    return waits


def test_what_runs_is_stopped_once_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    one, stops = work(None)

    assert stopped(monkeypatch, one, 3) == [0.5, 0.5, 0.5]
    assert stops == [None]


def test_what_ended_meanwhile_is_no_error_and_any_other_refusal_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended, _ = work(refused("ValidationException"))
    denied, _ = work(refused("AccessDenied"))

    stopped(monkeypatch, ended, 1)
    with pytest.raises(ClientError, match="AccessDenied"):
        stopped(monkeypatch, denied, 1)


def test_what_does_not_stop_is_named_with_the_line_that_stops_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running_work, "_STOP_SECONDS", -1)
    one, _ = work(None)

    with pytest.raises(Failure, match="job j: does not stop; aws stop j"):
        stopped(monkeypatch, one, 1)


def deleting(monkeypatch: pytest.MonkeyPatch, *states: str) -> list[float]:
    """The waits until a stack that comes to these states is gone."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    monkeypatch.setattr(pruning, "failure_reason", lambda env, stack: "in use")
    left = [SimpleNamespace(name="S", status=state) for state in states]
    service = Service(delete_stack=[None])
    env = environment(service, named_stack=lambda name: left.pop(0) if left else None)
    removed: Any = RemovedStack(SimpleNamespace(name="S"), "S", "")  # type: ignore[arg-type]
    pruning._delete(env, removed)
    assert service.given == [{"StackName": "S"}]
    return waits


def test_a_stack_is_deleted_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert deleting(monkeypatch, "DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS") == [0.5, 0.5]


def test_a_stack_that_cannot_be_deleted_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Failure, match="S: DELETE_FAILED: in use"):
        deleting(monkeypatch, "DELETE_IN_PROGRESS", "DELETE_FAILED")


def test_a_deletion_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "_DELETION_SECONDS", -1)

    with pytest.raises(Failure, match=r"S: still DELETE_IN_PROGRESS; see: ./kiban status"):
        deleting(monkeypatch, "DELETE_IN_PROGRESS")


def test_an_export_that_nobody_imports_has_no_users_and_one_that_is_hidden_is_an_error() -> None:
    unused = refused("ValidationError", "Export 'e' is not imported by any stack.")

    def users(answer: Any) -> list[str]:
        return deletion_checks._users(environment(Service(list_imports=[answer])), "e")

    assert users({"Imports": ["a", "b"]}) == ["a", "b"]
    assert users(unused) == []
    with pytest.raises(ClientError, match="Throttling"):
        users(refused("Throttling"))
