"""Replacement by an update: create-only properties, from CloudFormation's registry of a region."""

import json
from collections.abc import Callable
from typing import Any

from cfn.registry_schemas import conditional_create_only, create_only
from reviewer.changes.resource_diff import ResourceDiff

_Paths = Callable[[str, str], tuple[str, ...]]


def replaced(found: list[ResourceDiff], region: str) -> dict[str, str]:
    """The path of everything that may be replaced, and the properties that cause it.

    A resource whose create-only property refers to a replaced one is replaced with it.
    """
    return _replaced(found, region, _causes_replacement)


def replacing(diff: ResourceDiff, region: str) -> list[str]:
    """The properties of a diff that may replace the resource."""
    return changed_among(diff, _causes_replacement(diff.type, region))


def certainly_replaced(found: list[ResourceDiff], region: str) -> dict[str, str]:
    """Like `replaced`, without what AWS replaces in some cases only."""
    return _replaced(found, region, create_only)


def _replaced(found: list[ResourceDiff], region: str, paths: _Paths) -> dict[str, str]:
    causes = {diff.path: cause for diff in found if (cause := _own_cause(diff, region, paths))}
    while True:
        more = {
            diff.path: f"{name}: {target} is replaced"
            for diff in found
            if diff.stays and diff.path not in causes
            for name in paths(diff.type, region)
            for target in causes
            if _refers(_at(diff.new, name), target)
        }
        if not more:
            return causes
        causes |= more


def changed_among(diff: ResourceDiff, names: tuple[str, ...]) -> list[str]:
    """Those of `names`, properties or paths such as `A/B`, that the diff touches; sorted."""
    return sorted(
        {
            name
            for name in names
            for path in diff.changed
            if path == name or path.startswith(f"{name}/") or name.startswith(f"{path}/")
        }
    )


def _causes_replacement(kind: str, region: str) -> tuple[str, ...]:
    return (*create_only(kind, region), *conditional_create_only(kind, region))


def _own_cause(diff: ResourceDiff, region: str, paths: _Paths) -> str:
    if diff.before is None or diff.after is None:
        return ""
    if diff.before.type != diff.after.type:
        return "its type"
    return ", ".join(changed_among(diff, paths(diff.type, region)))


def _at(tree: Any, name: str) -> Any:
    for key in name.split("/"):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _refers(value: Any, path: str) -> bool:
    return f"{{{path}}}" in json.dumps(value)
