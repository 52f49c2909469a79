"""One page that answers: is this model served well, and is it still being trained?"""

from collections.abc import Sequence

from aws_cdk import ArnFormat, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from config.schema import EnvironmentConfig
from constructs_lib.endpoint_metrics import VARIANT_NAME
from constructs_lib.home import stack_of

MINUTE, HOUR = Duration.minutes(1), Duration.hours(1)
SERVED = "AWS/SageMaker"
MACHINE = "/aws/sagemaker/Endpoints"
OUTCOMES = ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed")


class ModelDashboards(Construct):
    """A dashboard for each model of the environment."""

    def __init__(self, scope: Construct, construct_id: str, *, config: EnvironmentConfig) -> None:
        super().__init__(scope, construct_id)
        for model in config.models:
            ModelDashboard(self, model, config=config, model=model)


class ModelDashboard(Construct):
    """Traffic, latency, errors and machines of one endpoint; runs of its state machines.

    It knows both by their documented names: the endpoint exists only after the first approval, and
    a reference to it would be an export that CloudFormation refuses to remove.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, model: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = f"{config.stage}-{model}"
        cloudwatch.Dashboard(
            self,
            "Resource",
            widgets=[
                [self._traffic(), self._latency(), self._errors()],
                [self._machines(), self._load(), self._runs("workflow"), self._runs("rollout")],
            ],
        )

    def _traffic(self) -> cloudwatch.IWidget:
        return _graph("Requests a minute", [self._endpoint_metric("Invocations", "Sum")])

    def _latency(self) -> cloudwatch.IWidget:
        return _graph(
            "Latency of the model (µs)",
            [self._endpoint_metric("ModelLatency", rank) for rank in ("p50", "p90", "p99")],
        )

    def _errors(self) -> cloudwatch.IWidget:
        names = ("Invocation4XXErrors", "Invocation5XXErrors")
        return _graph(
            "Requests refused (4XX) and failed (5XX) a minute",
            [self._endpoint_metric(name, "Sum") for name in names],
        )

    def _machines(self) -> cloudwatch.IWidget:
        # Every machine reports its CPU once a minute: the reports are the machines.
        reports = self._endpoint_metric("CPUUtilization", "SampleCount", MACHINE)
        return _graph("Machines", [reports], width=6)

    def _load(self) -> cloudwatch.IWidget:
        names = ("CPUUtilization", "MemoryUtilization")
        return _graph(
            "CPU (100 % for each core) and memory (%)",
            [self._endpoint_metric(name, "Average", MACHINE) for name in names],
            width=6,
        )

    def _runs(self, machine: str) -> cloudwatch.IWidget:
        arn = stack_of(self).format_arn(
            service="states",
            resource="stateMachine",
            resource_name=f"{self._name}-{machine}",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        metrics = [
            cloudwatch.Metric(
                namespace="AWS/States",
                metric_name=outcome,
                dimensions_map={"StateMachineArn": arn},
                statistic="Sum",
                period=HOUR,
            )
            for outcome in OUTCOMES
        ]
        return _graph(f"Runs of the {machine} an hour", metrics, width=6)

    def _endpoint_metric(
        self, metric: str, statistic: str, namespace: str = SERVED
    ) -> cloudwatch.IMetric:
        return cloudwatch.Metric(
            namespace=namespace,
            metric_name=metric,
            dimensions_map={"EndpointName": self._name, "VariantName": VARIANT_NAME},
            statistic=statistic,
            period=MINUTE,
        )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric], width: int = 8) -> cloudwatch.IWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=width)
