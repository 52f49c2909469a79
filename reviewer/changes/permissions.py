"""Findings about permissions: what is newly allowed, and which Deny statements are lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reviewer.changes.access.patterns import EXCEPT
from reviewer.changes.access.permission import Permission, are_covered, permissions
from reviewer.changes.finding import Finding
from reviewer.changes.policy_faults import unmanaged_keys, unreadable_policies
from reviewer.changes.resource_diff import Revision
from reviewer.markdown import counted, listed
from reviewer.statements import (
    FOREIGN_POLICY,
    Kind,
    Statement,
    all_statements,
    identity_policies,
    said,
)

if TYPE_CHECKING:
    from reviewer.changes.pairs.alike import Alike

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_PASS_ROLE = "iam:passrole"
_ENDPOINT = "AWS::EC2::VPCEndpoint"


def permission_changes(before: Revision, after: Revision, alike: Alike) -> Iterator[Finding]:
    """Every statement that allows more than all the old ones did, and every lost refusal.

    A new model may do what the existing one may that it is compared with.
    """
    old = all_statements(before.assembly, before.resolver)
    new = all_statements(after.assembly, after.resolver)
    mirrored = [*old, *alike.statements(old)]
    known = {one.holder for one in mirrored} | {item.path for item in before.assembly.resources()}
    endpoints = {item.path for item in after.assembly.resources(_ENDPOINT)}
    policies = {item.path for item in identity_policies(before.assembly)}
    old_by, new_by = _by_holder(mirrored), _by_holder(new)
    for kind, holder in sorted(new_by):
        was, now = old_by.get((kind, holder), []), new_by[(kind, holder)]
        if holder in endpoints and not was:
            continue  # Without a policy everybody inside a network may use its endpoint.
        if holder in policies and not was:
            # No role carries it any more: those who did could do what it says.
            was = [one for one in old if one.kind == kind]
        if holder in known:
            yield from _broadened(was, now)
        else:
            yield from _fresh(kind, holder, now)
    yield from unreadable_policies(old, new)
    yield from unmanaged_keys(before, after, old, new)
    remaining = {item.path for item in after.assembly.resources()}
    # Those who carried a policy that is gone may be there still, outside the templates.
    remaining |= policies
    yield from _lost_denials([one for one in old if one.holder in remaining], new_by)


def _by_holder(found: Sequence[Statement]) -> dict[tuple[Kind, str], list[Statement]]:
    grouped: dict[tuple[Kind, str], list[Statement]] = {}
    for one in found:
        grouped.setdefault((one.kind, one.holder), []).append(one)
    return grouped


def _broadened(was: Sequence[Statement], now: Sequence[Statement]) -> Iterator[Finding]:
    allowed = [
        permission for one in was if one.effect == "Allow" for permission in permissions(one)
    ]
    known = set(allowed)
    for one in now:
        if one.effect != "Allow":
            continue
        fresh = [
            permission
            for permission in permissions(one)
            if permission not in known and not are_covered(permission, allowed)
        ]
        if fresh:
            loosened = [a for a in allowed if any(a.same_call(permission) for permission in fresh)]
            yield _finding(one, fresh, loosened)


def _finding(
    one: Statement, fresh: Sequence[Permission], loosened: Sequence[Permission]
) -> Finding:
    rule, what = _rule(one.kind, fresh, bool(loosened))
    old_conditions = sorted({said(permission.conditions) for permission in loosened})
    sentence = f"{what}: {_sentence(one.kind, fresh)}"
    if rule == "open-to-anybody":
        sentence = _sentence(one.kind, fresh).replace(": ", " may: ", 1)
    return Finding(
        rule=rule,
        area="permissions",
        at=one.holder,
        said=sentence,
        before=f"only when {' or when '.join(old_conditions)}" if loosened else "not allowed",
        after=f"only when {said(one.conditions)}" if one.conditions else "without any condition",
    )


def _rule(kind: Kind, fresh: Sequence[Permission], is_loosened: bool) -> tuple[str, str]:
    """The name of what happened, the gravest first."""
    if any(permission.action.startswith(FOREIGN_POLICY) for permission in fresh):
        return "foreign-policy-attached", "a policy that is not in the templates is attached"
    if kind != "role" and any(permission.is_for_anybody for permission in fresh):
        return "open-to-anybody", "anybody may"
    if any(permission.is_wide for permission in fresh):
        return "wildcard-action", "a wildcard allows more than was allowed"
    if is_loosened:
        return "condition-dropped", "a condition was dropped or loosened"
    return _kind_rule(kind, fresh)


def _kind_rule(kind: Kind, fresh: Sequence[Permission]) -> tuple[str, str]:
    if kind == "trust":
        return "trust-widened", "more may assume it"
    if kind == "resource":
        return "resource-policy-opened", "its own policy allows more"
    if any(permission.action.lower() == _PASS_ROLE for permission in fresh):
        return "pass-role-added", "it may hand a role to a service that then acts as that role"
    if any(permission.resource == "*" for permission in fresh):
        return "wildcard-resource", "it may do more, on every resource"
    return "permission-added", "it may do more"


def _sentence(kind: Kind, told: Sequence[Permission]) -> str:
    if all(permission.action.startswith(FOREIGN_POLICY) for permission in told):
        return _codes([permission.action.removeprefix(FOREIGN_POLICY) for permission in told])
    actions = _codes([permission.action for permission in told])
    resources = _codes([permission.resource for permission in told if permission.resource])
    who = "" if kind == "role" else f"{_who(told)}: "
    return f"{who}{actions}" + (f" on {resources}" if resources else "")


def _who(told: Sequence[Permission]) -> str:
    named = dict.fromkeys(permission.principal for permission in told)
    return listed([_principal(one) for one in named])


def _principal(name: str) -> str:
    if name == "*":
        return "anybody"
    if name.startswith(EXCEPT):
        return f"anybody but `{name.removeprefix(EXCEPT)}`"
    return f"`{name}`"


def _codes(texts: Sequence[str]) -> str:
    return listed([f"`{text}`" for text in dict.fromkeys(texts)])


def _fresh(kind: Kind, holder: str, now: Sequence[Statement]) -> Iterator[Finding]:
    """Something that was not there before: a role is looked at as a whole."""
    if kind == "role":
        given = [
            permission for one in now if one.effect == "Allow" for permission in permissions(one)
        ]
        actions = sorted({permission.action for permission in given})
        added = f"a new holder of {counted(len(now), 'statement')}: {_codes(actions)}"
        yield Finding("role-added", "permissions", holder, added, "not there", "see iam.md")
        return
    for one in now:
        if one.effect == "Allow":
            foreign = [
                permission
                for permission in permissions(one)
                if permission.is_for_anybody
                or _is_foreign(permission.principal)
                or (kind == "trust" and permission.principal == "*")
            ]
            if foreign:
                yield _finding(one, foreign, [])


def _is_foreign(principal: str) -> bool:
    """Whether an account or a user of S3 is written out: the own one never is."""
    return bool(_ACCOUNT.search(principal)) or principal.startswith(("CanonicalUser ", EXCEPT))


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
            for permission in permissions(other)
        ]
        lost = [
            permission for permission in permissions(one) if not are_covered(permission, refused)
        ]
        if lost:
            when = f" when {said(one.conditions)}" if one.conditions else ""
            lost_text = f"no longer refused: {_sentence(one.kind, lost)}{when}"
            yield Finding(
                "refusal-dropped", "permissions", one.holder, lost_text, "refused", "not refused"
            )
