"""Filters, order and pages of tuning jobs and of their training jobs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_PAGE = 10
_METRIC = "FinalHyperParameterTuningJobObjectiveMetric"
_SHOWN = (
    *("HyperParameterTuningJobName", "HyperParameterTuningJobArn", "CreationTime"),
    *("HyperParameterTuningJobStatus", "HyperParameterTuningEndTime", "LastModifiedTime"),
    *("TrainingJobStatusCounters", "ObjectiveStatusCounters"),
)


def tuning_jobs(request: Document, rows: Iterable[Document]) -> Document:
    """Return what ListHyperParameterTuningJobs answers; `rows` are descriptions."""
    part = str(request.get("NameContains", "")).lower()
    kept = [
        row
        for row in rows
        if part in row["HyperParameterTuningJobName"].lower()
        and request.get("StatusEquals") in (None, row["HyperParameterTuningJobStatus"])
        and _is_within(request, row, "CreationTime")
        and _is_within(request, row, "LastModifiedTime")
    ]
    fields = {
        "Name": "HyperParameterTuningJobName",
        "Status": "HyperParameterTuningJobStatus",
        "CreationTime": "CreationTime",
    }
    field = fields[request.get("SortBy", "Name")]
    kept.sort(key=lambda row: row[field], reverse=_is_descending(request))
    return _page(request, [_summary(row) for row in kept], "HyperParameterTuningJobSummaries")


def training_jobs(request: Document, rows: Iterable[Document]) -> Document:
    """Return what ListTrainingJobsForHyperParameterTuningJob answers; `rows` are summaries."""
    wanted, order = request.get("StatusEquals"), request.get("SortBy", "Name")
    kept = [row for row in rows if wanted in (None, row["TrainingJobStatus"])]
    if order == "FinalObjectiveMetricValue":
        kept = [row for row in kept if _METRIC in row]
    fields = {"Name": "TrainingJobName", "Status": "TrainingJobStatus"}

    def place(row: Document) -> Any:
        if order == "FinalObjectiveMetricValue":
            return row[_METRIC]["Value"]
        return row[fields.get(order, "CreationTime")]

    kept.sort(key=place, reverse=_is_descending(request))
    return _page(request, kept, "TrainingJobSummaries")


def _summary(row: Document) -> Document:
    config = row["HyperParameterTuningJobConfig"]
    shown = {name: row[name] for name in _SHOWN if name in row}
    return {**shown, "Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}


def _is_descending(request: Document) -> bool:
    return bool(request.get("SortOrder", "Ascending") == "Descending")


def _is_within(request: Document, row: Document, field: str) -> bool:
    after, before = (_moment(request.get(f"{field}{end}")) for end in ("After", "Before"))
    return (after is None or row[field] > after) and (before is None or row[field] < before)


def _moment(given: Any) -> datetime | None:
    if given is None or isinstance(given, datetime):
        return given
    return datetime.fromtimestamp(float(given), UTC)


def _page(request: Document, rows: list[Document], name: str) -> Document:
    start, size = int(request.get("NextToken") or 0), int(request.get("MaxResults") or _PAGE)
    more = {"NextToken": str(start + size)} if start + size < len(rows) else {}
    return {name: rows[start : start + size], **more}
