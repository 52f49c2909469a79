"""How a scalable target's capacity is read, moved and told."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError

from sandbox.applicationautoscaling import activities, targets
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
REQUEST = {"ServiceNamespace": "sagemaker"}


class Endpoint:
    """An endpoint that changes when it is told that it did."""

    def __init__(self) -> None:
        self.document = {"EndpointStatus": "InService"}
        self.count = 2
        self.refusal: Exception | None = None
        self.end: Callable[[str], None] | None = None

    def describe(self) -> dict[str, Any]:
        row = {"VariantName": "v", "DesiredInstanceCount": self.count}
        return {"ProductionVariants": [{"VariantName": "other"}, row]}

    def set_weights(self, wanted: list[dict[str, Any]], on_end: Callable[[str], None]) -> None:
        if self.refusal:
            raise self.refusal
        self.count, self.end = wanted[0]["DesiredInstanceCount"], on_end
        self.document["EndpointStatus"] = "Updating"

    def settle(self, reason: str = "") -> None:
        self.document["EndpointStatus"] = "InService"
        assert self.end is not None
        self.end(reason)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    found = Endpoint()
    monkeypatch.setattr(targets._Endpoints, "find", lambda place, name: {"e": found}.get(name))
    yield found
    activities.forget()
    targets.forget()


def target(resource: str = "endpoint/e/variant/v", **more: Any) -> Any:
    usual = {
        "service_namespace": "sagemaker",
        "resource_id": resource,
        "scalable_dimension": targets.DIMENSION,
        "min_capacity": 1,
        "max_capacity": 4,
    }
    return SimpleNamespace(**{**usual, **more})


def item() -> dict[str, Any]:
    (found,) = activities.items(HERE, REQUEST)
    return found


@pytest.mark.parametrize(
    ("one", "capacity"),
    [
        (target(), 2),
        (target("endpoint/e/variant/other"), None),
        (target("endpoint/e/variant/none"), None),
        (target("endpoint/none/variant/v"), None),
        (target("table/t"), None),
        (target(scalable_dimension="ecs:service:DesiredCount"), None),
    ],
)
def test_a_capacity_is_that_of_the_variant(
    one: Any, capacity: int | None, endpoint: Endpoint
) -> None:
    assert targets.capacity(HERE, one) == capacity


def test_an_activity_is_in_progress_until_the_endpoint_serves(endpoint: Endpoint) -> None:
    remembered: list[str] = []
    targets.change(HERE, target(), 3, "because", lambda: remembered.append("done"))
    assert (item()["StatusCode"], remembered) == ("InProgress", [])
    assert item()["StatusMessage"].endswith("Waiting for change to be fulfilled by sagemaker.")

    endpoint.settle()

    assert (item()["StatusCode"], remembered) == ("Successful", ["done"])
    assert item()["EndTime"] >= item()["StartTime"]


def test_an_activity_fails_with_the_reason_of_the_endpoint(endpoint: Endpoint) -> None:
    remembered: list[str] = []
    targets.change(HERE, target(), 3, "because", lambda: remembered.append("done"))
    endpoint.settle("no instances")

    assert (item()["StatusCode"], remembered) == ("Failed", [])
    assert item()["StatusMessage"] == (
        "Failed to set desired instance count to 3. Reason: no instances"
    )


def test_a_quota_fails_the_activity_at_once(endpoint: Endpoint) -> None:
    endpoint.refusal = JsonRESTError("ResourceLimitExceeded", "The account-level service limit")

    targets.change(HERE, target(), 3, "because")

    assert "Reason: The account-level service limit" in item()["StatusMessage"]


@pytest.mark.parametrize(
    ("bounds", "count", "cause"),
    [
        ((1, 4), 2, None),
        ((3, 4), 3, "minimum capacity was set to 3"),
        ((1, 1), 1, "maximum capacity was set to 1"),
        ((None, 4), 2, None),
    ],
)
def test_a_capacity_is_moved_into_its_bounds(
    bounds: tuple[Any, Any], count: int, cause: str | None, endpoint: Endpoint
) -> None:
    one = target(min_capacity=bounds[0], max_capacity=bounds[1])

    targets.move_into_bounds(HERE, one)

    assert endpoint.count == count
    assert [one["Cause"] for one in activities.items(HERE, REQUEST)] == ([cause] if cause else [])


def test_a_busy_endpoint_is_moved_once_it_serves(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = target(min_capacity=3)
    backend = SimpleNamespace(targets={targets.DIMENSION: {one.resource_id: one}})
    monkeypatch.setattr(targets, "every", lambda: [(HERE, backend)])
    endpoint.document["EndpointStatus"] = "Updating"

    targets.move_into_bounds(HERE, one)
    targets.move_later_ones()
    assert endpoint.count == 2
    endpoint.document["EndpointStatus"] = "InService"
    targets.move_later_ones()
    assert endpoint.count == 3
    endpoint.settle()
    endpoint.count = 1
    targets.move_later_ones()
    assert endpoint.count == 1
