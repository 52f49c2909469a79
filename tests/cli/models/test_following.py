"""How a run, its log and a rollout are followed, told without a sandbox."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.environment import status
from cli.commands.model.train import require_registered
from cli.models import log_events, model_versions, workflow_runs
from cli.models.log_events import LogSource, read_log
from cli.models.model_versions import LiveEndpoint, ModelVersion
from cli.models.workflow_runs import Run
from cli.terminal.errors import Failure
from tests.cli.service import Service, environment

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
VERSION = ModelVersion("arn:aws:sagemaker:r:1:model-package/g/3", "Approved", MOMENT, "", {})


def run(state: str, **output: Any) -> Run:
    return Run("arn:x:1", state, MOMENT, None, {"DataVersion": "given"}, output, "")


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between two looks, which take no time here."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


def events(*numbers: int) -> dict[str, Any]:
    return {
        "events": [
            {"eventId": str(n), "timestamp": n * 20_000, "message": f"line {n}#011end "}
            for n in numbers
        ]
    }


def lines(service: Service, ended: Iterator[bool], *, follow: bool, prefix: str = "") -> list[str]:
    source = LogSource("group", prefix, "name", lambda: next(ended))
    return [text for _, text in read_log(environment(service), source, follow=follow)]


def test_a_log_that_is_not_followed_is_read_once(waited: list[float]) -> None:
    service = Service(filter_log_events=[events(1, 2)])

    assert lines(service, iter([]), follow=False) == ["line 1  end", "line 2  end"]
    assert (len(service.given), waited) == (1, [])


def test_a_log_is_followed_until_the_job_has_ended_and_no_line_comes_twice(
    waited: list[float],
) -> None:
    service = Service(filter_log_events=[events(1), events(1, 2), events(2, 3)])

    found = lines(service, iter([False, False, True]), follow=True, prefix="p/")

    assert found == ["line 1  end", "line 2  end", "line 3  end"]
    assert waited == [0.5, 0.5]
    # Ten seconds before the newest line: another stream may be late.
    assert [one["startTime"] for one in service.given] == [0, 10_000, 30_000]
    assert {one["logStreamNamePrefix"] for one in service.given} == {"p/"}


@pytest.mark.parametrize(
    ("status_", "ended"),
    [("Completed", True), ("Failed", True), ("Stopped", True), ("InProgress", False)],
)
def test_a_job_has_ended_in_three_ways(status_: str, ended: bool) -> None:
    service = Service(describe_training_job=[{"TrainingJobStatus": status_}])

    assert log_events._job_ended(environment(service), "job")() == ended


def test_an_endpoint_logs_for_ever_once_it_is_deployed() -> None:
    stack = SimpleNamespace(outputs={"EndpointName": "e"})
    env = SimpleNamespace(require_stack=lambda part: stack)

    source = log_events.endpoint_logs(env, "churn")  # type: ignore[arg-type]
    assert (source.group, source.ended()) == ("/aws/sagemaker/Endpoints/e", False)
    stack.outputs = {}
    with pytest.raises(Failure, match="no model is deployed yet"):
        log_events.endpoint_logs(env, "churn")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "finished", "message"),
    [
        (run("RUNNING"), False, None),
        (run("FAILED"), False, None),
        (run("SUCCEEDED", Outcome="registered"), True, None),
        (run("SUCCEEDED", Outcome="refused", ModelPackageArn="a/7"), True, "version 7 says why"),
        (run("FAILED"), True, "the training failed: no reason given"),
    ],
)
def test_a_finished_run_without_a_version_is_a_failure(
    given: Run, finished: bool, message: str | None
) -> None:
    if message is None:
        require_registered("churn", given, finished=finished)
        return
    with pytest.raises(Failure, match=message):
        require_registered("churn", given, finished=finished)


def described(status_: str, **more: Any) -> dict[str, Any]:
    return {"status": status_, "startDate": MOMENT, "executionArn": "arn:x:1", **more}


def test_a_run_is_waited_for_until_it_neither_runs_nor_is_tried_again(waited: list[float]) -> None:
    entered = [
        {"id": 2, "stateEnteredEventDetails": {"name": "Old"}},
        {"id": 10, "stateEnteredEventDetails": {"name": "New"}},
        {"id": 11, "type": "TaskScheduled"},
    ]
    service = Service(
        describe_execution=[described(s) for s in ("RUNNING", "PENDING_REDRIVE", "SUCCEEDED")],
        get_execution_history=[{"events": entered}],
    )
    told: list[str] = []

    done = workflow_runs.wait_for_run(
        environment(service),
        "arn:x:1",
        SimpleNamespace(update=told.append),  # type: ignore[arg-type]
    )

    assert done.status == "SUCCEEDED"
    assert told == ["1: New", "1: New"]
    assert waited == [0.5, 0.5]
    history = [one for one in service.given if "reverseOrder" in one]
    assert history[0] == {"executionArn": "arn:x:1", "reverseOrder": True, "maxResults": 50}


def test_runs_are_listed_newest_first_and_no_more_than_asked_for() -> None:
    early, late = (
        described("SUCCEEDED", startDate=MOMENT + timedelta(days=days)) for days in (0, 1)
    )
    service = Service(
        list_executions=[{"executions": [{"executionArn": "a"}, {"executionArn": "b"}]}],
        describe_execution=[early, late],
    )

    found = workflow_runs.newest_runs(environment(service), "churn", 7)

    assert [one.started for one in found] == [late["startDate"], early["startDate"]]
    assert service.given[0] == {"stateMachineArn": "machine", "maxResults": 7}


def test_a_run_says_what_it_knows() -> None:
    known = run("SUCCEEDED", Outcome="registered", DataVersion="used", Metrics={"auc": "0.5"})

    assert (known.name, known.state, known.data_version) == ("1", "registered", "used")
    assert (known.metric("auc"), known.metric("f1")) == (0.5, None)
    assert (run("RUNNING").state, run("RUNNING").data_version) == ("RUNNING", "given")
    assert run("RUNNING").package == ""


@pytest.mark.parametrize(
    ("error", "cause", "expected"),
    [
        ("E", json.dumps({"FailureReason": "a\nb", "Cause": "c"}), "E: a b"),
        ("E", json.dumps({"errorMessage": "m"}), "E: m"),
        ("E", json.dumps({"Cause": "c"}), "E: c"),
        ("E", "plain", "E: plain"),
        ("E", "", "E"),
        ("", "", ""),
    ],
)
def test_a_failure_is_one_line(error: str, cause: str, expected: str) -> None:
    assert workflow_runs.explain_failure(error, cause) == expected


def live(**changes: Any) -> LiveEndpoint:
    usual: dict[str, Any] = {
        "package": VERSION.arn,
        "stack_status": "UPDATE_COMPLETE",
        "endpoint": "e",
        "endpoint_status": "InService",
        "agrees": True,
    }
    return LiveEndpoint(**usual | changes)


@pytest.mark.parametrize(
    "unsettled",
    [{"package": "other"}, {"agrees": False}, {"endpoint_status": "Updating"}],
)
def test_a_version_is_live_when_stack_and_endpoint_say_so(
    unsettled: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    states = [live(**unsettled), live()]
    told: list[str] = []
    monkeypatch.setattr(model_versions, "live_endpoint", lambda env, model: states.pop(0))
    monkeypatch.setattr(model_versions, "describe_version", lambda env, arn: VERSION)

    model_versions.wait_until_live(environment(Service()), "churn", VERSION, told.append)

    assert (states, len(told)) == ([], 1)


def test_a_version_that_is_rejected_is_waited_for_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rejected = ModelVersion(VERSION.arn, "Rejected", MOMENT, "too slow", {})
    monkeypatch.setattr(model_versions, "live_endpoint", lambda env, model: live(agrees=False))
    monkeypatch.setattr(model_versions, "describe_version", lambda env, arn: rejected)

    with pytest.raises(Failure, match="version 3 was rejected: too slow; the version before stays"):
        model_versions.wait_until_live(environment(Service()), "churn", VERSION, print)


@pytest.mark.parametrize(
    ("config", "stack_status", "package", "agrees"),
    [
        ("c", "UPDATE_COMPLETE", "p", True),
        ("d", "UPDATE_COMPLETE", "p", False),
        ("c", "UPDATE_IN_PROGRESS", "p", False),
        ("c", "UPDATE_COMPLETE", "", False),
    ],
)
def test_an_endpoint_agrees_with_a_stack_that_is_finished(
    config: str, stack_status: str, package: str, agrees: bool
) -> None:
    stack: Any = SimpleNamespace(
        parameters={"ModelPackageArn": package},
        outputs={"EndpointName": "e", "EndpointConfigName": "c"},
        status=stack_status,
    )
    answer = {"EndpointConfigName": config, "EndpointStatus": "InService"}

    found = model_versions.live_endpoint(
        environment(Service(describe_endpoint=[answer])), "churn", stack
    )

    assert (found.agrees, found.endpoint_status) == (agrees, "InService")
    stack.outputs = {}
    unborn = model_versions.live_endpoint(environment(Service()), "churn", stack)
    assert (unborn.endpoint, unborn.agrees) == ("", False)


def test_many_models_are_a_row_each(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {
        "a": {"live": live()},
        "b": {"live": live(endpoint="", endpoint_status="")},
        "c": {"live": None},
    }

    status._show_many(environment(Service()), facts)

    rows = [line.split() for line in capsys.readouterr().out.splitlines()[-3:]]
    assert rows == [
        ["a", "3", "InService"],
        ["b", "no", "version", "is", "live"],
        ["c", "no", "version", "is", "live"],
    ]


def test_with_many_models_only_those_stacks_are_listed_that_want_a_look() -> None:
    fine = SimpleNamespace(status="UPDATE_COMPLETE", updated=None)
    models = [f"m{number}" for number in range(11)]

    def listed(stacks: dict[str, Any], names: list[str]) -> list[str]:
        return [row[0] for row in status._rows(stacks, names)]

    stacks: dict[str, Any] = {
        "Storage": fine,
        "Training-m1": fine,
        "Inference-m1": None,
        "Training-m2": SimpleNamespace(status="UPDATE_ROLLBACK_COMPLETE", updated=None),
        "Inference-m2": SimpleNamespace(status="UPDATE_IN_PROGRESS", updated=None),
    }
    assert listed(stacks, models) == [
        "Storage",
        "Inference-m1",
        "Training-m2",
        "Inference-m2",
        "[dim]1 more[/]",
    ]
    assert listed(stacks, models[:10]) == [*stacks]
