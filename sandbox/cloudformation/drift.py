"""Drift detection: a stack's resources beside what their own APIs say, as CloudFormation does it.

It looks at the properties that a template has, where the type's schema has a handler that reads,
and never at properties that can only be written.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cfn.live.differences import Difference, differences
from cfn.live.readers import READERS
from cfn.registry_schemas import is_drift_detected, write_only
from sandbox.cloudformation.stack import now
from sandbox.handlers.aws import is_gone

if TYPE_CHECKING:
    from sandbox.cloudformation.stack import Stack
    from sandbox.handlers.aws import Aws
    from sandbox.handlers.resource import StackResource


class DriftDetection:
    """One detection of one stack, which is over when it is made."""

    def __init__(self, stack: Stack, aws: Aws) -> None:
        self.id = str(uuid.uuid4())
        self.stack, self.at = stack, now()
        found = [_look(one, aws, self.at) for one in stack.resources.values()]
        self.drifts = [{"StackId": stack.stack_id, **one} for one in found if one]

    @property
    def count(self) -> int:
        """How many resources drifted."""
        return sum(one["StackResourceDriftStatus"] != "IN_SYNC" for one in self.drifts)

    def describe(self) -> dict[str, Any]:
        """Return the detection as DescribeStackDriftDetectionStatus shows it."""
        return {
            "StackId": self.stack.stack_id,
            "StackDriftDetectionId": self.id,
            "StackDriftStatus": "DRIFTED" if self.count else "IN_SYNC",
            "DetectionStatus": "DETECTION_COMPLETE",
            "DriftedStackResourceCount": self.count,
            "Timestamp": self.at,
        }


def _look(resource: StackResource, aws: Aws, at: datetime) -> dict[str, Any] | None:
    """Return one resource as DescribeStackResourceDrifts shows it; None for one not checked."""
    reader = READERS.get(resource.type)
    if reader is None or not is_drift_detected(resource.type, aws.region):
        return None
    shown = {
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "Timestamp": at,
    }
    try:
        live = reader(partial(_call, aws), resource.physical_id)
    except (LookupError, ClientError) as error:
        if isinstance(error, ClientError) and not is_gone(error):
            raise
        return {**shown, "StackResourceDriftStatus": "DELETED", "PropertyDifferences": []}
    hidden = {name.partition("/")[0] for name in write_only(resource.type, aws.region)}
    seen = {k: v for k, v in live.items() if k in resource.properties and k not in hidden}
    found = list(differences(resource.type, resource.properties, seen))
    return {
        **shown,
        "ExpectedProperties": _text(resource.properties),
        "ActualProperties": _text({**resource.properties, **seen}),
        "PropertyDifferences": [_difference(one) for one in found],
        "StackResourceDriftStatus": "MODIFIED" if found else "IN_SYNC",
    }


def _difference(one: Difference) -> dict[str, str]:
    kind = "REMOVE" if one.actual is None else "ADD" if one.expected is None else "NOT_EQUAL"
    return {
        "PropertyPath": f"/{one.path}",
        "ExpectedValue": _text(one.expected),
        "ActualValue": _text(one.actual),
        "DifferenceType": kind,
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _call(
    aws: Aws,
    service: str,
    operation: str,
    arguments: Mapping[str, Any] | None = None,
    /,
    *,
    or_none: bool = False,
) -> Mapping[str, Any]:
    try:
        answer: dict[str, Any] = getattr(aws.client(service), operation)(**(arguments or {}))
    except ClientError as error:
        if or_none and is_gone(error):
            return {}
        raise
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}
