"""When an endpoint wakes people, and when it takes a new version back by itself."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.inference.model_version_parameter import DeployedVersion
from constructs_lib.observability.endpoint_metrics import EndpointMetrics
from constructs_lib.registry.model_context import ModelSite

_MICROSECONDS_PER_MS = 1_000


class RollbackAlarms(Construct):
    """Errors and latency of the new machines only, judged minute by minute.

    An alarm that also watched the old machines would be in alarm before a fix is deployed, and
    would take the fix back. These alarms name the endpoint but do not wait for it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        site: ModelSite,
        version: DeployedVersion,
        config_name: str,
    ) -> None:
        super().__init__(scope, construct_id)
        metrics = EndpointMetrics(site.full_name, config_name)
        window = (2, 3)
        self._alarms = [
            _errors(self, site, metrics, window),
            _latency(self, site, metrics, window),
        ]
        version.guard(*self._alarms)

    @property
    def alarm_names(self) -> list[str]:
        return [alarm.ref for alarm in self._alarms]


class EndpointAlarms(Construct):
    """Errors, latency, nobody calling, and no machine left to add."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        site: ModelSite,
        version: DeployedVersion,
        endpoint_name: str,
    ) -> None:
        super().__init__(scope, construct_id)
        metrics = EndpointMetrics(endpoint_name)
        window = (3, 5)
        alarms = [
            _errors(self, site, metrics, window),
            _latency(self, site, metrics, window),
            _idle(self, site, metrics),
        ]
        if site.settings.endpoint.is_scaled:
            alarms.append(_at_maximum(self, site, metrics))
        version.guard(*alarms)


def _errors(
    scope: Construct, site: ModelSite, metrics: EndpointMetrics, window: tuple[int, int]
) -> cloudwatch.CfnAlarm:
    percent = site.settings.endpoint.alarms.errors_5xx_percent
    return _alarm(
        scope,
        "Errors",
        site,
        description=f"{site.full_name}: the model fails on more than {percent} % of the requests",
        metrics=metrics.errors_percent(),
        above=percent,
        window=window,
    )


def _latency(
    scope: Construct, site: ModelSite, metrics: EndpointMetrics, window: tuple[int, int]
) -> cloudwatch.CfnAlarm:
    limit_ms = site.settings.endpoint.alarms.latency_p99_ms
    return cloudwatch.CfnAlarm(
        scope,
        "Latency",
        alarm_description=f"{site.full_name}: the slowest hundredth takes over {limit_ms} ms",
        alarm_actions=[site.topic.arn],
        namespace="AWS/SageMaker",
        metric_name="ModelLatency",
        dimensions=metrics.dimensions,
        extended_statistic="p99",
        period=60,
        # SageMaker measures ModelLatency in microseconds.
        threshold=limit_ms * _MICROSECONDS_PER_MS,
        comparison_operator="GreaterThanThreshold",
        datapoints_to_alarm=window[0],
        evaluation_periods=window[1],
        # Nobody asked, so nobody waited.
        treat_missing_data="notBreaching",
    )


def _idle(scope: Construct, site: ModelSite, metrics: EndpointMetrics) -> cloudwatch.CfnAlarm:
    hours = site.settings.endpoint.alarms.idle_hours
    return cloudwatch.CfnAlarm(
        scope,
        "Idle",
        alarm_description=f"{site.full_name}: paid for {hours} hours without a single request",
        alarm_actions=[site.topic.arn],
        metrics=metrics.requests_while_running(),
        threshold=1,
        comparison_operator="LessThanThreshold",
        datapoints_to_alarm=hours,
        evaluation_periods=hours,
        # Hours before the endpoint existed are no idle hours.
        treat_missing_data="notBreaching",
    )


def _at_maximum(scope: Construct, site: ModelSite, metrics: EndpointMetrics) -> cloudwatch.CfnAlarm:
    most = site.settings.endpoint.scaling.max_instances
    return _alarm(
        scope,
        "AtMaximum",
        site,
        description=f"{site.full_name}: all {most} instances are in use; raise max_instances",
        metrics=metrics.machines(),
        # Half a machine below: the quotient of two sums is not exact.
        above=most - 0.5,
        window=(15, 15),
    )


def _alarm(
    scope: Construct,
    construct_id: str,
    site: ModelSite,
    *,
    description: str,
    metrics: Sequence[cloudwatch.CfnAlarm.MetricDataQueryProperty],
    above: float,
    window: tuple[int, int],
) -> cloudwatch.CfnAlarm:
    return cloudwatch.CfnAlarm(
        scope,
        construct_id,
        alarm_description=description,
        alarm_actions=[site.topic.arn],
        metrics=list(metrics),
        threshold=above,
        comparison_operator="GreaterThanThreshold",
        datapoints_to_alarm=window[0],
        evaluation_periods=window[1],
        # A minute without requests is a minute without errors.
        treat_missing_data="notBreaching",
    )
