"""CloudFormation's detection is waited for, read to its end, and its failure has a reason."""

from typing import Any

import pytest

from cfn.live.differences import Difference
from cli.drift import cloudformation_drift
from cli.drift.cloudformation_drift import DriftDetectionError, detected_drift
from tests.cli.service import Service

DRIFTS = "describe_stack_resource_drifts"


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between two looks, which take no time here."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


def formation(*states: dict[str, Any], pages: list[Any] | None = None) -> Service:
    return Service(
        detect_stack_drift=[{"StackDriftDetectionId": "id"}],
        describe_stack_drift_detection_status=list(states),
        describe_stack_resource_drifts=pages or [{"StackResourceDrifts": []}],
    )


def state(name: str, **more: str) -> dict[str, str]:
    return {"DetectionStatus": f"DETECTION_{name}", **more}


def test_a_detection_is_waited_for_and_every_page_of_it_read(waited: list[float]) -> None:
    changed = {
        "LogicalResourceId": "Data",
        "StackResourceDriftStatus": "MODIFIED",
        "PropertyDifferences": [
            {"PropertyPath": "/Tags/0", "ExpectedValue": '{"a": 1}', "ActualValue": "plain"},
            {"PropertyPath": "/Name", "ExpectedValue": "3"},
        ],
    }
    gone = {"LogicalResourceId": "Key", "StackResourceDriftStatus": "DELETED"}
    pages = [{"StackResourceDrifts": [changed], "NextToken": "t"}, {"StackResourceDrifts": [gone]}]
    service = formation(state("IN_PROGRESS"), state("COMPLETE"), pages=pages)

    assert list(detected_drift(service, "stack", 0.5)) == [
        ("Data", [Difference("Tags/0", {"a": 1}, "plain"), Difference("Name", 3, None)], False),
        ("Key", [], True),
    ]
    assert waited == [0.5]
    assert service.given[-1]["StackResourceDriftStatusFilters"] == ["MODIFIED", "DELETED"]
    assert service.given[-1]["NextToken"] == "t"


@pytest.mark.usefixtures("waited")
@pytest.mark.parametrize(
    ("given", "reason"),
    [({"DetectionStatusReason": "no rights"}, "no rights"), ({}, "no reason given")],
)
def test_a_detection_that_fails_says_why(given: dict[str, str], reason: str) -> None:
    with pytest.raises(DriftDetectionError, match=f"^{reason}$"):
        list(detected_drift(formation(state("FAILED", **given)), "stack", 0.5))


@pytest.mark.usefixtures("waited")
def test_a_detection_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudformation_drift, "_TIMEOUT_SECONDS", -1.0)

    with pytest.raises(DriftDetectionError, match="not over after"):
        list(detected_drift(formation(state("IN_PROGRESS")), "stack", 0.5))
