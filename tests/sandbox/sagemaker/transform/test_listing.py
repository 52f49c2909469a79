"""Which transform jobs ListTransformJobs names."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.sagemaker.transform import listing


def row(number: int) -> dict[str, Any]:
    return {
        "TransformJobName": f"job-{number:02}",
        "TransformJobStatus": "Failed" if number == 3 else "Completed",
        "CreationTime": datetime(2026, 1, number, tzinfo=UTC),
        "LastModifiedTime": datetime(2026, 2, number, tzinfo=UTC),
    }


def names(**request: Any) -> list[str]:
    found = listing.summaries(request, [row(number) for number in range(1, 13)])
    return [one["TransformJobName"] for one in found["TransformJobSummaries"]]


def when(month: int, day: int) -> float:
    return datetime(2026, month, day, tzinfo=UTC).timestamp()


def test_the_ten_newest_come_first() -> None:
    assert names() == [f"job-{number:02}" for number in range(12, 2, -1)]
    assert names(NextToken="10") == ["job-02", "job-01"]
    assert names(MaxResults=1, SortBy="Name", SortOrder="Ascending") == ["job-01"]


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ({"NameContains": "b-1"}, ["job-12", "job-11", "job-10"]),
        ({"StatusEquals": "Failed"}, ["job-03"]),
        ({"CreationTimeAfter": when(1, 11)}, ["job-12"]),
        ({"CreationTimeBefore": when(1, 2)}, ["job-01"]),
        ({"LastModifiedTimeAfter": when(2, 11)}, ["job-12"]),
        ({"LastModifiedTimeBefore": when(2, 2)}, ["job-01"]),
        ({"CreationTimeAfter": when(1, 4), "LastModifiedTimeBefore": when(2, 6)}, ["job-05"]),
        ({"CreationTimeAfter": when(12, 1)}, []),
    ],
)
def test_jobs_are_found_by_name_status_and_times(request_: Any, found: list[str]) -> None:
    assert names(**request_) == found
