"""CloudFormation's own drift detection, which looks at the properties that a template has."""

import json
import time
from collections.abc import Iterator
from typing import Any

from cfn.live.differences import Difference

_TIMEOUT_SECONDS = 900.0


class DriftDetectionError(Exception):
    """A detection that did not come to its end; the message says why."""


def detected_drift(
    formation: Any, stack: str, poll_seconds: float
) -> Iterator[tuple[str, list[Difference], bool]]:
    """Yield the logical id of each resource that drifted, how, and whether it is gone.

    Raises DriftDetectionError when CloudFormation could not detect it.
    """
    detection = formation.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
    _wait(formation, detection, poll_seconds)
    for one in _resource_drifts(formation, stack):
        is_gone = one["StackResourceDriftStatus"] == "DELETED"
        found = [_difference(it) for it in one.get("PropertyDifferences", [])]
        yield one["LogicalResourceId"], found, is_gone


def _resource_drifts(formation: Any, stack: str) -> Iterator[dict[str, Any]]:
    """Yield every resource that drifted; botocore has no paginator for it."""
    wanted = {"StackName": stack, "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"]}
    while True:
        page = formation.describe_stack_resource_drifts(**wanted)
        yield from page["StackResourceDrifts"]
        if not page.get("NextToken"):
            return
        wanted["NextToken"] = page["NextToken"]


def _wait(formation: Any, detection: str, poll_seconds: float) -> None:
    until = time.monotonic() + _TIMEOUT_SECONDS
    while True:
        found = formation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if found["DetectionStatus"] == "DETECTION_COMPLETE":
            return
        if found["DetectionStatus"] == "DETECTION_FAILED":
            raise DriftDetectionError(found.get("DetectionStatusReason", "no reason given"))
        if time.monotonic() > until:
            raise DriftDetectionError(f"not over after {_TIMEOUT_SECONDS:.0f} s")
        time.sleep(poll_seconds)


def _difference(item: dict[str, Any]) -> Difference:
    path = str(item["PropertyPath"]).strip("/")
    return Difference(path, _value(item.get("ExpectedValue")), _value(item.get("ActualValue")))


def _value(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text
