"""Scaling activities, and scaling that did not happen, in the words of DescribeScalingActivities.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html
"""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

from sandbox.state.stores import now

if TYPE_CHECKING:
    from sandbox.state.stores import Document, Place

_ITEMS: dict[Place, deque[Document]] = defaultdict(lambda: deque(maxlen=5_000))
_LOCK = threading.Lock()


def begin(place: Place, target: Any, description: str, cause: str) -> Document:
    """Add an activity that is in progress and return it, for `finish`."""
    item: Document = {
        "ActivityId": str(uuid.uuid4()),
        "ServiceNamespace": target.service_namespace,
        "ResourceId": target.resource_id,
        "ScalableDimension": target.scalable_dimension,
        "Description": description,
        "Cause": cause,
        "StartTime": now().timestamp(),
        "StatusCode": "InProgress",
    }
    with _LOCK:
        _ITEMS[place].append(item)
    return item


def finish(item: Document, status: str, message: str) -> None:
    """Say how an activity ended."""
    item |= {"StatusCode": status, "StatusMessage": message, "EndTime": now().timestamp()}


def note_not_scaled(place: Place, target: Any, cause: str, reason: Document) -> None:
    """Add that an alarm changed nothing; once for as long as its reason stays the same."""
    with _LOCK:
        of_target = [one for one in _ITEMS[place] if _is_of(one, target)]
    last = of_target[-1] if of_target else {}
    if (last.get("NotScaledReasons"), last.get("Cause")) == ([reason], cause):
        return
    item = begin(place, target, "Attempting to scale due to alarm triggered", cause)
    item |= {"StatusCode": "Failed", "NotScaledReasons": [reason]}


def _is_of(item: Document, target: Any) -> bool:
    return (item["ResourceId"], item["ScalableDimension"]) == (
        target.resource_id,
        target.scalable_dimension,
    )


def items(place: Place, request: Document) -> list[Document]:
    """Return what a DescribeScalingActivities asks for, the newest first."""
    with _LOCK:
        found = [dict(one) for one in _ITEMS[place]]
    return [
        one
        for one in reversed(found)
        if one["ServiceNamespace"] == request["ServiceNamespace"]
        and request.get("ResourceId") in (None, one["ResourceId"])
        and request.get("ScalableDimension") in (None, one["ScalableDimension"])
        and (request.get("IncludeNotScaledActivities") or "NotScaledReasons" not in one)
    ]


def forget() -> None:
    """Drop every activity."""
    with _LOCK:
        _ITEMS.clear()
