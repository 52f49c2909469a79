"""CloudWatch's operations on metrics, over the sandbox's own; alarms and dashboards beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterCombination, InvalidParameterValue
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from sandbox.cloudwatch import metrics, queries, statistics
from sandbox.cloudwatch.metrics import Datapoint, Metric
from sandbox.state import clock
from sandbox.state.stores import Document, Place

_MOST_METRICS = 500


class MetricsResponse(CloudWatchResponse):
    """The operations that read metrics."""

    @property
    def place(self) -> Place:
        """The account and region of the request."""
        return Place(self.current_account, self.region)

    def get_metric_statistics(self) -> ActionResult:
        asked: Document = self._get_params()
        plain, extended = asked.get("Statistics") or [], asked.get("ExtendedStatistics") or []
        if not plain and not extended:
            raise InvalidParameterCombination(
                "Must specify either Statistics or ExtendedStatistics"
            )
        start, end = _moment(asked["StartTime"]), _moment(asked["EndTime"])
        if start >= end:
            raise InvalidParameterValue(
                "The parameter StartTime must be less than the parameter EndTime."
            )
        for statistic in (*plain, *extended):
            queries.check_statistic(statistic)
        metric, period = _metric(asked), int(asked["Period"])
        found = metrics.read(self.place, metric, period, start - start % period, end)
        rows = [
            {
                "Timestamp": datetime.fromtimestamp(at, UTC),
                "Unit": point.unit,
                **{name: statistics.value_of(point, name) for name in plain},
                "ExtendedStatistics": _extended(point, extended),
            }
            for at, point in found.items()
            if asked.get("Unit") in (None, point.unit)
        ]
        return ActionResult({"Label": metric.name, "Datapoints": rows})

    def get_metric_data(self) -> ActionResult:
        asked: Document = self._get_params()
        wanted: list[Document] = asked.get("MetricDataQueries") or []
        queries.check(wanted)
        period = queries.period_of(wanted)
        start, end = _moment(asked["StartTime"]), _moment(asked["EndTime"])
        if start >= end:
            raise InvalidParameterValue(
                "The parameter StartTime must be less than the parameter EndTime."
            )
        found = queries.evaluate(self.place, wanted, start - start % period, end)
        newest_first = asked.get("ScanBy") != "TimestampAscending"
        rows = []
        for query in wanted:
            if query.get("ReturnData") in (False, "false"):
                continue
            points = sorted(found[query["Id"]].items(), reverse=newest_first)
            rows.append(
                {
                    "Id": query["Id"],
                    "Label": query.get("Label") or _label(query),
                    "Timestamps": [datetime.fromtimestamp(at, UTC) for at, _ in points],
                    "Values": [value for _, value in points],
                    "StatusCode": "Complete",
                }
            )
        return ActionResult({"MetricDataResults": rows, "Messages": []})

    def list_metrics(self) -> ActionResult:
        asked: Document = self._get_params()
        found = [one for one in metrics.known(self.place) if _is_asked_for(one, asked)]
        begin = int(asked.get("NextToken") or 0)
        rows = [
            {
                "Namespace": one.namespace,
                "MetricName": one.name,
                "Dimensions": [{"Name": k, "Value": v} for k, v in one.dimensions],
            }
            for one in found[begin : begin + _MOST_METRICS]
        ]
        more = len(found) > begin + _MOST_METRICS
        return ActionResult(
            {"Metrics": rows, "NextToken": str(begin + _MOST_METRICS) if more else None}
        )


def _metric(asked: Document) -> Metric:
    dimensions = [(one["Name"], one["Value"]) for one in asked.get("Dimensions") or []]
    return Metric.of(asked["Namespace"], asked["MetricName"], dimensions)


def _moment(value: Any) -> float:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _extended(point: Datapoint, names: list[str]) -> Document | None:
    found = {name: statistics.value_of(point, name) for name in names}
    return {name: value for name, value in found.items() if value is not None} or None


def _label(query: Document) -> str:
    stat = query.get("MetricStat")
    return str(stat["Metric"]["MetricName"]) if stat else str(query["Id"])


def _is_asked_for(metric: Metric, asked: Document) -> bool:
    if asked.get("Namespace") not in (None, metric.namespace):
        return False
    if asked.get("MetricName") not in (None, metric.name):
        return False
    has = dict(metric.dimensions)
    return all(
        one["Name"] in has and one.get("Value") in (None, has[one["Name"]])
        for one in asked.get("Dimensions") or []
    )


def _put_metric_data(self: Any, namespace: str, metric_data: list[Document]) -> None:
    for number, row in enumerate(metric_data, start=1):
        self._validate_parameters_put_metric_data(row, number)
    place = Place(self.account_id, self.region_name)
    for row in metric_data:
        metric = _metric({"Namespace": namespace, **row})
        at = row.get("Timestamp")
        moment = clock.moment_of(_moment(at)) if at else clock.now()
        resolution = 1 if int(row.get("StorageResolution") or 60) == 1 else 60
        for point in _points(row):
            metrics.put(place, metric, point, at=moment, resolution=resolution)


def _points(row: Document) -> list[Datapoint]:
    unit = str(row.get("Unit") or "None")
    if row.get("Values"):
        counts = row.get("Counts") or [1] * len(row["Values"])
        pairs = zip(row["Values"], counts, strict=True)
        return [Datapoint.of(float(value), float(count), unit) for value, count in pairs]
    found = row.get("StatisticValues")
    if found:
        total, least, most, count = (
            float(found[name]) for name in ("Sum", "Minimum", "Maximum", "SampleCount")
        )
        return [Datapoint(total, least, most, count, None, unit)]
    return [Datapoint.of(float(row.get("Value", 0)), 1.0, unit)]


def install() -> None:
    """Make moto's CloudWatch keep metrics here."""
    CloudWatchBackend.put_metric_data = _put_metric_data
