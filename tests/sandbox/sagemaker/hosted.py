"""Endpoints without processes: deployments end before they return."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.eventbridge import events
from sandbox.sagemaker import capacity, endpoints, hosting, scaled_variants
from sandbox.sagemaker.endpoints import Endpoint
from sandbox.sagemaker.hosting import Stored
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
LARGE = "ml.m5.large"


class Variant:
    """A variant without a process; a row with Fail never becomes healthy."""

    def __init__(self, row: dict[str, Any], make_copy: Any) -> None:
        self.row, self.name, self.ended = row, row["VariantName"], ""
        self.instance_type = row.get("InstanceType", "")
        self.taken: Any = None
        self.copies: Any = (None,) * row.get("InitialInstanceCount", 1)
        self.requests = 0
        self.turned_on: int | None = None
        count, weight = row.get("InitialInstanceCount", 1), row.get("Weight", 1.0)
        self.document = {
            "VariantName": self.name,
            "CurrentWeight": weight,
            "DesiredWeight": weight,
            "CurrentInstanceCount": count,
            "DesiredInstanceCount": count,
        }

    def start(self) -> None:
        if fail := self.row.get("Fail"):
            raise fail

    def retain(self, document: Any, kept: set[str]) -> None:
        self.taken = (bool(document), kept)

    def take(self) -> Any:
        self.requests += 1
        return self

    def turn_on(self, count: int | None) -> None:
        self.turned_on = count

    @property
    def share(self) -> float:
        desired = self.document["DesiredInstanceCount"]
        return 1.0 if self.turned_on is None else float(self.turned_on / desired)

    def show(self, status: str, message: str) -> None:
        self.document["VariantStatus"] = [status, message] if status else []

    def scale(self, count: int, assign_type: Any) -> None:
        assign_type(self.row)
        if fail := self.row.get("ScaleFail"):
            raise fail
        self.copies = (None,) * count

    def end(self) -> None:
        self.ended = "ended"

    def abandon(self) -> None:
        self.ended = "abandoned"


def told_of(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the states that EventBridge is told, and forget every endpoint afterwards."""
    found: list[str] = []
    patch.setattr(endpoints, "Variant", Variant)
    patch.setattr(events, "put", lambda place, one: put(found, one))
    patch.setattr(hosting, "container_of", lambda *given: None)
    patch.setattr(scaled_variants, "refuse_retype", lambda *given: None)
    patch.setattr(Endpoint, "_begin", Endpoint._deploy)
    patch.setattr(Endpoint, "_later", staticmethod(lambda seconds, call, *given: call(*given)))
    limited(patch)
    yield found
    endpoints.ENDPOINTS.clear()
    hosting.CONFIGURATIONS.clear()


def put(found: list[str], event: events.Event) -> None:
    if event.detail_type == "SageMaker Endpoint State Change":
        found.append(event.detail["EndpointStatus"])


def limited(monkeypatch: pytest.MonkeyPatch, **limits: Any) -> None:
    monkeypatch.setattr(capacity, "current", lambda: capacity.Capacity(**limits))


def row(name: str = "A", **more: Any) -> dict[str, Any]:
    return {"VariantName": name, "ModelName": "m", "InstanceType": LARGE, **more}


def configuration(*rows: dict[str, Any], name: str = "one", **more: Any) -> dict[str, Any]:
    document = {"EndpointConfigName": name, "ProductionVariants": [*rows], **more}
    hosting.CONFIGURATIONS.add(HERE, name, lambda: Stored(document, "arn"))
    return document


def made(*rows: dict[str, Any], **more: Any) -> Endpoint:
    configuration(*(rows or (row(),)), **more)
    request = {"EndpointName": "Churn", "EndpointConfigName": more.get("name", "one")}
    return endpoints.create(HERE, request, None)


def variants(endpoint: Endpoint) -> list[Any]:
    return [*endpoint._live]
