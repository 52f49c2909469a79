"""Findings about exposure: buckets, security groups, networks and notebooks that open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfn.catalogue import row
from cfn.values import mapping
from reviewer.changes.finding import NOT_SET, Finding, text
from reviewer.changes.resource_diff import ResourceDiff

if TYPE_CHECKING:
    from reviewer.assembly import Resource

# Settings of a bucket that give others its objects.
_SHARED = {
    "CorsConfiguration": ("cors-added", "pages of other sites may read it"),
    "ReplicationConfiguration": ("replicated-elsewhere", "its objects are copied elsewhere"),
    "WebsiteConfiguration": ("website", "it is served as a website"),
}


def exposure_changes(found: list[ResourceDiff]) -> Iterator[Finding]:
    """Everything that opens a way in or out."""
    for diff in found:
        if diff.after is None:
            continue
        if diff.before is None and (opens := row(diff.type).opens):
            rule = "stored-keys-added" if diff.type.startswith("AWS::IAM::") else "way-out-added"
            yield _finding(rule, diff.path, f"{opens} is added", "-", "there")
        yield from _switches(diff)
        if diff.type == "AWS::S3::Bucket":
            yield from _bucket(diff)
        if diff.stays:
            yield from _moved_out(diff)


def _finding(
    rule: str, at: str, said: str, before: str = "", after: str = "", *, covers: str = ""
) -> Finding:
    covered = (covers,) if covers else ()
    return Finding(rule, "exposure", at, said, before, after, covers=covered)


def _switches(diff: ResourceDiff) -> Iterator[Finding]:
    for switch in row(diff.type).switches:
        old, new = diff.both(switch.property)
        # Something new is judged as if it had been safe before.
        was_safe = diff.before is None or old == switch.safe or (old is None and not switch.safe)
        is_safe = new == switch.safe or (new is None and switch.safe is False)
        if was_safe and not is_safe:
            name, before = switch.property, "-" if diff.before is None else text(old)
            after = NOT_SET if new is None else text(new)
            yield _finding(switch.rule, diff.path, switch.says, before, after, covers=name)


def _bucket(diff: ResourceDiff) -> Iterator[Finding]:
    old, new = diff.both("PublicAccessBlockConfiguration")
    shut = {key for key, value in mapping(old).items() if value is True}
    still = {key for key, value in mapping(new).items() if value is True}
    if diff.before is None and len(still) < 4:
        yield _finding(
            "public-access-block-off", diff.path, "a new bucket that may be public", "-", "open"
        )
    elif lost := sorted(shut - still):
        said = f"public access is no longer blocked: {', '.join(lost)}"
        name = "PublicAccessBlockConfiguration"
        yield _finding("public-access-block-off", diff.path, said, "blocked", "open", covers=name)
    for key, (rule, said) in _SHARED.items():
        was, now = diff.both(key)
        if now and not was:
            yield _finding(rule, diff.path, said, "-", "there", covers=key)
    if (acl := diff.both("AccessControl"))[0] != acl[1] and str(acl[1]).startswith("Public"):
        said = "anybody may read or write"
        name = "AccessControl"
        yield _finding("public-acl", diff.path, said, text(acl[0]), text(acl[1]), covers=name)


def _moved_out(diff: ResourceDiff) -> Iterator[Finding]:
    for path in ("VpcConfig", "SubnetId"):
        old, new = diff.both(path)
        if old and not new:
            said = "it no longer runs in our network"
            yield _finding("left-network", diff.path, said, "inside", "-", covers=path)
    if diff.type == "AWS::EC2::VPCEndpoint" and _policy(diff.before) and not _policy(diff.after):
        said = "everybody inside may use it for everything"
        yield _finding("endpoint-policy-removed", diff.path, said, "limited", "-")
    yield from _boundary(diff)
    for path, (was, now) in diff.changed.items():
        if path.endswith("/EnableNetworkIsolation") and was is True and now is not True:
            state = path.split("/")[2] if path.startswith("DefinitionString") else path
            said = f"{state}: the job may reach the network"
            yield _finding("isolation-off", diff.path, said, text(was), text(now), covers=path)


def _boundary(diff: ResourceDiff) -> Iterator[Finding]:
    name = "PermissionsBoundary"
    old, new = diff.both(name)
    if not old or old == new:
        return
    rule, said = "boundary-removed", "nothing bounds its permissions any more"
    if new:
        # What either policy allows is not in a template.
        rule, said = "boundary-changed", "another policy bounds its permissions, which may be wider"
    sides = text(old), text(new or None)
    yield Finding(rule, "permissions", diff.path, said, *sides, covers=(name,))


def _policy(item: Resource | None) -> object:
    return None if item is None else item.properties.get("PolicyDocument")
