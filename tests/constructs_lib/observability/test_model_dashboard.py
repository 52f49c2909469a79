"""Who hears about trouble, what is too expensive, and what a model's dashboard shows."""

import json

import pytest

from tests.constructs_lib.conftest import Stacks


def dashboard_of(stacks: Stacks, model: str) -> str:
    """The text of the dashboard that shows `kiban-test-<model>`."""
    texts = [
        json.dumps(body["DashboardBody"])
        for body in stacks.resources("Monitoring", "AWS::CloudWatch::Dashboard")
    ]
    (found,) = (text for text in texts if f"kiban-test-{model}" in text)
    return found


@pytest.mark.parametrize("model", ["churn", "fraud"])
@pytest.mark.parametrize(
    "shown",
    [
        "Invocations",
        "Invocation4XXErrors",
        "Invocation5XXErrors",
        "ModelLatency",
        "CPUUtilization",
        "MemoryUtilization",
        "ExecutionsStarted",
        "ExecutionsSucceeded",
        "ExecutionsFailed",
        "p50",
        "p90",
        "p99",
    ],
)
def test_every_model_has_a_dashboard_of_its_own(usual: Stacks, model: str, shown: str) -> None:
    assert shown in dashboard_of(usual, model)


def test_a_dashboard_knows_an_endpoint_before_it_exists(usual: Stacks) -> None:
    # By name: a reference would tie this stack to one that is empty until the first approval.
    text = dashboard_of(usual, "churn")

    assert "ImportValue" not in text
    assert "stateMachine:kiban-test-churn-workflow" in text
    assert "stateMachine:kiban-test-churn-rollout" in text
