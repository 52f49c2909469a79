"""Findings about retention: what is kept shorter than before, or lost with its stack."""

from collections.abc import Iterator
from typing import Any

from cfn.catalogue import row
from reviewer.changes.finding import Finding, text
from reviewer.changes.resource_diff import ResourceDiff, Revision
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
            yield from _logged(diff)
    yield from _protection(before, after)


def _finding(rule: str, at: str, said: str, before: Any, after: Any, *covers: str) -> Finding:
    return Finding(rule, "data", at, said, text(before), text(after), covers=covers)


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
    if new is None:
        new = lifetime.default
    if not isinstance(new, int) or not isinstance(old, int | None):
        return
    if lifetime.default is None and (old is None or new < old):
        was, now = "for ever" if old is None else counted(old, "day"), counted(new, "day")
        said = f"{lifetime.of} are kept {now} instead of {was}"
        yield _finding(lifetime.rule, diff.path, said, was, now, lifetime.property)
    elif isinstance(old, int) and new < old:
        said = f"{lifetime.of} for a shorter time"
        yield _finding(lifetime.rule, diff.path, said, old, new, lifetime.property)


def _bucket(diff: ResourceDiff) -> Iterator[Finding]:
    old, new = diff.both("VersioningConfiguration/Status")
    if old == "Enabled" and new != "Enabled":
        said = "overwritten and deleted objects are lost"
        path = "VersioningConfiguration"
        yield _finding("versioning-off", diff.path, said, old, new or "off", path)


def _logged(diff: ResourceDiff) -> Iterator[Finding]:
    old, new = diff.both("LoggingConfiguration")
    if new and not old:
        said, path = "its access is logged", "LoggingConfiguration"
        yield Finding("log-added", "data", diff.path, said, "-", "logged", False, (path,))


def _protection(before: Revision, after: Revision) -> Iterator[Finding]:
    was = {stack.label: stack.is_protected for stack in before.assembly.stacks}
    for stack in after.assembly.stacks:
        if was.get(stack.label) and not stack.is_protected:
            said = "the stack can be deleted by accident"
            yield _finding("termination-protection-off", stack.label, said, "on", "off")
