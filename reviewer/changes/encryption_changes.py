"""Findings about encryption: where a KMS key of ours is no longer used, or a switch is off."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reviewer.changes.finding import Finding, place, text
from reviewer.changes.resource_diff import ResourceDiff

_KEY = re.compile(r"(^|/)(\w*KmsKey\w*|\w*KMSMasterKeyID|KmsMasterKeyId|EncryptionKey)(/|$)")
_SWITCHES = re.compile(
    r"(^|/)(EnableKeyRotation|EnableInterContainerTrafficEncryption|SqsManagedSseEnabled"
    r"|BucketKeyEnabled)$"
)
_HARMLESS = frozenset({"BucketKeyEnabled"})
_CAPTURE = "DataCaptureConfig"
# What is no longer so when a switch is off.
_LOST = {
    "EnableKeyRotation": "its key material is never renewed",
    "EnableInterContainerTrafficEncryption": "what its machines tell one another is not encrypted",
    "SqsManagedSseEnabled": "its messages are not encrypted at rest",
}


def encryption_changes(found: list[ResourceDiff]) -> Iterator[Finding]:
    """Every key that is gone or another one, every switch that was on."""
    for diff in found:
        if not diff.stays:
            continue
        lost = [
            path
            for path, (old, _) in diff.changed.items()
            if _KEY.search(path) and old and not _is_gone_as_a_whole(diff, path)
        ]
        gone = [path for path in lost if not diff.changed[path][1]]
        if gone or _algorithms(diff):
            old = diff.changed[gone[0]][0] if gone else "aws:kms"
            said = "no longer encrypted with our key"
            where = f": {', '.join(map(place, gone))}" if gone else ""
            covered = [*gone, *_algorithms(diff)]
            yield _finding(
                "encryption-removed", diff, f"{said}{where}", old, "no key of ours", *covered
            )
        else:
            for path in lost:
                old, new = diff.changed[path]
                said = f"encrypted with another key: {place(path)}"
                one = _finding("encryption-key-changed", diff, said, old, new, path)
                # A key of ours says who may use it; of AWS's own key nobody decides that.
                is_ours = str(old).startswith("alias/aws/") and str(new).startswith("{")
                yield replace(one, needs_person=not is_ours)
        yield from _switched(diff)


def _is_gone_as_a_whole(diff: ResourceDiff, path: str) -> bool:
    """Whether what a key encrypted is written no more, as requests that nothing records."""
    was_on = diff.both(f"{_CAPTURE}/EnableCapture")[0]
    return path.startswith(f"{_CAPTURE}/") and bool(was_on) and not diff.both(_CAPTURE)[1]


def _finding(
    rule: str, diff: ResourceDiff, said: str, before: Any, after: Any, *covers: str
) -> Finding:
    return Finding(rule, "encryption", diff.path, said, text(before), text(after), covers=covers)


def _algorithms(diff: ResourceDiff) -> list[str]:
    """Return the paths of what encrypted with a key of ours and no longer does."""
    return [
        path
        for path, (old, new) in diff.changed.items()
        if path.endswith(("SSEAlgorithm", "EncryptionType"))
        and str(old).lower().removeprefix("aws:").startswith(("kms", "customer"))
        and not str(new).lower().removeprefix("aws:").startswith(("kms", "customer"))
    ]


def _switched(diff: ResourceDiff) -> Iterator[Finding]:
    for path, (old, new) in diff.changed.items():
        name = path.rpartition("/")[2]
        if _SWITCHES.search(path) and name not in _HARMLESS and old is True and new is not True:
            rule = "key-rotation-off" if name == "EnableKeyRotation" else "encryption-switched-off"
            yield _finding(rule, diff, f"{_LOST[name]}: {place(path)}", "on", "off", path)
