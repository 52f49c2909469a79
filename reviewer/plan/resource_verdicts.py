"""Verdict of each changed resource: in place, replaced, added, removed, lost, or not known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cfn import registry_schemas
from cfn.catalogue import row
from reviewer.changes.replacement import changed_among, replaced
from reviewer.changes.resource_diff import ResourceDiff, look
from reviewer.lifetimes import holds_data, on_deletion
from reviewer.markdown import listed
from reviewer.plan.verdict import Kind, Verdict

if TYPE_CHECKING:
    from reviewer.assembly import Resource

_PARAMETER = "AWS::SSM::Parameter"
_CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
_FOLLOWED: tuple[Kind, ...] = ("replaced", "removed", "data lost", "refused")
_MOST_FOLLOWERS = 4


def resource_verdicts(found: list[ResourceDiff], region: str) -> Iterator[Verdict]:
    """Return one verdict for each resource that differs, in the order of their paths."""
    causes = replaced(found, region)
    for diff in found:
        if diff.before is None:
            yield Verdict("added", diff.path, _short(diff), "it is made")
        elif diff.after is None:
            yield _removed(diff, diff.before)
        elif is_changed(diff):
            yield _changed(diff, causes.get(diff.path, ""), region)


def with_followers(verdicts: list[Verdict], found: list[ResourceDiff]) -> list[Verdict]:
    """Return `verdicts` with what refers to each resource that is replaced or goes away."""
    texts = {diff.path: json.dumps(diff.new or diff.old) for diff in found}
    return [
        replace(one, follows=_followers(one.at, texts)) if one.kind in _FOLLOWED else one
        for one in verdicts
    ]


def is_changed(diff: ResourceDiff) -> bool:
    """Whether a resource that stays differs in anything but its metadata."""
    return bool(changed_names(diff))


def changed_names(diff: ResourceDiff) -> list[str]:
    """The properties and attributes of a resource that differ, policies among them; sorted."""
    assert diff.before is not None and diff.after is not None, "both sides are there"
    names = {path.partition("/")[0] for path in diff.changed}
    names |= _different(diff.before.properties, diff.after.properties)
    bodies = [{**side.body, "Properties": 0, "Metadata": 0} for side in (diff.before, diff.after)]
    return sorted(names | _different(*bodies))


def _different(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    return {key for key in {*old, *new} if old.get(key) != new.get(key)}


def _short(diff: ResourceDiff) -> str:
    return diff.type.removeprefix("AWS::")


def _removed(diff: ResourceDiff, before: Resource) -> Verdict:
    if holds_data(before):
        said = f"it goes away; what it holds: {on_deletion(before)}"
        return Verdict("data lost", diff.path, _short(diff), said)
    return Verdict("removed", diff.path, _short(diff), "it goes away")


def _changed(diff: ResourceDiff, cause: str, region: str) -> Verdict:
    assert diff.before is not None, "both sides are there"
    names = changed_names(diff)
    if unknown := _unknown(diff, names, region):
        return Verdict("look", diff.path, _short(diff), unknown)
    if cause:
        return Verdict(*_fate(diff, diff.before, cause, region))
    if hidden := sorted(set(names) & {name.partition("/")[0] for name in _fixed(diff, region)}):
        said = f"{listed(hidden)}: written otherwise; another value replaces it, the same does not"
        return Verdict("look", diff.path, _short(diff), said)
    if diff.type == _PARAMETER:
        # The handler's update is PutParameter with the template's Value, whatever was changed:
        # aws-cloudformation-resource-providers-ssm, UpdateHandler.java.
        said = f"{listed(names)}: any update writes the template's Value over the live one"
        return Verdict("look", diff.path, _short(diff), said)
    return Verdict("in place", diff.path, _short(diff), listed(names))


def _fixed(diff: ResourceDiff, region: str) -> list[str]:
    """Create-only properties that differ in a way that the comparison does not see."""
    assert diff.before is not None and diff.after is not None, "both sides are there"
    old, new = diff.before.properties, diff.after.properties
    return [
        name
        for name in registry_schemas.create_only(diff.type, region)
        if look(old, name) != look(new, name)
    ]


def _unknown(diff: ResourceDiff, names: list[str], region: str) -> str:
    """Why nothing can be said of a change; empty when something can."""
    if diff.type.startswith(_CUSTOM):
        return f"{listed(names)}: what a custom resource does with it only its code knows"
    if not registry_schemas.is_known(diff.type, region):
        return f"{listed(names)}: nothing is known of the type {diff.type} in {region}"
    assert diff.before is not None and diff.after is not None, "both sides are there"
    given = set(names) & {*diff.before.properties, *diff.after.properties}
    if strange := registry_schemas.unknown_properties(diff.type, given, region):
        return f"{listed(strange)}: the schema of {diff.type} has no such property"
    return ""


def _fate(
    diff: ResourceDiff, before: Resource, cause: str, region: str
) -> tuple[Kind, str, str, str]:
    said, kind = f"because of {cause}", _short(diff)
    own = changed_among(diff, registry_schemas.create_only(diff.type, region))
    if not own and changed_among(diff, registry_schemas.conditional_create_only(diff.type, region)):
        said = f"{cause}: AWS replaces it in some cases and changes it in place in others"
        return "look", diff.path, kind, said
    if holds_data(before):
        keeps = before.body.get("UpdateReplacePolicy", "Delete") != "Delete"
        fate = "the old one stays behind with its data" if keeps else "what it holds is deleted"
        return "data lost", diff.path, kind, f"replaced {said}; {fate}"
    if row(diff.type).is_missed_while_replaced:
        return "look", diff.path, kind, f"replaced {said}; its users notice"
    return "replaced", diff.path, kind, said


def _followers(path: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    users = [
        other
        for other, text in texts.items()
        if other != path and (f"{{{path}}}" in text or f"{{{path}." in text)
    ]
    more = len(users) - _MOST_FOLLOWERS
    return (*users[:_MOST_FOLLOWERS], *([f"{more} more"] if more > 0 else []))
