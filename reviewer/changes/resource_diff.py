"""Diff of resources: each before and after, with its intrinsic functions resolved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cfn.catalogue import row
from cfn.registry_schemas import is_unordered
from reviewer.changes.value_diff import ValueDiff
from reviewer.resolver import Resolver

if TYPE_CHECKING:
    from reviewer.assembly import Assembly, Resource

# What a resource has beside its properties.
_ATTRIBUTES = (
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
)


@dataclass(frozen=True)
class Revision:
    """One side of the comparison."""

    assembly: Assembly

    @cached_property
    def resolver(self) -> Resolver:
        """Resolves the values of this side."""
        return Resolver(self.assembly)

    @cached_property
    def resources(self) -> dict[tuple[str, str], Resource]:
        """Every resource by stack and logical id, which is what CloudFormation goes by."""
        return {(item.stack, item.logical_id): item for item in self.assembly.resources()}


@dataclass(frozen=True)
class ResourceDiff:
    """One resource before and after; a side is None when it is not there."""

    before: Resource | None
    after: Resource | None
    old: dict[str, Any]
    new: dict[str, Any]
    region: str = ""

    @property
    def either(self) -> Resource:
        """The resource as it will be; as it was when it goes away."""
        found = self.after or self.before
        assert found is not None, "a diff has at least one side"
        return found

    @property
    def path(self) -> str:
        """Where it is."""
        return self.either.path

    @property
    def type(self) -> str:
        """Its CloudFormation type."""
        return self.either.type

    @cached_property
    def changed(self) -> dict[str, tuple[Any, Any]]:
        """Every property that differs, by its path, with both values; None means absent."""
        if self.old == self.new:
            return {}  # as of most resources of two revisions
        found = ValueDiff(self._is_unordered).differences(self.old, self.new)
        return {path: (old, new) for path, old, new in found}

    @cached_property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Like `changed`, with what a resource has beside its properties, as `@DependsOn`."""
        old, new = _attributes(self.before), _attributes(self.after)
        if old == new:
            return self.changed
        found = ValueDiff(lambda path: path == "@DependsOn").differences(old, new)
        return {**self.changed, **{path: (old, new) for path, old, new in found}}

    def tree_of(self, item: Resource, side: Revision) -> dict[str, Any]:
        """Return what is compared of another resource, of one side."""
        return _properties(item, side.resolver)

    def whole(self, name: str) -> tuple[Any, Any]:
        """One whole property before and after, or what is named as `@DependsOn`."""
        if name.startswith("@"):
            return _attributes(self.before).get(name), _attributes(self.after).get(name)
        return self.old.get(name), self.new.get(name)

    def _is_unordered(self, path: str) -> bool:
        return is_unordered(self.type, path, self.region)

    @property
    def stays(self) -> bool:
        """Whether it is there before and after."""
        return self.before is not None and self.after is not None

    def both(self, path: str) -> tuple[Any, Any]:
        """One property before and after, as in `VersioningConfiguration/Status`."""
        return look(self.old, path), look(self.new, path)


def diff_resources(before: Revision, after: Revision) -> list[ResourceDiff]:
    """Every resource of both sides, in the order of their paths."""
    keys = {*before.resources, *after.resources}
    found = [
        ResourceDiff(
            old,
            new,
            _properties(old, before.resolver),
            _properties(new, after.resolver),
            after.assembly.region,
        )
        for key in keys
        for old, new in [(before.resources.get(key), after.resources.get(key))]
    ]
    return sorted(found, key=lambda diff: (diff.path, diff.type))


def look(tree: Any, path: str) -> Any:
    """The value at a path of keys; None where there is none."""
    for key in path.split("/"):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _properties(item: Resource | None, resolver: Resolver) -> dict[str, Any]:
    """What is compared: properties without policies, which are compared by what they allow."""
    if item is None:
        return {}
    policies = row(item.type).policies
    return {
        key: resolver.tree(item.stack, value)
        for key, value in item.properties.items()
        if key not in policies
    }


def _attributes(item: Resource | None) -> dict[str, Any]:
    body = {} if item is None else item.body
    found = {f"@{key}": body[key] for key in _ATTRIBUTES if key in body}
    # CloudFormation takes one name for a list of one.
    if isinstance(found.get("@DependsOn"), str):
        found["@DependsOn"] = [found["@DependsOn"]]
    return found
