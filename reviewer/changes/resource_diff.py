"""Diff of resources: each before and after, with its intrinsic functions resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cfn.catalogue import row
from reviewer.resolver import Resolver

if TYPE_CHECKING:
    from reviewer.assembly import Assembly, Resource

# A list whose items carry one of these is compared item by item, in any order.
_IDENTITIES = ("Id", "Key", "Sid", "Name", "VariantName", "AlarmName", "ParameterKey")
# A tag of the image is the hash of what is inside: it says that something changed, not what.
_IMAGE_TAG = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{16}(?![0-9A-Za-z])")


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
        old, new = dict(_leaves(self.old)), dict(_leaves(self.new))
        return {
            key: (old.get(key), new.get(key))
            for key in sorted({*old, *new})
            if old.get(key) != new.get(key)
        }

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
    found: dict[str, Any] = resolver.tree(item.stack, item.properties)
    policies = row(item.type).policies
    return {key: value for key, value in found.items() if key not in policies}


def _leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{path}/{key}" if path else str(key))
    elif isinstance(node, list) and node:
        for number, item in enumerate(node):
            yield from _leaves(item, f"{path}/{_identity(item, number)}")
    elif path:
        yield path, _IMAGE_TAG.sub("{tag}", node) if isinstance(node, str) else node


def _identity(item: Any, number: int) -> str:
    if isinstance(item, dict):
        for key in _IDENTITIES:
            if isinstance(item.get(key), str):
                return str(item[key])
    return str(number)
