"""`iam.md`: who may assume each role, what it may do on what, what resources allow themselves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from reviewer.assembly import Assembly, Resource
from reviewer.markdown import code, counted, listed, page, table
from reviewer.policies import UNREADABLE
from reviewer.resolver import Resolver
from reviewer.statements import (
    FOREIGN_POLICY,
    Statement,
    all_statements,
    carriers,
    identity_policies,
    said,
)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")


def iam(assembly: Assembly, resolver: Resolver) -> str:
    """The whole sheet."""
    found = all_statements(assembly, resolver)
    by_holder: dict[str, list[Statement]] = {}
    for one in found:
        by_holder.setdefault(one.holder, []).append(one)
    roles = list(assembly.resources("AWS::IAM::Role"))
    carried = carriers(assembly, resolver)
    loose = [policy for policy in identity_policies(assembly) if policy not in carried]
    return page(
        f"Permissions in {assembly.stage}",
        [_summary(found, len(roles)), ""],
        *(_role(role, by_holder) for role in sorted(roles, key=lambda item: item.path)),
        ["## Policies that people and applications attach", ""] if loose else [],
        *(
            _policy(item.path, str(item.properties.get("Description", "")), by_holder)
            for item in sorted(loose, key=lambda item: item.path)
        ),
        ["## What resources allow and refuse by themselves", ""],
        *_resources(found),
    )


def _summary(found: Sequence[Statement], roles: int) -> str:
    own = [one for one in found if one.kind == "role" and one.effect != UNREADABLE]
    wide = sum("*" in one.resources for one in own)
    wild = sum(any("*" in action for action in one.actions) for one in own)
    return (
        f"{counted(roles, 'role')}. {counted(wild, 'statement')} of theirs "
        f"{'has' if wild == 1 else 'have'} a wildcard in the action, {wide} "
        f"{'is' if wide == 1 else 'are'} about every resource; `nag.md` says why."
    )


def _role(role: Resource, found: Mapping[str, list[Statement]]) -> list[str]:
    own = found.get(role.path, [])
    purpose = str(role.properties.get("Description", ""))
    trust = [_trust(one) for one in own if one.kind == "trust"]
    if boundary := role.properties.get("PermissionsBoundary"):
        trust.append(f"- {code(str(boundary))} bounds it: both have to allow a call.")
    powers = [one for one in own if one.kind == "role"]
    return [f"## {role.path}", "", purpose, "", *trust, *_sentences(powers), "", *_table(powers)]


def _policy(path: str, purpose: str, found: Mapping[str, list[Statement]]) -> list[str]:
    own = [one for one in found.get(path, []) if one.kind == "role"]
    return [f"### {path}", "", purpose, "", *_sentences(own), "", *_table(own)]


def _unread(one: Statement) -> str:
    return f"- **A policy that cannot be read**, since {one.fault}: {code(one.actions[0])}."


def _trust(one: Statement) -> str:
    if one.effect == UNREADABLE:
        return _unread(one)
    who = listed([code(name) for name in one.principals])
    only = f", only when {said(one.conditions)}" if one.conditions else ", without any condition"
    return f"- {who} may assume it{only}."


def _sentences(powers: Sequence[Statement]) -> Iterator[str]:
    for one in sorted(powers, key=_order):
        if one.effect == UNREADABLE:
            yield _unread(one)
            continue
        may = "may" if one.effect == "Allow" else "may **not**"
        only = f", only when {said(one.conditions)}" if one.conditions else ""
        for service, actions in groupby(one.actions, key=lambda action: action.partition(":")[0]):
            verbs = listed([humanised(action) for action in actions])
            for resource in one.resources:
                yield f"- {service}: {may} {verbs} on {_everything(resource)}{only}."


def _table(powers: Sequence[Statement]) -> list[str]:
    # Two statements may say the same.
    rows = sorted(
        {
            (
                code(action),
                code(resource),
                said(one.conditions) or "-",
                "" if one.effect == "Allow" else "refused",
            )
            for one in powers
            if one.effect != UNREADABLE
            for action in one.actions
            for resource in one.resources
        }
    )
    refused = any(row[3] for row in rows)
    headers = ["action", "on", "only when", *(["effect"] if refused else [])]
    return table(headers, [row if refused else row[:3] for row in rows])


def _resources(found: Sequence[Statement]) -> Iterator[list[str]]:
    own = sorted((one for one in found if one.kind == "resource"), key=lambda one: one.holder)
    for holder, group in groupby(own, key=lambda one: one.holder):
        yield [f"### {holder}", ""]
        yield [_allowed(one) for one in group]
        yield [""]


def _allowed(one: Statement) -> str:
    if one.effect == UNREADABLE:
        return _unread(one)
    who = listed([_anybody(name) for name in one.principals])
    verbs = listed([code(action) for action in one.actions])
    when = f" when {said(one.conditions)}" if one.conditions else ""
    may = "may" if one.effect == "Allow" else "may **not**"
    return f"- {who} {may} {verbs} on {listed([_everything(it) for it in one.resources])}{when}."


def _anybody(principal: str) -> str:
    return "anybody" if principal == "*" else code(principal)


def _everything(resource: str) -> str:
    return "**every resource**" if resource == "*" else code(resource)


def humanised(action: str) -> str:
    """`s3:GetObject` as `get object`; a wildcard stays as it is."""
    if action.startswith(FOREIGN_POLICY):
        return f"do everything that **{code(action.removeprefix(FOREIGN_POLICY))}** allows"
    verb = action.partition(":")[2]
    if "*" in action:
        return f"**{code(action)}**"
    return " ".join(word if word.isupper() else word.lower() for word in _WORDS.findall(verb))


def _order(one: Statement) -> tuple[str, ...]:
    return (*one.resources, *one.actions)
