"""MetricDataQueries: metrics with a statistic, and expressions over them, as GetMetricData has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudwatch.exceptions import ValidationError

from sandbox.cloudwatch import expressions, metrics, statistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.cloudwatch.expressions import Series, Value
    from sandbox.state.stores import Document, Place


def read_statistic(place: Place, stat: Document, start: float, end: float) -> Series:
    """Return the values of a MetricStat from `start` to before `end`."""
    named = stat["Metric"]
    dimensions = [(one["Name"], one["Value"]) for one in named.get("Dimensions") or []]
    metric = metrics.Metric.of(named["Namespace"], named["MetricName"], dimensions)
    found: Series = {}
    for at, point in metrics.read(place, metric, int(stat["Period"]), start, end).items():
        value = statistics.value_of(point, stat["Stat"])
        if value is not None and stat.get("Unit") in (None, point.unit):
            found[at] = value
    return found


def period_of(queries: Iterable[Document]) -> int:
    """Return the period of queries: that of the metrics in them, which have to have the same."""
    periods = [int(q["MetricStat"]["Period"]) for q in queries if q.get("MetricStat")]
    return max(periods, default=60)


def check(queries: Iterable[Document]) -> None:
    """Raise ValidationError for a statistic, function or account that is not read here."""
    rows = [*queries]
    # Other rows come before what refers to them, in whatever order they are named.
    given: dict[str, Value] = {query["Id"]: {0: 1.0} for query in rows}
    for query in rows:
        if query.get("AccountId"):
            raise ValidationError("sandbox: metrics of another account are not read here")
        if query.get("MetricStat"):
            check_statistic(query["MetricStat"]["Stat"])
            continue
        try:
            expressions.evaluate(query["Expression"], given, [0])
        except expressions.ExpressionError as error:
            raise ValidationError(str(error)) from None


def check_statistic(statistic: str) -> None:
    """Raise ValidationError for a statistic that is not computed here."""
    if not statistics.is_known(statistic):
        raise ValidationError(f"sandbox: the statistic {statistic!r} is not computed here")


def evaluate(
    place: Place, queries: Iterable[Document], start: float, end: float
) -> dict[str, Series]:
    """Return the series of each query by its id; `start` and `end` are full periods."""
    rows = {query["Id"]: query for query in queries}
    period = period_of(rows.values())
    grid = range(int(start), int(end), period)
    found: dict[str, Value] = {}
    for name, query in rows.items():
        if query.get("MetricStat"):
            found[name] = read_statistic(place, query["MetricStat"], start, end)
    waiting = [name for name in rows if name not in found]
    while waiting:
        ready = [name for name in waiting if _inputs(rows, name) <= found.keys()]
        if not ready:
            raise ValidationError(f"The expressions {', '.join(waiting)} refer to each other")
        for name in ready:
            found[name] = expressions.evaluate(rows[name]["Expression"], found, grid)
        waiting = [name for name in waiting if name not in ready]
    return {name: _as_series(value, grid) for name, value in found.items()}


def _inputs(rows: Mapping[str, Document], name: str) -> set[str]:
    used = expressions.names(rows[name]["Expression"])
    return {other for other in used if other in rows}


def _as_series(value: Value, grid: Any) -> Series:
    return value if isinstance(value, dict) else dict.fromkeys(grid, value)
