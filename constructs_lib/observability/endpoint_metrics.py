"""CloudWatch metrics and metric math of an endpoint, for its alarms."""

from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch

VARIANT_NAME = "AllTraffic"
"""Never changes: SageMaker refuses an update that renames a scaled variant."""

_Query = cloudwatch.CfnAlarm.MetricDataQueryProperty


@dataclass(frozen=True)
class EndpointMetrics:
    """Metrics of one endpoint; with `config_name` only those of the instances of that version."""

    endpoint_name: str
    config_name: str | None = None

    @property
    def dimensions(self) -> list[cloudwatch.CfnAlarm.DimensionProperty]:
        names = {"EndpointName": self.endpoint_name, "VariantName": VARIANT_NAME}
        if self.config_name is not None:
            names["EndpointConfigName"] = self.config_name
        return [
            cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
            for name, value in names.items()
        ]

    def query(
        self, query_id: str, metric: str, *, period_seconds: int, namespace: str = "AWS/SageMaker"
    ) -> cloudwatch.CfnAlarm.MetricDataQueryProperty:
        """Return one metric, summed over each period, as input of an expression."""
        return _Query(
            id=query_id,
            return_data=False,
            metric_stat=cloudwatch.CfnAlarm.MetricStatProperty(
                metric=cloudwatch.CfnAlarm.MetricProperty(
                    namespace=namespace, metric_name=metric, dimensions=self.dimensions
                ),
                period=period_seconds,
                stat="Sum",
            ),
        )

    def errors_percent(self) -> list[cloudwatch.CfnAlarm.MetricDataQueryProperty]:
        """Return the share of a minute's requests that the model failed on, in percent."""
        return [
            _expression("errors_percent", "IF(requests > 0, 100 * errors / requests, 0)"),
            self.query("errors", "Invocation5XXErrors", period_seconds=60),
            self.query("requests", "Invocations", period_seconds=60),
        ]

    def requests_while_running(self) -> list[cloudwatch.CfnAlarm.MetricDataQueryProperty]:
        """Return the requests of an hour; hours without instances have no value."""
        return [
            _expression("idle", "IF(machines >= 0, FILL(requests, 0))"),
            self.query("requests", "Invocations", period_seconds=3_600),
            self.query(
                "machines",
                "CPUUtilization",
                period_seconds=3_600,
                namespace="/aws/sagemaker/Endpoints",
            ),
        ]

    def instances(self) -> list[cloudwatch.CfnAlarm.MetricDataQueryProperty]:
        """Return the instances in service: each request counts 1/n in the second metric."""
        return [
            _expression("machines", "requests / per_machine"),
            self.query("requests", "Invocations", period_seconds=60),
            self.query("per_machine", "InvocationsPerInstance", period_seconds=60),
        ]


def _expression(query_id: str, expression: str) -> cloudwatch.CfnAlarm.MetricDataQueryProperty:
    return _Query(id=query_id, expression=expression, label=query_id, return_data=True)
