"""Replacement by an update: create-only properties, from CloudFormation's registry of a region."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reviewer.changes.resource_diff import ResourceDiff
from reviewer.errors import ReviewError

_USUAL_REGION = "us-east-1"


def replaced(found: list[ResourceDiff], region: str) -> dict[str, str]:
    """The path of everything that is replaced, and the properties that cause it.

    A resource whose create-only property refers to a replaced one is replaced with it.
    """
    causes = {diff.path: cause for diff in found if (cause := _own_cause(diff, region))}
    while True:
        more = {
            diff.path: f"{name}: {target} is replaced"
            for diff in found
            if diff.stays and diff.path not in causes
            for name in create_only(diff.type, region)
            for target in causes
            if _refers(_at(diff.new, name), target)
        }
        if not more:
            return causes
        causes |= more


def create_only(kind: str, region: str) -> tuple[str, ...]:
    """Properties that cannot be changed in place, as in `ProductionVariants` or `A/B`."""
    schema = _schema(kind, region or _USUAL_REGION)
    found = [
        *schema.get("createOnlyProperties", []),
        *schema.get("conditionalCreateOnlyProperties", []),
    ]
    return tuple(path.removeprefix("/properties/") for path in found)


def _own_cause(diff: ResourceDiff, region: str) -> str:
    if not diff.stays:
        return ""
    if diff.before is not None and diff.before.type != diff.type:
        return "its type"
    names = create_only(diff.type, region)
    causes = {
        name
        for name in names
        for path in diff.changed
        if path == name or path.startswith(f"{name}/") or name.startswith(f"{path}/")
    }
    return ", ".join(sorted(causes))


def _at(tree: Any, name: str) -> Any:
    for key in name.split("/"):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _refers(value: Any, path: str) -> bool:
    return value is not None and f"{{{path}}}" in json.dumps(value)


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
    file = _schemas() / "providers" / f"{region}.json"
    if not file.is_file():
        return {}
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


@cache
def _schemas() -> Path:
    """The folder with CloudFormation's schemas; importing the linter itself takes a second."""
    found = find_spec("cfnlint")
    if found is None or found.origin is None:
        raise ReviewError("cfn-lint: not installed; install it with: make setup")
    return Path(found.origin).parent / "data" / "schemas"
