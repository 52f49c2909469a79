"""Findings about permissions: what is newly allowed, and which Deny statements are lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from reviewer.changes.finding import Finding
from reviewer.changes.policy_faults import unmanaged_keys, unreadable_policies
from reviewer.changes.resource_diff import Revision
from reviewer.changes.wildcards import matches
from reviewer.markdown import counted, listed
from reviewer.policies import DECIDED, Condition
from reviewer.statements import FOREIGN_POLICY, Kind, Statement, all_statements, said

if TYPE_CHECKING:
    from reviewer.changes.alike import Alike

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_EXACT = ("Not", "Null", "ForAll")


@dataclass(frozen=True)
class Permission:
    """One action of one principal on one resource under some conditions."""

    principal: str
    action: str
    resource: str
    conditions: tuple[Condition, ...]

    def covers(self, other: Permission) -> bool:
        """Whether this includes everything that `other` is about."""
        return (
            matches(self.principal, other.principal)
            and matches(self.action.lower(), other.action.lower())
            and matches(self.resource, other.resource)
            and all(_is_implied(condition, other.conditions) for condition in self.conditions)
        )

    def same_call(self, other: Permission) -> bool:
        """Whether this differs from `other` by its conditions only."""
        return Permission(self.principal, self.action, self.resource, ()).covers(
            Permission(other.principal, other.action, other.resource, ())
        )


def permission_changes(before: Revision, after: Revision, alike: Alike) -> Iterator[Finding]:
    """Every statement that allows more than all the old ones did, and every lost refusal.

    A new model may do what the existing one may that it is compared with.
    """
    old = all_statements(before.assembly, before.resolver)
    new = all_statements(after.assembly, after.resolver)
    mirrored = [*old, *alike.statements(old)]
    known = {one.holder for one in mirrored} | {item.path for item in before.assembly.resources()}
    types = {(item.path, item.type) for item in after.assembly.resources()}
    old_by, new_by = _by_holder(mirrored), _by_holder(new)
    for kind, holder in sorted(new_by):
        was, now = old_by.get((kind, holder), []), new_by[(kind, holder)]
        if holder in known:
            yield from _broadened(was, now)
        else:
            # Only what is inside a network reaches its endpoints; their policy narrows that.
            if (holder, "AWS::EC2::VPCEndpoint") not in types:
                yield from _fresh(kind, holder, now)
    yield from unreadable_policies(old, new)
    yield from unmanaged_keys(before, after, old, new)
    remaining = {item.path for item in after.assembly.resources()}
    yield from _lost_denials([one for one in old if one.holder in remaining], new_by)


def _by_holder(found: Sequence[Statement]) -> dict[tuple[Kind, str], list[Statement]]:
    grouped: dict[tuple[Kind, str], list[Statement]] = {}
    for one in found:
        grouped.setdefault((one.kind, one.holder), []).append(one)
    return grouped


def _broadened(was: Sequence[Statement], now: Sequence[Statement]) -> Iterator[Finding]:
    allowed = [
        permission for one in was if one.effect == "Allow" for permission in _permissions(one)
    ]
    known = set(allowed)
    for one in now:
        if one.effect != "Allow":
            continue
        fresh = [
            permission
            for permission in _permissions(one)
            if permission not in known and not any(a.covers(permission) for a in allowed)
        ]
        if fresh:
            loosened = [a for a in allowed if any(a.same_call(permission) for permission in fresh)]
            yield _finding(one, fresh, loosened)


def _finding(
    one: Statement, fresh: Sequence[Permission], loosened: Sequence[Permission]
) -> Finding:
    rule, what = _rule(one.kind, fresh, bool(loosened))
    old_conditions = sorted({said(permission.conditions) for permission in loosened})
    return Finding(
        rule=rule,
        area="permissions",
        at=one.holder,
        said=f"{what}: {_sentence(one.kind, fresh)}",
        before=f"only when {' or when '.join(old_conditions)}" if loosened else "not allowed",
        after=f"only when {said(one.conditions)}" if one.conditions else "without any condition",
    )


def _rule(kind: Kind, fresh: Sequence[Permission], is_loosened: bool) -> tuple[str, str]:
    """The name of what happened, the gravest first."""
    if any(permission.action.startswith(FOREIGN_POLICY) for permission in fresh):
        return "foreign-policy-attached", "a policy that is not in the templates is attached"
    if kind != "role" and any(permission.principal == "*" for permission in fresh):
        return "open-to-anybody", "anybody may"
    if any("*" in permission.action for permission in fresh):
        return "wildcard-action", "a wildcard allows more than was allowed"
    if is_loosened:
        return "condition-dropped", "a condition was dropped or loosened"
    if kind == "trust":
        return "trust-widened", "more may assume it"
    if kind == "resource":
        return "resource-policy-opened", "its own policy allows more"
    if any(permission.resource == "*" for permission in fresh):
        return "wildcard-resource", "it may do more, on every resource"
    return "permission-added", "it may do more"


def _sentence(kind: Kind, permissions: Sequence[Permission]) -> str:
    actions = _codes([permission.action for permission in permissions])
    resources = _codes([permission.resource for permission in permissions if permission.resource])
    who = (
        ""
        if kind == "role"
        else f"{_codes([permission.principal for permission in permissions])}: "
    )
    return f"{who}{actions}" + (f" on {resources}" if resources else "")


def _codes(texts: Sequence[str]) -> str:
    return listed([f"`{text}`" for text in dict.fromkeys(texts)])


def _fresh(kind: Kind, holder: str, now: Sequence[Statement]) -> Iterator[Finding]:
    """Something that was not there before: a role is looked at as a whole."""
    if kind == "role":
        permissions = [
            permission for one in now if one.effect == "Allow" for permission in _permissions(one)
        ]
        actions = sorted({permission.action for permission in permissions})
        added = f"a new holder of {counted(len(now), 'statement')}: {_codes(actions)}"
        yield Finding("role-added", "permissions", holder, added, "not there", "see iam.md")
        return
    for one in now:
        foreign = [name for name in one.principals if _is_foreign(name)]
        # Whether the template's conditions hold says nothing about who asks.
        limits = [condition for condition in one.conditions if condition[0] != DECIDED]
        if one.effect == "Allow" and foreign and not (kind == "resource" and limits):
            yield _finding(one, list(_permissions(one)), [])


def _is_foreign(principal: str) -> bool:
    """Anybody, or an account that is written out: the own one never is."""
    return principal == "*" or bool(_ACCOUNT.search(principal))


def _lost_denials(
    old: Sequence[Statement], new: Mapping[tuple[Kind, str], list[Statement]]
) -> Iterator[Finding]:
    for one in old:
        if one.effect != "Deny":
            continue
        refused = [
            permission
            for other in new.get((one.kind, one.holder), [])
            if other.effect == "Deny"
            for permission in _permissions(other)
        ]
        lost = [
            permission
            for permission in _permissions(one)
            if not any(r.covers(permission) for r in refused)
        ]
        if lost:
            when = f" when {said(one.conditions)}" if one.conditions else ""
            lost_text = f"no longer refused: {_sentence(one.kind, lost)}{when}"
            yield Finding(
                "refusal-dropped", "permissions", one.holder, lost_text, "refused", "not refused"
            )


def _permissions(one: Statement) -> Iterator[Permission]:
    for principal, action, resource in product(
        one.principals or ("",), one.actions, one.resources or ("",)
    ):
        yield Permission(principal, action, resource, one.conditions)


def _is_implied(condition: Condition, others: Sequence[Condition]) -> bool:
    """Whether every request that meets `others` meets `condition`."""
    operator, key, values = condition
    for other_operator, other_key, other_values in others:
        if (other_operator, other_key.lower()) != (operator, key.lower()):
            continue
        if any(word in operator for word in _EXACT):
            return values == other_values
        return all(any(matches(v, o) for v in values) for o in other_values)
    return False
