"""Scalable targets: the variant behind each, its capacity, and how that is changed."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.core.exceptions import JsonRESTError, ServiceException

from sandbox.applicationautoscaling import activities
from sandbox.state.stores import Document, Place

if TYPE_CHECKING:
    from sandbox.sagemaker.endpoints import Endpoint

DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_RESOURCE = re.compile(r"endpoint/([^/]+)/variant/([^/]+)")
_LATER: set[tuple[Place, str]] = set()
"""Targets out of their bounds whose endpoint was not in service."""

_LOCK = threading.Lock()


class _Endpoints:
    """Finds an endpoint; given by who starts the sandbox, as it imports both."""

    find: Callable[[Place, str], Endpoint | None] = staticmethod(lambda place, name: None)


def use(find_endpoint: Callable[[Place, str], Endpoint | None]) -> None:
    """Scale the endpoints that `find_endpoint` finds."""
    _Endpoints.find = staticmethod(find_endpoint)


def every() -> list[tuple[Place, Any]]:
    """Return Application Auto Scaling of every account and region that was asked for."""
    return [
        (Place(account, region), backend)
        for account, regions in list(applicationautoscaling_backends.items())
        for region, backend in list(regions.items())
    ]


def find(backend: Any, resource_id: str, dimension: str) -> Any:
    """Return moto's target, or None."""
    return backend.targets.get(dimension, {}).get(resource_id)


def _variant(place: Place, target: Any) -> tuple[Endpoint | None, str]:
    matched = _RESOURCE.fullmatch(target.resource_id)
    if matched is None or target.scalable_dimension != DIMENSION:
        return None, ""
    return _Endpoints.find(place, matched[1]), matched[2]


def capacity(place: Place, target: Any) -> int | None:
    """Return how many instances are desired; None for what does not exist or is not scaled here."""
    endpoint, name = _variant(place, target)
    rows = endpoint.describe().get("ProductionVariants", []) if endpoint else []
    counts = [row.get("DesiredInstanceCount") for row in rows if row["VariantName"] == name]
    return counts[0] if counts else None


def is_at_rest(place: Place, target: Any) -> bool:
    """Return whether the endpoint takes a change now."""
    endpoint, _ = _variant(place, target)
    return endpoint is not None and endpoint.document["EndpointStatus"] == "InService"


def suspends(target: Any, what: str) -> bool:
    """Return whether a kind of scaling is suspended."""
    return bool((target.suspended_state or {}).get(what))


def change(
    place: Place,
    target: Any,
    count: int,
    cause: str,
    on_success: Callable[[], None] = lambda: None,
) -> None:
    """Have an endpoint run `count` instances, as an activity that ends when it serves with them."""
    endpoint, name = _variant(place, target)
    assert endpoint is not None, "its capacity was read"
    what = f"desired instance count to {count}"
    activity = activities.begin(place, target, f"Setting {what}.", cause)
    waiting = f"Successfully set {what}. Waiting for change to be fulfilled by sagemaker."
    activity["StatusMessage"] = waiting

    def end(reason: str) -> None:
        if reason:
            activities.finish(activity, "Failed", f"Failed to set {what}. Reason: {reason}")
            return
        on_success()
        done = f"Successfully set {what}. Change successfully fulfilled by sagemaker."
        activities.finish(activity, "Successful", done)

    wanted: list[Document] = [{"VariantName": name, "DesiredInstanceCount": count}]
    try:
        endpoint.set_weights(wanted, end)
    except (JsonRESTError, ServiceException) as error:
        end(str(getattr(error, "message", error)))


def move_into_bounds(place: Place, target: Any) -> None:
    """Move a capacity into [min, max], now or once the endpoint is in service.

    RegisterScalableTarget and scheduled actions do so at once, whatever the cooldown.
    """
    key = (place, target.resource_id)
    with _LOCK:
        _LATER.discard(key)
    current = capacity(place, target)
    if current is None or target.min_capacity is None or target.max_capacity is None:
        return
    count = min(max(current, target.min_capacity), target.max_capacity)
    if count == current:
        return
    bound = "minimum" if count > current else "maximum"
    if is_at_rest(place, target):
        change(place, target, count, f"{bound} capacity was set to {count}")
        return
    with _LOCK:
        _LATER.add(key)


def move_later_ones() -> None:
    """Move those that could not be moved before."""
    with _LOCK:
        waiting = list(_LATER)
    for place, backend in every():
        for where, resource_id in waiting:
            target = find(backend, resource_id, DIMENSION)
            if where == place and target is not None:
                move_into_bounds(place, target)


def forget() -> None:
    """Drop what waits."""
    with _LOCK:
        _LATER.clear()
