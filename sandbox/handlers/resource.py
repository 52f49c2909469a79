"""Resource of a stack, and the protocol that handlers of its type implement."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sandbox.handlers.aws import Aws

_ALPHABET = string.ascii_uppercase + string.digits


class ResourceError(Exception):
    """Why a resource cannot be created, changed or deleted; one line."""


@dataclass
class StackResource:
    """A resource as the stack remembers it: evaluated properties in, identifiers out."""

    stack_name: str
    stack_id: str
    logical_id: str
    type: str
    properties: dict[str, Any]
    physical_id: str = ""
    name: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    handle: Any = None  # moto's own object, for types that only moto's models know
    needs: frozenset[str] = frozenset()
    deletion_policy: str = "Delete"
    replace_policy: str = "Delete"
    status: str = ""
    reason: str | None = None
    changed_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def generated_name(self, *, length: int = 63, lowercase: bool = False) -> str:
        """Return a new unique name of at most `length` characters, as CloudFormation makes them."""
        suffix = "".join(secrets.choice(_ALPHABET) for _ in range(12))
        stem = f"{self.stack_name}-{self.logical_id}"[: length - 13].rstrip("-")
        name = f"{stem}-{suffix}"
        return name.lower() if lowercase else name

    def identity(self) -> str:
        """Return an id for a resource that has none of its own."""
        return self.physical_id or self.generated_name()

    def attribute(self, name: str) -> Any:
        """Return what Fn::GetAtt gives; raises ResourceError for an attribute that is not known."""
        if name in self.attributes:
            return self.attributes[name]
        if self.handle is not None and self.handle.has_cfn_attr(name):
            return self.handle.get_cfn_attribute(name)
        raise ResourceError(
            f"sandbox: attribute {name} of {self.type} ({self.logical_id}) is not known; "
            f"known are {', '.join(sorted(self.attributes)) or 'none'}"
        )


class Handler(Protocol):
    """Creates, changes and deletes the resources of one type."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create it, and set its `physical_id`, `name` and `attributes`."""

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Make `old` into `new`; True when a new resource replaced the old one, which still is."""

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete it; one that is gone already counts as deleted."""


Handlers = Callable[[str], Handler]
"""The handler of a resource type; raises ResourceError naming a type that has none."""


def require_handlers(handler_of: Handlers, types: Iterable[str]) -> None:
    """Raise ResourceError naming every type that cannot be deployed."""
    refusals = []
    for resource_type in sorted(set(types)):
        try:
            handler_of(resource_type)
        except ResourceError as error:
            refusals.append(str(error))
    if refusals:
        raise ResourceError("sandbox: " + "; ".join(refusals))


def changed(new: StackResource, old: StackResource) -> set[str]:
    """Return the names of the properties that differ."""
    names = set(new.properties) | set(old.properties)
    return {name for name in names if new.properties.get(name) != old.properties.get(name)}


def keep_identity(new: StackResource, old: StackResource) -> None:
    """Give `new` the identifiers of `old`: it is the same thing, changed in place."""
    new.physical_id, new.name = old.physical_id, old.name
    new.attributes, new.handle = dict(old.attributes), old.handle


def refuse_named_replacement(
    new: StackResource, name: str | None, properties: Mapping[str, Any]
) -> None:
    """Raise ResourceError when a resource with a typed name would have to exist twice."""
    if name and new.properties.get(name) and new.properties[name] == properties.get(name):
        raise ResourceError(
            "CloudFormation cannot update a stack when a custom-named resource requires "
            f"replacing. Rename {new.properties[name]} and update the stack again."
        )


def already_exists(resource: StackResource, name_property: str) -> str:
    """Return how CloudFormation says that the name of a new resource is taken."""
    identifier = json.dumps({f"/properties/{name_property}": resource.name}, separators=(",", ":"))
    return f"Resource of type '{resource.type}' with identifier '{identifier}' already exists."
