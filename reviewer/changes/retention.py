"""Findings about retention: what is kept shorter than before, or lost with its stack."""

from collections.abc import Iterator
from typing import Any

from cfn.catalogue import row
from cfn.values import mappings, whole
from reviewer.changes.finding import Finding
from reviewer.changes.resource_diff import ResourceDiff, Revision, look
from reviewer.lifetimes import holds_data, is_retained, on_deletion
from reviewer.markdown import counted


def retention_changes(
    before: Revision, after: Revision, found: list[ResourceDiff]
) -> Iterator[Finding]:
    """Everything that is gone earlier than before."""
    for diff in found:
        if diff.before is not None and diff.after is not None:
            yield from _policy(diff)
            yield from _lifetime(diff)
        elif diff.before is not None and holds_data(diff.before):
            yield _removed(diff)
        if diff.type == "AWS::S3::Bucket" and diff.stays:
            yield from _bucket(diff)
    yield from _protection(before, after)


def _finding(rule: str, at: str, said: str, before: Any, after: Any, *covers: str) -> Finding:
    return Finding(rule, "data", at, said, str(before), str(after), covers=covers)


def _removed(diff: ResourceDiff) -> Finding:
    assert diff.before is not None, "it was there"
    fate = on_deletion(diff.before)
    return _finding("data-removed", diff.path, f"it goes away; what it holds: {fate}", "there", "-")


def _policy(diff: ResourceDiff) -> Iterator[Finding]:
    assert diff.before is not None and diff.after is not None, "both sides are there"
    if is_retained(diff.before) and not is_retained(diff.after):
        said = "its data is deleted with its stack"
        covered = ("@DeletionPolicy", "@UpdateReplacePolicy")
        yield _finding("retention-removed", diff.path, said, "stays", "deleted", *covered)
        return
    keys = [item.body.get("UpdateReplacePolicy", "Delete") for item in (diff.before, diff.after)]
    if keys[0] != "Delete" and keys[1] == "Delete":
        said = "its data is deleted when an update replaces it"
        path = "@UpdateReplacePolicy"
        yield _finding("retention-removed", diff.path, said, keys[0], keys[1], path)


def _lifetime(diff: ResourceDiff) -> Iterator[Finding]:
    lifetime = row(diff.type).lifetime
    if lifetime is None:
        return
    old, new = diff.both(lifetime.property)
    if not isinstance(new, int) or not isinstance(old, int | None):
        return
    if lifetime.default is None and (old is None or new < old):
        was, now = "for ever" if old is None else counted(old, "day"), counted(new, "day")
        said = f"{lifetime.of} are kept {now} instead of {was}"
        yield _finding(lifetime.rule, diff.path, said, was, now, lifetime.property)
    elif isinstance(old, int) and new < old:
        said = f"{lifetime.of}: kept shorter"
        yield _finding(lifetime.rule, diff.path, said, old, new, lifetime.property)


def _bucket(diff: ResourceDiff) -> Iterator[Finding]:
    old, new = diff.both("VersioningConfiguration/Status")
    if old == "Enabled" and new != "Enabled":
        said = "overwritten and deleted objects are lost"
        path = "VersioningConfiguration"
        yield _finding("versioning-off", diff.path, said, old, new or "off", path)
    was, now = _expiries(diff.old), _expiries(diff.new)
    for rule, days in sorted(now.items()):
        if rule not in was or _is_less(days, was[rule]):
            before, after = _said(was[rule]) if rule in was else "for ever", _said(days)
            said = f"objects of the rule {rule} are kept {after} instead of {before}"
            path = "LifecycleConfiguration"
            yield _finding("expiry-shortened", diff.path, said, before, after, path)


def _is_less(new: Any, old: Any) -> bool:
    """Whether fewer days are left; what a function says may be fewer, unless it is the same."""
    now, was = whole(new), whole(old)
    return bool(new != old) if now is None or was is None else now < was


def _said(days: Any) -> str:
    found = whole(days)
    return f"as long as {days} says" if found is None else counted(found, "day")


def _expiries(tree: dict[str, Any]) -> dict[str, Any]:
    """Days until something of a rule is deleted, by rule and kind."""
    found: dict[str, Any] = {}
    for rule in mappings(look(tree, "LifecycleConfiguration/Rules")):
        name = str(rule.get("Id", rule.get("Prefix", "")))
        if rule.get("Status") == "Disabled":
            continue
        if "ExpirationInDays" in rule:
            found[name] = rule["ExpirationInDays"]
        if "NoncurrentVersionExpiration" in rule:
            days = look(rule, "NoncurrentVersionExpiration/NoncurrentDays")
            found[f"{name} (old versions)"] = days
    return found


def _protection(before: Revision, after: Revision) -> Iterator[Finding]:
    was = {stack.label: stack.is_protected for stack in before.assembly.stacks}
    for stack in after.assembly.stacks:
        if was.get(stack.label) and not stack.is_protected:
            said = "the stack can be deleted by accident"
            yield _finding("termination-protection-off", stack.label, said, "on", "off")
