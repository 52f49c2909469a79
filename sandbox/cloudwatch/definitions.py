"""What an alarm watches: moto's alarm as queries, as EventBridge and as SNS show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.cloudwatch.alarm_states import Rule

if TYPE_CHECKING:
    from sandbox.state.stores import Document


def queries(alarm: Any) -> list[Document]:
    """Return the MetricDataQueries of a metric alarm; a plain one has a single one."""
    if not alarm.metric_data_queries:
        statistic = alarm.statistic or alarm.extended_statistic
        stat = _stat(alarm, alarm.period, statistic, alarm.unit)
        return [{"Id": "m1", "MetricStat": stat, "ReturnData": True}]
    rows: list[Document] = []
    for query in alarm.metric_data_queries:
        row: Document = {"Id": query.id, "ReturnData": query.return_data not in (False, "false")}
        if query.metric_stat is not None:
            stat = query.metric_stat
            row["MetricStat"] = _stat(stat.metric, stat.period, stat.stat, stat.unit)
        else:
            row["Expression"] = query.expression
        if query.label:
            row["Label"] = query.label
        rows.append(row)
    return rows


def _stat(metric: Any, period: Any, statistic: str, unit: str | None) -> Document:
    dimensions = [{"Name": one.name, "Value": one.value} for one in metric.dimensions or []]
    named = {
        "Namespace": metric.namespace,
        "MetricName": metric.metric_name,
        "Dimensions": dimensions,
    }
    stat: Document = {"Metric": named, "Period": int(period), "Stat": statistic}
    return stat | ({"Unit": unit} if unit else {})


def rule(alarm: Any) -> Rule:
    """Return when a metric alarm goes off."""
    return Rule(
        comparison=alarm.comparison_operator,
        threshold=float(alarm.threshold),
        periods=int(alarm.evaluation_periods),
        datapoints=int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
        missing=alarm.treat_missing_data or "missing",
    )


def configuration(alarm: Any) -> Document:
    """Return the `configuration` of EventBridge's event.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    """
    if alarm.rule:
        return {"description": alarm.description, "alarmRule": alarm.rule}
    rows = [_shown(query) for query in queries(alarm)]
    return {"description": alarm.description, "metrics": rows}


def _shown(query: Document) -> Document:
    row: Document = {"id": query["Id"], "returnData": query["ReturnData"]}
    if "Expression" in query:
        return row | {"expression": query["Expression"], "label": query.get("Label", query["Id"])}
    stat = query["MetricStat"]
    metric = {
        "namespace": stat["Metric"]["Namespace"],
        "name": stat["Metric"]["MetricName"],
        "dimensions": {one["Name"]: one["Value"] for one in stat["Metric"]["Dimensions"]},
    }
    row["metricStat"] = {"metric": metric, "period": stat["Period"], "stat": stat["Stat"]}
    return row


def trigger(alarm: Any) -> Document:
    """Return what of SNS's message says what the alarm watches."""
    if alarm.rule:
        return {"AlarmRule": alarm.rule}
    shown: Document = {
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "",
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile or "",
    }
    if alarm.metric_data_queries:
        return {"Trigger": shown | {"Metrics": queries(alarm)}}
    statistic = {"StatisticType": "Statistic", "Statistic": str(alarm.statistic).upper()}
    if not alarm.statistic:
        statistic = {
            "StatisticType": "ExtendedStatistic",
            "ExtendedStatistic": alarm.extended_statistic,
        }
    dimensions = [{"name": one.name, "value": one.value} for one in alarm.dimensions or []]
    metric = {"MetricName": alarm.metric_name, "Namespace": alarm.namespace}
    return {"Trigger": metric | statistic | {"Unit": alarm.unit, "Dimensions": dimensions} | shown}
