"""Retries and timeouts of the states: how often, after which pauses and for how long."""

from typing import Any

import pytest

from tests.templates.model_stacks import model_stacks

MACHINES = ("workflow", "intake", "rollout")
SPOT = {"training": {"spot": True, "triggers": {"alarms": ["drift"]}}}


NOTIFICATIONS = {"Notify", "NotifyFailure", "NotifyLive", "NotifyRejected"}


JOBS = {"Train", "Evaluate"}


def states(purpose: str, **churn: Any) -> dict[str, Any]:
    return dict(model_stacks(**churn).definition(purpose)["States"])


def retriers(name: str) -> list[tuple[int, int, int, int]]:
    """Attempts, first pause, rate and longest pause of a state, wherever it is."""
    (state,) = [
        states(purpose, **SPOT)[name] for purpose in MACHINES if name in states(purpose, **SPOT)
    ][:1]
    keys = ("MaxAttempts", "IntervalSeconds", "BackoffRate", "MaxDelaySeconds")
    return [(one[keys[0]], one[keys[1]], one[keys[2]], one[keys[3]]) for one in state["Retry"]]


@pytest.mark.parametrize("purpose", MACHINES)
def test_a_call_of_an_api_is_tried_five_times_more(purpose: str) -> None:
    for name, state in states(purpose, **SPOT).items():
        if ":aws-sdk:" in state.get("Resource", "") and name != "UpdateStack":
            assert retriers(name) == [(5, 2, 2, 60)], name
            prefix = state["Retry"][0]["ErrorEquals"][0].partition(".")[0]
            assert state["Retry"][0]["ErrorEquals"] == [
                f"{prefix}.ThrottlingException",
                f"{prefix}.{prefix}Exception",
                f"{prefix}.ServerException",
                f"{prefix}.SdkClientException",
            ]


@pytest.mark.parametrize("name", sorted(NOTIFICATIONS))
def test_a_notification_is_tried_three_times_more(name: str) -> None:
    assert retriers(name) == [(3, 2, 2, 30)]


@pytest.mark.parametrize("name", sorted(JOBS))
def test_a_job_waits_for_a_busy_service_and_longer_for_a_quota(name: str) -> None:
    assert retriers(name) == [(5, 5, 2, 120), (4, 120, 2, 900)]


def test_a_build_waits_for_another_one() -> None:
    assert retriers("BuildImage") == [(8, 60, 2, 600)]
    state = states("workflow")["BuildImage"]
    assert state["Retry"][0]["ErrorEquals"] == [
        "CodeBuild.AccountLimitExceededException",
        "CodeBuild.AWSCodeBuildException",
    ]


@pytest.mark.parametrize(
    ("purpose", "seconds"),
    [("workflow", 7 * 86_400 + 7 * 60 * 90), ("intake", 3_600), ("rollout", 2 * 86_400)],
)
def test_a_machine_ends_when_its_work_must_have_ended(purpose: str, seconds: int) -> None:
    training = {"spot": True, "max_runtime_minutes": 30, "max_wait_minutes": 90}
    definition = model_stacks(training=training).definition(purpose)

    assert definition["TimeoutSeconds"] == seconds


@pytest.mark.parametrize(
    ("name", "minutes"),
    [
        # An hour beyond the job's own limit, in which SageMaker stops it and says so.
        ("Train", 45 + 60),
        ("Evaluate", 60 + 30),
        # An hour to build and half an hour in CodeBuild's queue, and some time to spare.
        ("BuildImage", 120),
    ],
)
def test_a_job_is_given_up_when_it_must_have_ended(name: str, minutes: int) -> None:
    found = states("workflow", training={"max_runtime_minutes": 45})

    assert found[name]["TimeoutSeconds"] == 60 * minutes


def test_a_lack_of_instances_is_waited_for_a_quarter_of_an_hour_each_time() -> None:
    assert states("workflow")["WaitForCapacity"]["Seconds"] == 900


@pytest.mark.parametrize("name", sorted(JOBS))
def test_a_job_is_begun_again_for_these_errors_only(name: str) -> None:
    busy, quota = states("workflow")[name]["Retry"]

    assert busy["ErrorEquals"] == [
        "SageMaker.AmazonSageMakerException",
        "SageMaker.SageMakerException",
        "SageMaker.ThrottlingException",
    ]
    assert quota["ErrorEquals"] == ["SageMaker.ResourceLimitExceededException"]
