"""CloudWatch dashboard of one model: its endpoint and its state machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.observability.endpoint_metrics import VARIANT_NAME
from constructs_lib.synthesis.stack_lookups import format_arn, location_of, stack_of

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig

MINUTE_SECONDS, HOUR_SECONDS = 60, 3_600
SERVED = "AWS/SageMaker"
MACHINE = "/aws/sagemaker/Endpoints"
OUTCOMES = ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed")
_ROW_HEIGHT = 6

Metric = list[str | dict[str, object]]


@dataclass(frozen=True)
class Graph:
    """A graph widget; a row of the dashboard is 24 wide."""

    title: str
    metrics: Sequence[Metric]
    width: int = 8


class ModelDashboards(Construct):
    """A dashboard for each model of the environment."""

    def __init__(self, scope: Construct, construct_id: str, *, config: EnvironmentConfig) -> None:
        super().__init__(scope, construct_id)
        for model in config.models:
            ModelDashboard(self, model, config=config, model=model)


class ModelDashboard(Construct):
    """Traffic, latency, errors and instances of an endpoint; executions of state machines.

    It refers to both by their documented names: the endpoint exists only after the first
    approval, and a reference to it would be an export that CloudFormation refuses to remove.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, model: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = f"{config.stage}-{model}"
        # The dashboard's JSON itself: the L2 makes 25 jsii calls for the same.
        cloudwatch.CfnDashboard(self, "Resource", dashboard_body=self._body())

    def _body(self) -> str:
        # docs.aws.amazon.com: CloudWatch API Reference, "Dashboard body structure and syntax".
        rows = [
            [self._traffic(), self._latency(), self._errors()],
            [self._instances(), self._load(), self._runs("workflow"), self._runs("rollout")],
        ]
        region = location_of(stack_of(self)).region
        widgets = [
            widget
            for number, row in enumerate(rows)
            for widget in _widgets(row, number * _ROW_HEIGHT, region)
        ]
        return json.dumps({"widgets": widgets}, ensure_ascii=False, separators=(",", ":"))

    def _traffic(self) -> Graph:
        return Graph("Requests a minute", [self._endpoint_metric("Invocations", "Sum")])

    def _latency(self) -> Graph:
        ranks = ("p50", "p90", "p99")
        return Graph(
            "Latency of the model (µs)",
            [self._endpoint_metric("ModelLatency", rank) for rank in ranks],
        )

    def _errors(self) -> Graph:
        names = ("Invocation4XXErrors", "Invocation5XXErrors")
        return Graph(
            "Requests refused (4XX) and failed (5XX) a minute",
            [self._endpoint_metric(name, "Sum") for name in names],
        )

    def _instances(self) -> Graph:
        # Every instance reports its CPU once a minute: the sample count is the number of instances.
        reports = self._endpoint_metric("CPUUtilization", "SampleCount", MACHINE)
        return Graph("Machines", [reports], width=6)

    def _load(self) -> Graph:
        names = ("CPUUtilization", "MemoryUtilization")
        return Graph(
            "CPU (100 % for each core) and memory (%)",
            [self._endpoint_metric(name, "Average", MACHINE) for name in names],
            width=6,
        )

    def _runs(self, machine: str) -> Graph:
        resource = f"stateMachine:{self._name}-{machine}"
        arn = format_arn(stack_of(self), service="states", resource=resource)
        how: dict[str, object] = {"period": HOUR_SECONDS, "stat": "Sum"}
        metrics: list[Metric] = [
            ["AWS/States", outcome, "StateMachineArn", arn, how] for outcome in OUTCOMES
        ]
        return Graph(f"Runs of the {machine} an hour", metrics, width=6)

    def _endpoint_metric(self, metric: str, statistic: str, namespace: str = SERVED) -> Metric:
        dimensions = ("EndpointName", self._name, "VariantName", VARIANT_NAME)
        return [namespace, metric, *dimensions, {"period": MINUTE_SECONDS, "stat": statistic}]


def _widgets(row: Sequence[Graph], y: int, region: str) -> Iterator[dict[str, object]]:
    for graph, x in zip(row, accumulate((one.width for one in row), initial=0), strict=False):
        yield {
            "type": "metric",
            "width": graph.width,
            "height": _ROW_HEIGHT,
            "x": x,
            "y": y,
            "properties": {
                "view": "timeSeries",
                "title": graph.title,
                "region": region,
                "metrics": graph.metrics,
            },
        }
