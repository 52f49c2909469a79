"""The two alarms of a target tracking policy, as AWS makes, names and removes them."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import Dimension, Metric, MetricDataQuery, MetricStat

from sandbox.applicationautoscaling.amounts import LOW_SHARE
from sandbox.cloudwatch import state_changes

if TYPE_CHECKING:
    from sandbox.state.stores import Document, Place

_RESOURCE = re.compile(r"endpoint/([^/]+)/variant/([^/]+)")
# Sums of a minute, and maxima of ten seconds:
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
_PREDEFINED = {
    "SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "Sum", 60),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (
        "ConcurrentRequestsPerModel",
        "Maximum",
        10,
    ),
}
# Datapoints by period, all of them: observed on re:Post ("SageMaker autoscaling delay"), and in
# AWS's notebook 03-features/autoscaling of sagemaker-genai-hosting-examples.
_HIGH_PERIODS, _LOW_PERIODS = 3, {60: 15, 10: 90}


def put(place: Place, backend: Any, policy: Any) -> None:
    """Make both alarms, or write those of the policy's last version again."""
    settings: Document = policy.target_tracking_scaling_policy_configuration
    watched = _watched(policy, settings)
    if watched is None:
        return
    before = {one.name.rpartition("-Alarm")[2].split("-")[0]: one.name for one in policy.alarms}
    action = f"{policy.policy_arn}:createdBy/{uuid.uuid4()}"
    target, period = float(settings["TargetValue"]), watched["period"]
    rows = (
        ("High", "GreaterThanThreshold", target, _HIGH_PERIODS),
        ("Low", "LessThanThreshold", target * LOW_SHARE, _LOW_PERIODS.get(period, 15)),
    )
    policy.alarms = []
    for side, comparison, threshold, periods in rows:
        fresh = f"TargetTracking-{policy.resource_id}-Alarm{side}-{uuid.uuid4()}"
        name = before.get(side, fresh)
        old = backend.alarms.get(name)
        alarm = backend.put_metric_alarm(
            name=name,
            comparison_operator=comparison,
            evaluation_periods=periods,
            threshold=threshold,
            description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {action}.",
            alarm_actions=[action],
            **watched,
        )
        state_changes.adopt(place, alarm, old)
        policy.alarms.append(alarm)


def _watched(policy: Any, settings: Document) -> Document | None:
    """Return which metric the alarms watch; None for one that SageMaker does not send here."""
    plain: Document = {"namespace": "AWS/SageMaker", "metric_data_queries": []}
    predefined = settings.get("PredefinedMetricSpecification")
    matched = _RESOURCE.fullmatch(policy.resource_id)
    if predefined:
        found = _PREDEFINED.get(predefined["PredefinedMetricType"])
        if found is None or matched is None:
            return None
        name, statistic, period = found
        dimensions = [("EndpointName", matched[1]), ("VariantName", matched[2])]
        rows = [{"Name": key, "Value": value} for key, value in dimensions]
        given = {"metric_name": name, "statistic": statistic, "period": period}
        return plain | given | {"dimensions": rows}
    own: Document = settings["CustomizedMetricSpecification"]
    if own.get("Metrics"):
        queries = [_query(row) for row in own["Metrics"]]
        nothing = dict.fromkeys(("namespace", "metric_name", "statistic"))
        return {**nothing, "metric_data_queries": queries, "period": 60, "dimensions": []}
    return {
        "namespace": own["Namespace"],
        "metric_name": own["MetricName"],
        "statistic": own["Statistic"],
        "unit": own.get("Unit"),
        "dimensions": own.get("Dimensions") or [],
        "period": 60,
        "metric_data_queries": [],
    }


def _query(row: Document) -> MetricDataQuery:
    stat, found = row.get("MetricStat"), None
    if stat:
        named = stat["Metric"]
        dimensions = [Dimension(one["Name"], one["Value"]) for one in named.get("Dimensions") or []]
        metric = Metric(named["MetricName"], named["Namespace"], dimensions)
        found = MetricStat(metric, "60", stat["Stat"], stat.get("Unit"))
    shown: Any = row.get("ReturnData", True)
    return MetricDataQuery(row["Id"], row.get("Label"), "", shown, row.get("Expression"), found)
