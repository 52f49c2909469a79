"""CloudWatch metrics in memory: the statistics of each period, and their values for percentiles."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.state.stores import Place

_KEPT_PERIODS = 2_880
"""Two days of minutes; AWS keeps 15 days of them."""

_EXACT_VALUES = 512


class Metric(NamedTuple):
    """The identity of a metric: namespace, name and every dimension."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Iterable[tuple[str, str]]) -> Metric:
        """Return the metric whatever order its dimensions are named in."""
        return cls(namespace, name, tuple(sorted(dimensions)))


@dataclass(slots=True)
class Datapoint:
    """The statistics of one period; `values` has how often each value came, None if not known."""

    total: float = 0.0
    least: float = math.inf
    most: float = -math.inf
    count: float = 0.0
    values: dict[float, float] | None = field(default_factory=dict)
    unit: str = "None"

    def add(self, other: Datapoint) -> None:
        """Count in what another datapoint has."""
        self.total += other.total
        self.least, self.most = min(self.least, other.least), max(self.most, other.most)
        self.count += other.count
        self.unit = other.unit
        if self.values is None or other.values is None:
            self.values = None
            return
        for value, count in other.values.items():
            self.values[value] = self.values.get(value, 0.0) + count
        if len(self.values) > _EXACT_VALUES:
            self.values = _rounded(self.values)

    @classmethod
    def of(cls, value: float, count: float = 1.0, unit: str = "None") -> Datapoint:
        """Return `count` times one value."""
        return cls(value * count, value, value, count, {value: count}, unit)

    @classmethod
    def of_all(cls, values: Iterable[float], unit: str = "None") -> Datapoint:
        """Return all of `values`, of which there is one at least."""
        counted = Counter(values)
        total = math.fsum(value * count for value, count in counted.items())
        known: dict[float, float] = dict(counted)
        return cls(total, min(known), max(known), float(counted.total()), known, unit)


def _rounded(values: dict[float, float]) -> dict[float, float]:
    # Three digits: a percentile is off by half a percent at most.
    merged: dict[float, float] = {}
    for value, count in values.items():
        short = float(f"{value:.3g}")
        merged[short] = merged.get(short, 0.0) + count
    return merged


class _Series:
    """The datapoints of one metric by the second that their period begins with."""

    def __init__(self, resolution: int) -> None:
        self.resolution = resolution
        self.points: dict[int, Datapoint] = {}


_SERIES: dict[Place, dict[Metric, _Series]] = {}
_LOCK = threading.Lock()


def put(
    place: Place,
    metric: Metric,
    datapoint: Datapoint,
    *,
    at: datetime,
    resolution: int = 60,
) -> None:
    """Count a datapoint into its period, which is `resolution` seconds long."""
    second = int(at.timestamp())
    with _LOCK:
        owned = _SERIES.setdefault(place, {})
        series = owned.get(metric)
        if series is None:
            series = owned[metric] = _Series(resolution)
        begin = second - second % series.resolution
        point = series.points.get(begin)
        if point is None:
            point = series.points[begin] = Datapoint()
            if len(series.points) > _KEPT_PERIODS:
                del series.points[min(series.points)]
        point.add(datapoint)


def read(
    place: Place, metric: Metric, period: int, start: float, end: float
) -> dict[int, Datapoint]:
    """Return the datapoints from `start` to before `end`, by the second their period begins with.

    The first period begins at `start`.
    """
    found: dict[int, Datapoint] = {}
    with _LOCK:
        series = _SERIES.get(place, {}).get(metric)
        if series is None:
            return found
        for begin, point in _between(series, start, end):
            at = int(begin - (begin - start) % period)
            found.setdefault(at, Datapoint()).add(point)
    return dict(sorted(found.items()))


def _between(series: _Series, start: float, end: float) -> list[tuple[int, Datapoint]]:
    # A window of an alarm is a few periods, a series up to thousands.
    first = int(start) - int(start) % series.resolution
    if first < start:
        first += series.resolution
    if (end - first) / series.resolution < len(series.points):
        wanted = range(first, math.ceil(end), series.resolution)
        return [(at, series.points[at]) for at in wanted if at in series.points]
    return [(at, point) for at, point in series.points.items() if start <= at < end]


def known(place: Place) -> list[Metric]:
    """Return every metric that has datapoints."""
    with _LOCK:
        return list(_SERIES.get(place, {}))


def forget() -> None:
    """Drop every metric."""
    with _LOCK:
        _SERIES.clear()
