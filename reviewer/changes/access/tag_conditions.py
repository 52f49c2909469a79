"""Findings about tags that a policy's condition names: they decide who may do what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewer.changes.finding import Finding

if TYPE_CHECKING:
    from reviewer.assembly import Assembly
    from reviewer.changes.resource_diff import ResourceDiff, Revision

# `aws:ResourceTag/team`, `s3:ExistingObjectTag/team`, `${aws:PrincipalTag/team}`
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
_NAMED = re.compile(r"[\w-]+:[A-Za-z]*Tag/([^\"'{}\\,]{1,128})", re.IGNORECASE)
_TAG = re.compile(r"(?:Tags|TagList)/(?P<key>.+?)(?:/(?:Value|Key|PropagateAtLaunch))?")


def tag_changes(before: Revision, after: Revision, found: list[ResourceDiff]) -> Iterator[Finding]:
    """Yield every change of a tag that a condition of either side names."""
    changed = [
        (diff, path, tag["key"])
        for diff in found
        if diff.stays
        for path in diff.changed
        if (tag := _TAG.fullmatch(path))
    ]
    if not changed:
        return
    named = _named(before.assembly) | _named(after.assembly)
    told: set[tuple[str, str]] = set()
    for diff, path, key in changed:
        # "Tag keys … are not case sensitive" in a condition, their values are.
        if key.lower() not in named or (diff.path, key) in told:
            continue
        told.add((diff.path, key))
        name = path.split("/")[0]
        yield Finding(
            rule="condition-tag-changed",
            area="permissions",
            at=diff.path,
            said=f"a policy decides by this tag who may do what: {key}",
            before=_value(diff.old.get(name), key),
            after=_value(diff.new.get(name), key),
            covers=(f"{name}/{key}",),
        )


def _named(assembly: Assembly) -> set[str]:
    texts = (json.dumps(item.properties) for item in assembly.resources())
    return {key.lower().strip() for text in texts for key in _NAMED.findall(text)}


def _value(tags: object, key: str) -> str:
    if isinstance(tags, dict):
        return str(tags.get(key, "-"))
    for tag in tags if isinstance(tags, list) else []:
        if isinstance(tag, dict) and tag.get("Key") == key:
            return str(tag.get("Value", "-"))
    return "-"
