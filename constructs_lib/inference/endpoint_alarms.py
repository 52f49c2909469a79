"""CloudWatch alarms of an endpoint: for notification and for deployment rollback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.observability.endpoint_metrics import EndpointMetrics

if TYPE_CHECKING:
    from constructs_lib.inference.model_version_parameter import ModelVersionParameter
    from constructs_lib.registry.model_context import ModelContext

_MICROSECONDS_PER_MS = 1_000


class RollbackAlarms(Construct):
    """Alarms on errors and latency of the new instances only, evaluated minute by minute.

    An alarm that also watched the old instances would be in alarm before a fix is deployed, and
    would roll the fix back. These alarms name the endpoint but do not depend on it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        context: ModelContext,
        version: ModelVersionParameter,
        config_name: str,
    ) -> None:
        super().__init__(scope, construct_id)
        metrics = EndpointMetrics(context.full_name, config_name)
        window = (2, 3)
        self._alarms = [
            _errors(self, context, metrics, window),
            _latency(self, context, metrics, window),
        ]
        version.apply_condition(*self._alarms)

    @property
    def alarm_names(self) -> list[str]:
        return [alarm.ref for alarm in self._alarms]


class EndpointAlarms(Construct):
    """Alarms on errors, latency, an idle endpoint, and the maximum number of instances."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        context: ModelContext,
        version: ModelVersionParameter,
        endpoint_name: str,
    ) -> None:
        super().__init__(scope, construct_id)
        metrics = EndpointMetrics(endpoint_name)
        window = (3, 5)
        alarms = [
            _errors(self, context, metrics, window),
            _latency(self, context, metrics, window),
            _idle(self, context, metrics),
        ]
        if context.settings.endpoint.is_scaled:
            alarms.append(_at_maximum(self, context, metrics))
        version.apply_condition(*alarms)


def _errors(
    scope: Construct, context: ModelContext, metrics: EndpointMetrics, window: tuple[int, int]
) -> cloudwatch.CfnAlarm:
    percent = context.settings.endpoint.alarms.errors_5xx_percent
    return _alarm(
        scope,
        "Errors",
        context,
        description=(
            f"{context.full_name}: the model fails on more than {percent} % of the requests"
        ),
        metrics=metrics.errors_percent(),
        above=percent,
        window=window,
    )


def _latency(
    scope: Construct, context: ModelContext, metrics: EndpointMetrics, window: tuple[int, int]
) -> cloudwatch.CfnAlarm:
    limit_ms = context.settings.endpoint.alarms.latency_p99_ms
    return cloudwatch.CfnAlarm(
        scope,
        "Latency",
        alarm_description=f"{context.full_name}: the slowest hundredth takes over {limit_ms} ms",
        alarm_actions=[context.topic.arn],
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
        # A minute without requests has no latency.
        treat_missing_data="notBreaching",
    )


def _idle(scope: Construct, context: ModelContext, metrics: EndpointMetrics) -> cloudwatch.CfnAlarm:
    hours = context.settings.endpoint.alarms.idle_hours
    return cloudwatch.CfnAlarm(
        scope,
        "Idle",
        alarm_description=f"{context.full_name}: paid for {hours} hours without a single request",
        alarm_actions=[context.topic.arn],
        metrics=metrics.requests_while_running(),
        threshold=1,
        comparison_operator="LessThanThreshold",
        datapoints_to_alarm=hours,
        evaluation_periods=hours,
        # Hours before the endpoint existed do not count as idle.
        treat_missing_data="notBreaching",
    )


def _at_maximum(
    scope: Construct, context: ModelContext, metrics: EndpointMetrics
) -> cloudwatch.CfnAlarm:
    most = context.settings.endpoint.scaling.max_instances
    return _alarm(
        scope,
        "AtMaximum",
        context,
        description=f"{context.full_name}: all {most} instances are in use; raise max_instances",
        metrics=metrics.instances(),
        # Half an instance below: the quotient of two sums is not exact.
        above=most - 0.5,
        window=(15, 15),
    )


def _alarm(
    scope: Construct,
    construct_id: str,
    context: ModelContext,
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
        alarm_actions=[context.topic.arn],
        metrics=list(metrics),
        threshold=above,
        comparison_operator="GreaterThanThreshold",
        datapoints_to_alarm=window[0],
        evaluation_periods=window[1],
        # A minute without requests is a minute without errors.
        treat_missing_data="notBreaching",
    )
