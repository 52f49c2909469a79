"""Properties that Search takes for a resource: botocore's model of its record, and their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from moto.sagemaker.exceptions import ValidationError

from sandbox.state import clients

if TYPE_CHECKING:
    from sandbox.state.stores import Document

# Whose keys a user chooses: what follows the first point is one name, points and all.
_BY_KEY: dict[str, Callable[[Document], Document]] = {
    "Metrics": lambda row: {
        one["MetricName"]: one["Value"] for one in row.get("FinalMetricDataList") or []
    },
    "HyperParameters": lambda row: row.get("HyperParameters") or {},
    "Environment": lambda row: row.get("Environment") or {},
    "Tags": lambda row: {tag["Key"]: tag["Value"] for tag in row.get("Tags") or []},
}
_KINDS = {"integer": "number", "long": "number", "float": "number", "double": "number"}


@dataclass(frozen=True)
class Property:
    """A property with its kind: text, number, boolean, timestamp, or structure."""

    name: str
    kind: str

    def values(self, row: Document) -> list[Any]:
        """Return what a record has there: nothing, one value, or one for each item of a list."""
        head, _, rest = self.name.partition(".")
        if head in _BY_KEY and rest:
            found = _BY_KEY[head](row).get(rest)
            return [] if found is None else [found]
        return list(_walk(row, self.name.split(".")))

    def parsed(self, value: str) -> Any:
        """Return what a filter's text means; raises ValidationException when it means nothing."""
        try:
            if self.kind == "number":
                return float(value)
            if self.kind == "timestamp":
                moment = datetime.fromisoformat(value)
                return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            if self.kind == "boolean":
                return {"true": True, "false": False}[value.lower()]
        except (ValueError, KeyError):
            raise ValidationError(
                message=f"Invalid value for property {self.name}: {value} is no {self.kind}"
            ) from None
        return value


def _walk(found: Any, parts: list[str]) -> Iterator[Any]:
    if isinstance(found, list):
        for item in found:
            yield from _walk(item, parts)
    elif not parts:
        if found is not None:
            yield found
    elif isinstance(found, dict):
        yield from _walk(found.get(parts[0]), parts[1:])


def fields(record: str) -> frozenset[str]:
    """Return the names that a record of the resource has, as botocore's model lists them."""
    return frozenset(_model(record).members)


@lru_cache(maxsize=256)
def of(record: str, name: str) -> Property:
    """Return the property; raises ValidationException where the model has none of this name."""
    head, _, rest = name.partition(".")
    if head in _BY_KEY and rest:
        return Property(name, "number" if head == "Metrics" else "text")
    shape = _model(record)
    for part in name.split("."):
        while shape.type_name == "list":
            shape = shape.member
        if shape.type_name != "structure" or part not in shape.members:
            raise ValidationError(message=f"Unknown property name: {name}")
        shape = shape.members[part]
    while shape.type_name == "list":
        shape = shape.member
    kind = shape.type_name
    return Property(name, _KINDS.get(kind, "text" if kind == "string" else kind))


@lru_cache(maxsize=8)
def _model(record: str) -> Any:
    with clients.CREATING:
        session: Any = clients.session()._session
        return session.get_service_model("sagemaker").shape_for(record)
