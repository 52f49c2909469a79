"""Metrics that a training job prints: the last value of each, and all of them in CloudWatch.

https://docs.aws.amazon.com/sagemaker/latest/dg/training-metrics.html
"""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING

from sandbox.cloudwatch import metrics
from sandbox.cloudwatch.metrics import Datapoint, Metric
from sandbox.programs import patterns
from sandbox.state.stores import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sandbox.state.stores import Document, Place

NAMESPACE = "/aws/sagemaker/TrainingJobs"


def read(definitions: Sequence[Document], lines: Sequence[str]) -> dict[str, list[float]]:
    """Return each metric's values in the order in which they were printed; PatternRefused."""
    if not definitions:
        return {}
    found = patterns.found_in_each([definition["Regex"] for definition in definitions], lines)
    return {
        str(definition["Name"]): list(_numbers(groups[0] for groups in matches))
        for definition, matches in zip(definitions, found, strict=True)
    }


def _numbers(texts: Iterable[str]) -> Iterator[float]:
    for text in texts:
        with contextlib.suppress(ValueError, TypeError):  # the pattern has found something else
            yield float(text)


def final(values: dict[str, list[float]]) -> list[Document]:
    """Return DescribeTrainingJob's FinalMetricDataList."""
    moment = now()
    return [
        {"MetricName": name, "Value": printed[-1], "Timestamp": moment}
        for name, printed in values.items()
        if printed
    ]


def publish(place: Place, job: str, values: dict[str, list[float]]) -> None:
    """Keep the values in CloudWatch, in the minute in which the job ended."""
    for name, printed in values.items():
        metric = Metric.of(NAMESPACE, name, [("TrainingJobName", job)])
        for value in filter(math.isfinite, printed):
            metrics.put(place, metric, Datapoint.of(value), at=now())
