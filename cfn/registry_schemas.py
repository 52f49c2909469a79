"""CloudFormation's registry schemas of a region, read from the data that cfn-lint ships.

They say which properties a type has, which of them replace the resource, and which identify it.
Importing the linter itself takes a second, its data none.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_USUAL_REGION = "us-east-1"
_PREFIX = "/properties/"


class SchemaError(Exception):
    """Schemas that are not there; the message is one line: where, what and do."""


def is_known(kind: str, region: str) -> bool:
    """Return whether the region's registry has a schema of the type."""
    return bool(_schema(kind, region))


def schema(kind: str, region: str) -> dict[str, Any]:
    """Return the whole schema of a type; empty where the region's registry has none."""
    return dict(_schema(kind, region))


def create_only(kind: str, region: str) -> tuple[str, ...]:
    """Return the properties whose change replaces a resource, as in `Budget/BudgetName`."""
    return _without_items(_paths(kind, region, "createOnlyProperties"))


def conditional_create_only(kind: str, region: str) -> tuple[str, ...]:
    """Return the properties whose change replaces a resource in some cases."""
    return _without_items(_paths(kind, region, "conditionalCreateOnlyProperties"))


def identifiers(kind: str, region: str) -> tuple[str, ...]:
    """Return the properties of the primary identifier that a template may set."""
    given = set(_paths(kind, region, "readOnlyProperties"))
    return tuple(
        name
        for name in _paths(kind, region, "primaryIdentifier")
        if name.split("/")[0] not in given
    )


def write_only(kind: str, region: str) -> tuple[str, ...]:
    """Return the properties that cannot be read, so that no drift of them is ever detected."""
    return _paths(kind, region, "writeOnlyProperties")


def is_drift_detected(kind: str, region: str) -> bool:
    """Return whether CloudFormation detects drift of the type: it has a handler that reads."""
    return "read" in _schema(kind, region).get("handlers", {})


def unknown_properties(kind: str, names: set[str], region: str) -> list[str]:
    """Return those of `names` that the type's schema does not have, sorted."""
    return sorted(names - _schema(kind, region).get("properties", {}).keys())


def _paths(kind: str, region: str, key: str) -> tuple[str, ...]:
    found = _schema(kind, region).get(key, [])
    return tuple(path.removeprefix(_PREFIX).replace(_PREFIX, "/") for path in found)


def _without_items(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return each path up to a list: which of its items changed is not known."""
    return tuple(path.partition("/*")[0] for path in paths)


@cache
def _schema(kind: str, region: str) -> dict[str, Any]:
    names = _names(region) or _names(_USUAL_REGION)
    if kind not in names:
        return {}
    text = (_schemas() / "resources" / f"{names[kind]}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _names(region: str) -> dict[str, str]:
    file = _schemas() / "providers" / f"{region or _USUAL_REGION}.json"
    if not file.is_file():
        return {}
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


@cache
def _schemas() -> Path:
    found = find_spec("cfnlint")
    if found is None or found.origin is None:
        raise SchemaError("cfn-lint: not installed; install it with: make setup")
    return Path(found.origin).parent / "data" / "schemas"


# The containers of a pipeline hand their output on in the order of the list:
# https://docs.aws.amazon.com/sagemaker/latest/dg/inference-pipelines.html
_ORDERED = {"AWS::SageMaker::Model": ("Containers",)}


@cache
def is_unordered(kind: str, path: str, region: str) -> bool:
    """Return whether the schema says that the order of a list, as in `VpcConfig/Subnets`, is none.

    A segment of the path that stands for an item of a list may be any text.
    """
    whole = _schema(kind, region)
    if path in _ORDERED.get(kind, ()):
        return False
    place: Any = {"properties": whole.get("properties", {})}
    for segment in path.split("/"):
        place = _resolved(whole, place)
        if not isinstance(place, dict):
            return False
        is_list = place.get("type") == "array"
        place = place.get("items") if is_list else place.get("properties", {}).get(segment)
    place = _resolved(whole, place)
    return isinstance(place, dict) and place.get("insertionOrder") is False


def _resolved(whole: dict[str, Any], place: Any) -> Any:
    """Return what a `$ref` of a schema refers to."""
    while isinstance(place, dict) and isinstance(place.get("$ref"), str):
        place = whole.get("definitions", {}).get(place["$ref"].rpartition("/")[2])
    return place
