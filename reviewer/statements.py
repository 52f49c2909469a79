"""IAM policy statements of an environment, of roles, their trust, and resources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from cfn.catalogue import row
from cfn.intrinsics import ALWAYS, Sides, branches, items
from reviewer.policies import DECIDED, Condition, decided, permits
from reviewer.resolver import Resolver

if TYPE_CHECKING:
    from reviewer.assembly import Assembly, Resource

# Stands for what a policy of AWS or of others allows: its text is not in a template.
FOREIGN_POLICY = "policy:"
Kind = Literal["role", "trust", "resource"]


@dataclass(frozen=True)
class Statement:
    """One statement; `holder` is the role, policy or resource that carries it.

    One whose effect is UNREADABLE has its text as its action, and `fault` says why.
    """

    holder: str
    kind: Kind
    effect: str
    principals: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    fault: str = ""


def all_statements(assembly: Assembly, resolver: Resolver) -> list[Statement]:
    """Every statement of an environment: of roles, of who may assume them, of resources."""
    found: list[Statement] = []
    for role in assembly.resources(*_HOLDERS):
        found += _document(role, role.path, "trust", row(role.type).trust_policy, resolver)
        found += _inline(role, resolver)
        found += _foreign(role, resolver)
    carried = carriers(assembly, resolver)
    for policy in identity_policies(assembly):
        for holder in carried.get(policy, [policy.path]):
            found += _document(policy, holder, "role", row(policy.type).identity_policy, resolver)
    for item in assembly.resources():
        holder, key = "", row(item.type).resource_policy
        if key:
            holder = owner(item, resolver)
            found += _document(item, holder, "resource", key, resolver)
        if item.type in _MADE:
            made = _MADE[item.type](item.properties)
            found += _statements(item, holder or owner(item, resolver), "resource", made, resolver)
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
    for key in _OWNERS:
        if found := resolver.targets(item.stack, item.properties.get(key)):
            return found[0].path
    return item.path


def _inline(role: Resource, resolver: Resolver) -> Iterator[Statement]:
    for sides, policy in items(role.properties.get(row(role.type).inline_policies, [])):
        document = policy.get("PolicyDocument", policy) if isinstance(policy, dict) else policy
        yield from _statements(role, role.path, "role", document, resolver, sides)


def _foreign(role: Resource, resolver: Resolver) -> Iterator[Statement]:
    """Policies that are attached by their address alone."""
    for sides, policy in items(role.properties.get("ManagedPolicyArns", [])):
        if resolver.target(role.stack, policy) is None:
            action = f"{FOREIGN_POLICY}{resolver.text(role.stack, policy)}"
            yield Statement(role.path, "role", "Allow", (), (action,), ("*",), decided(sides))


def _document(
    item: Resource, holder: str, kind: Kind, path: str, resolver: Resolver
) -> Iterator[Statement]:
    found = [(ALWAYS, item.properties)] if path else []
    for key in path.split("/"):
        found = [
            (sides, one[key])
            for before, value in found
            for sides, one in branches(value, before)
            if isinstance(one, dict) and key in one
        ]
    for sides, document in found:
        yield from _statements(item, holder, kind, document, resolver, sides)


def _statements(
    item: Resource,
    holder: str,
    kind: Kind,
    document: Any,
    resolver: Resolver,
    sides: Sides = ALWAYS,
) -> Iterator[Statement]:
    for one in permits(item.stack, document, resolver, sides):
        yield Statement(
            holder,
            kind,
            one.effect,
            one.principals,
            one.actions,
            one.resources,
            one.conditions,
            one.fault,
        )


def _permission(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the statement that AWS::Lambda::Permission adds to the policy of a function.

    Its conditions are those of docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.
    """
    tests = {
        "SourceArn": ("ArnLike", "aws:SourceArn"),
        "SourceAccount": ("StringEquals", "aws:SourceAccount"),
        "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
        "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
        "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
        "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
    }
    conditions: dict[str, dict[str, Any]] = {}
    for name, (operator, key) in tests.items():
        if name in properties:
            conditions.setdefault(operator, {})[key] = properties[name]
    parts = {"Principal": "Principal", "Action": "Action", "Resource": "FunctionName"}
    found = {part: properties[name] for part, name in parts.items() if name in properties}
    return {"Effect": "Allow", **found, "Condition": conditions}


_HOLDERS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
# What a policy is about, where it is a resource of its own.
_OWNERS = ("Bucket", "Queues", "Queue", "Topics", "TopicArn", "FunctionName", "SecretId")
# Statements that a type spells in properties of its own.
_MADE = {"AWS::Lambda::Permission": _permission}


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
    if operator == DECIDED:
        return f"the condition `{key}` {'holds' if wanted == ('true',) else 'does not hold'}"
    if operator == "Bool":
        return f"`{key}` is {' or '.join(wanted)}"
    if operator == "Null":
        return f"`{key}` is {'absent' if wanted == ('true',) else 'present'}"
    return f"`{key}` {_WORDS.get(operator, operator)} {values}"
