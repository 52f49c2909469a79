"""IAM policy statements of an environment, of roles, their trust, and resources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from cfn.catalogue import row
from reviewer.resolver import Resolver

if TYPE_CHECKING:
    from reviewer.assembly import Assembly, Resource

# Stands for what a policy of AWS or of others allows: its text is not in a template.
FOREIGN_POLICY = "policy:"
Kind = Literal["role", "trust", "resource"]
Condition = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True)
class Statement:
    """One statement; `holder` is the role, policy or resource that carries it."""

    holder: str
    kind: Kind
    effect: str
    principals: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]


def all_statements(assembly: Assembly, resolver: Resolver) -> list[Statement]:
    """Every statement of an environment: of roles, of who may assume them, of resources."""
    found: list[Statement] = []
    for role in assembly.resources("AWS::IAM::Role"):
        found += _document(role, role.path, "trust", "AssumeRolePolicyDocument", resolver)
        found += _inline(role, resolver)
        found += _foreign(role, resolver)
    carried = carriers(assembly, resolver)
    for policy in identity_policies(assembly):
        for holder in carried.get(policy, [policy.path]):
            found += _document(policy, holder, "role", "PolicyDocument", resolver)
    for item in assembly.resources():
        if key := row(item.type).resource_policy:
            found += _document(item, owner(item, resolver), "resource", key, resolver)
    return found


def identity_policies(assembly: Assembly) -> Iterator[Resource]:
    """Every policy of what its holder may do, attached to a role or not."""
    return (item for item in assembly.resources() if row(item.type).identity_policy)


def carriers(assembly: Assembly, resolver: Resolver) -> dict[Resource, list[str]]:
    """The roles that carry each policy; a policy that none of ours carries is left out."""
    found: dict[Resource, list[str]] = {}
    for role in assembly.resources("AWS::IAM::Role"):
        for policy in resolver.targets(role.stack, role.properties.get("ManagedPolicyArns", [])):
            found.setdefault(policy, []).append(role.path)
    for policy in identity_policies(assembly):
        named = [policy.properties.get("Roles", []), policy.properties.get("RoleName")]
        for role in resolver.targets(policy.stack, named):
            found.setdefault(policy, []).append(role.path)
    return found


def owner(item: Resource, resolver: Resolver) -> str:
    """What a resource's policy is about: the bucket, not the policy of the bucket."""
    for key in ("Bucket", "Queues", "Topics"):
        if found := resolver.targets(item.stack, item.properties.get(key)):
            return found[0].path
    return item.path


def _inline(role: Resource, resolver: Resolver) -> Iterator[Statement]:
    for policy in role.properties.get("Policies", []):
        yield from _statements(role, role.path, "role", policy["PolicyDocument"], resolver)


def _foreign(role: Resource, resolver: Resolver) -> Iterator[Statement]:
    """Policies that are attached by their address alone."""
    for policy in role.properties.get("ManagedPolicyArns", []):
        if resolver.target(role.stack, policy) is None:
            action = f"{FOREIGN_POLICY}{resolver.text(role.stack, policy)}"
            yield Statement(role.path, "role", "Allow", (), (action,), ("*",), ())


def _document(
    item: Resource, holder: str, kind: Kind, key: str, resolver: Resolver
) -> Iterator[Statement]:
    document = item.properties.get(key)
    if document is not None:
        yield from _statements(item, holder, kind, document, resolver)


def _statements(
    item: Resource, holder: str, kind: Kind, document: Any, resolver: Resolver
) -> Iterator[Statement]:
    bodies = document.get("Statement", document)
    for body in bodies if isinstance(bodies, list) else [bodies]:
        yield Statement(
            holder=holder,
            kind=kind,
            effect=body["Effect"],
            principals=_either(item.stack, body, "Principal", resolver),
            actions=_either(item.stack, body, "Action", resolver),
            resources=_either(item.stack, body, "Resource", resolver),
            conditions=_conditions(item.stack, body.get("Condition", {}), resolver),
        )


def _either(
    stack: str,
    body: dict[str, Any],
    key: Literal["Principal", "Action", "Resource"],
    resolver: Resolver,
) -> tuple[str, ...]:
    """A part of a statement; one that says what it is *not* about begins with `EXCEPT`."""
    read = _principals if key == "Principal" else _texts
    if f"Not{key}" in body:
        return tuple(f"EXCEPT {text}" for text in read(stack, body[f"Not{key}"], resolver))
    return read(stack, body.get(key), resolver)


def _principals(stack: str, value: Any, resolver: Resolver) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return _texts(stack, value, resolver)
    found = []
    for kind, names in value.items():
        for name in _texts(stack, names, resolver):
            found.append(name if kind in ("Service", "AWS") else f"{kind} {name}")
    return tuple(sorted(found))


def _conditions(stack: str, value: dict[str, Any], resolver: Resolver) -> tuple[Condition, ...]:
    return tuple(
        sorted(
            (operator, key, _texts(stack, wanted, resolver))
            for operator, keys in value.items()
            for key, wanted in keys.items()
        )
    )


def _texts(stack: str, value: Any, resolver: Resolver) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value if isinstance(value, list) else [value]
    return tuple(sorted(resolver.text(stack, item) for item in items))


def said(conditions: Sequence[Condition]) -> str:
    """Conditions as the end of a sentence; empty when there are none."""
    return " and ".join(_said(*condition) for condition in conditions)


_WORDS = {
    "StringEquals": "is",
    "StringLike": "is like",
    "ArnEquals": "is",
    "ArnLike": "is like",
    "StringNotEquals": "is not",
    "ForAnyValue:StringEquals": "has one of",
    "ForAllValues:StringEquals": "has only",
    "NumericLessThan": "is below",
}


def _said(operator: str, key: str, wanted: tuple[str, ...]) -> str:
    values = " or ".join(f"`{value}`" for value in wanted)
    if operator == "Bool":
        return f"`{key}` is {' or '.join(wanted)}"
    if operator == "Null":
        return f"`{key}` is {'absent' if wanted == ('true',) else 'present'}"
    return f"`{key}` {_WORDS.get(operator, operator)} {values}"
