"""Who hears about trouble, what is too expensive, and what a model's dashboard shows."""

import json
from typing import Any

import pytest

from tests.constructs_lib.conftest import Stacks
from tests.templates.model_stacks import flat


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


def widgets(stacks: Stacks, model: str) -> dict[str, dict[str, Any]]:
    """The widgets of a model's dashboard, by their title."""
    texts = [
        flat(body["DashboardBody"])
        for body in stacks.resources("Monitoring", "AWS::CloudWatch::Dashboard")
    ]
    (found,) = (text for text in texts if f"kiban-test-{model}" in text)
    return {one["properties"]["title"]: one for one in json.loads(found)["widgets"]}


def test_the_graphs_of_a_dashboard_fill_two_rows(usual: Stacks) -> None:
    found = [*widgets(usual, "churn").values()]

    assert [(one["x"], one["y"], one["width"]) for one in found] == [
        *((0, 0, 8), (8, 0, 8), (16, 0, 8)),
        *((0, 6, 6), (6, 6, 6), (12, 6, 6), (18, 6, 6)),
    ]
    for one in found:
        assert (one["type"], one["height"]) == ("metric", 6)
        properties = one["properties"]
        assert (properties["view"], properties["region"]) == ("timeSeries", "us-east-1")


@pytest.mark.parametrize(
    ("title", "namespace", "metrics"),
    [
        ("Requests a minute", "AWS/SageMaker", [("Invocations", "Sum")]),
        (
            "Latency of the model (µs)",
            "AWS/SageMaker",
            [("ModelLatency", rank) for rank in ("p50", "p90", "p99")],
        ),
        (
            "Requests refused (4XX) and failed (5XX) a minute",
            "AWS/SageMaker",
            [("Invocation4XXErrors", "Sum"), ("Invocation5XXErrors", "Sum")],
        ),
        ("Machines", "/aws/sagemaker/Endpoints", [("CPUUtilization", "SampleCount")]),
        (
            "CPU (100 % for each core) and memory (%)",
            "/aws/sagemaker/Endpoints",
            [("CPUUtilization", "Average"), ("MemoryUtilization", "Average")],
        ),
    ],
)
def test_a_graph_shows_a_minute_of_the_endpoint(
    usual: Stacks, title: str, namespace: str, metrics: list[tuple[str, str]]
) -> None:
    found = widgets(usual, "churn")[title]["properties"]["metrics"]

    dimensions = ["EndpointName", "kiban-test-churn", "VariantName", "AllTraffic"]
    assert found == [
        [namespace, name, *dimensions, {"period": 60, "stat": statistic}]
        for name, statistic in metrics
    ]


@pytest.mark.parametrize("machine", ["workflow", "rollout"])
def test_a_graph_counts_the_runs_of_an_hour(usual: Stacks, machine: str) -> None:
    found = widgets(usual, "churn")[f"Runs of the {machine} an hour"]["properties"]["metrics"]

    assert [metric[1] for metric in found] == [
        *("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed"),
    ]
    for namespace, _, dimension, arn, how in found:
        assert (namespace, dimension) == ("AWS/States", "StateMachineArn")
        assert arn.endswith(f":stateMachine:kiban-test-churn-{machine}")
        assert how == {"period": 3_600, "stat": "Sum"}
