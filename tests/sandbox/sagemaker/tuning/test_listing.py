from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.sagemaker.tuning import listing


def _tuning_job(name: str, status: str, day: int) -> dict[str, Any]:
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobArn": f"arn:{name}",
        "HyperParameterTuningJobStatus": status,
        "HyperParameterTuningJobConfig": {"Strategy": "Grid", "ResourceLimits": {}},
        "CreationTime": datetime(2026, 1, day, tzinfo=UTC),
        "LastModifiedTime": datetime(2026, 2, day, tzinfo=UTC),
        "TrainingJobStatusCounters": {},
        "ObjectiveStatusCounters": {},
    }


JOBS = [
    _tuning_job("b-one", "Completed", 1),
    _tuning_job("A-two", "Failed", 2),
    _tuning_job("c-three", "Completed", 3),
]
SECOND = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ({}, ["A-two", "b-one", "c-three"]),
        ({"SortOrder": "Descending"}, ["c-three", "b-one", "A-two"]),
        ({"SortBy": "CreationTime"}, ["b-one", "A-two", "c-three"]),
        ({"SortBy": "Status"}, ["b-one", "c-three", "A-two"]),
        ({"NameContains": "a-"}, ["A-two"]),
        ({"StatusEquals": "Completed"}, ["b-one", "c-three"]),
        ({"CreationTimeAfter": SECOND}, ["c-three"]),
        ({"CreationTimeBefore": SECOND.timestamp()}, ["b-one"]),
        ({"LastModifiedTimeBefore": SECOND}, []),
        ({"MaxResults": 2}, ["A-two", "b-one"]),
        ({"MaxResults": 2, "NextToken": "2"}, ["c-three"]),
    ],
)
def test_tuning_jobs_are_found_as_a_client_asks(request_: dict[str, Any], names: list[str]) -> None:
    found = listing.tuning_jobs(request_, JOBS)["HyperParameterTuningJobSummaries"]

    assert [one["HyperParameterTuningJobName"] for one in found] == names
    assert all(one["Strategy"] == "Grid" for one in found)


def test_ten_jobs_are_a_page() -> None:
    many = [_tuning_job(f"job-{number:02d}", "Completed", 1) for number in range(11)]

    first = listing.tuning_jobs({}, many)
    assert len(first["HyperParameterTuningJobSummaries"]) == 10
    rest = listing.tuning_jobs({"NextToken": first["NextToken"]}, many)
    assert [*rest] == ["HyperParameterTuningJobSummaries"]


def _training(name: str, status: str, value: float | None, day: int) -> dict[str, Any]:
    metric = {"FinalHyperParameterTuningJobObjectiveMetric": {"Value": value}}
    return {
        "TrainingJobName": name,
        "TrainingJobStatus": status,
        "CreationTime": datetime(2026, 1, day, tzinfo=UTC),
        **(metric if value is not None else {}),
    }


TRAININGS = [
    _training("t-3", "Completed", 0.5, 1),
    _training("t-1", "Failed", None, 2),
    _training("t-2", "Completed", 0.1, 3),
]


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ({}, ["t-1", "t-2", "t-3"]),
        ({"SortBy": "CreationTime", "SortOrder": "Descending"}, ["t-2", "t-1", "t-3"]),
        ({"SortBy": "Status"}, ["t-3", "t-2", "t-1"]),
        ({"SortBy": "FinalObjectiveMetricValue"}, ["t-2", "t-3"]),
        ({"StatusEquals": "Failed"}, ["t-1"]),
    ],
)
def test_training_jobs_are_found_as_a_client_asks(
    request_: dict[str, Any], names: list[str]
) -> None:
    found = listing.training_jobs(request_, TRAININGS)["TrainingJobSummaries"]

    assert [one["TrainingJobName"] for one in found] == names
