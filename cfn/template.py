"""CloudFormation templates: what refers to what, and the order in which resources are made."""

from collections.abc import Collection, Mapping
from typing import Any

from cfn.intrinsics import references

Template = dict[str, Any]


class CircularDependency(Exception):
    """Resources of which each needs the next; the message names them."""


def dependencies(resource: Mapping[str, Any], wanted: Collection[str]) -> frozenset[str]:
    """Return the logical ids among `wanted` that must exist before `resource`."""
    explicit = resource.get("DependsOn", [])
    names = {explicit} if isinstance(explicit, str) else set(explicit)
    names.update(references(resource.get("Properties", {})))
    return frozenset(names.intersection(wanted))


def creation_order(
    resources: Mapping[str, Mapping[str, Any]], wanted: Collection[str]
) -> list[str]:
    """Return `wanted` so that every resource follows what it depends on.

    Raises CircularDependency for a circle, naming it.
    """
    done: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = ", ".join(path[path.index(name) :])
            raise CircularDependency(f"Circular dependency between resources: [{circle}]")
        if name in done:
            return
        for needed in sorted(dependencies(resources[name], wanted)):
            visit(needed, (*path, name))
        done[name] = None

    for name in resources:
        if name in wanted:
            visit(name, ())
    return list(done)


def unresolved_references(template: Template, section: str) -> list[str]:
    """Return the names that a section refers to and the template does not have, sorted."""
    known = set(template["Resources"]) | set(template.get("Parameters", {}))
    used = set(references(template.get(section) or {}))
    return sorted(name for name in used - known if not name.startswith("AWS::"))
