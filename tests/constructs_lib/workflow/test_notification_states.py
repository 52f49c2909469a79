"""Notification of a failure: the reason that people read."""

import json

import pytest

from tests.templates.expressions import value
from tests.templates.model_stacks import model_stacks


def test_people_read_the_reason_and_not_the_whole_job() -> None:
    state = model_stacks().definition("workflow")["States"]["NotifyFailure"]
    cause = '{"TrainingJobName":"j","FailureReason":"AlgorithmError: no rows","Other":1}'

    told = value(state["Arguments"]["Message"], failure={"Error": "E", "Cause": cause})
    assert "E: AlgorithmError: no rows. Execution: arn:" in told
    failed = model_stacks().definition("workflow")["States"]["Failed"]
    ended = value(failed, failure={"Error": "States.TaskFailed", "Cause": cause})
    assert (ended["Error"], ended["Cause"]) == ("TaskFailed", "AlgorithmError: no rows")
    plain = value(state["Arguments"]["Message"], failure={"Error": "E", "Cause": "just text"})
    assert "E: just text. Execution: arn:" in plain


def test_a_reason_with_quotes_and_escapes_is_told_whole() -> None:
    failed = model_stacks().definition("workflow")["States"]["Failed"]
    reason = 'AlgorithmError: eta must be a number in [0, 1]; got "5", not \\ é'
    cause = json.dumps({"FailureReason": reason, "Tags": [{"Key": "a", "Value": "b"}]})

    assert value(failed, failure={"Error": "E", "Cause": cause})["Cause"] == reason


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ({"Error": "States.Timeout"}, ""),
        ({"Error": "S3.NoSuchKeyException", "Cause": "gone"}, "gone"),
    ],
)
def test_a_failure_is_remembered_with_or_without_a_cause(error: dict[str, str], cause: str) -> None:
    states = model_stacks().definition("workflow")["States"]
    (caught,) = states["ReadEvaluation"]["Catch"]

    remembered = value(caught["Assign"], states={"errorOutput": error})
    assert remembered == {"failure": {"Error": error["Error"], "Cause": cause}}


@pytest.mark.parametrize("purpose", ("workflow", "rollout"))
def test_a_notification_names_its_model_in_its_subject(purpose: str) -> None:
    states = model_stacks().definition(purpose)["States"]
    notifications = {name for name in states if name.startswith("Notify")}

    assert notifications
    for name in notifications:
        state = states[name]
        assert "kiban-test-churn" in state["Arguments"]["Subject"], name
        assert "Topic" in state["Arguments"]["TopicArn"], name
