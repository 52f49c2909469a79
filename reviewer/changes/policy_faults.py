"""Findings about policies that cannot be read, and keys that nobody is left to manage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reviewer.changes.finding import Finding
from reviewer.policies import UNREADABLE

if TYPE_CHECKING:
    from reviewer.assembly import Resource
    from reviewer.changes.resource_diff import Revision
    from reviewer.statements import Statement

_KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
# As the resolver writes the own account's root.
_ROOT = frozenset({"iam:root", "{account}", "*"})
_EVERYTHING = frozenset({"*", "kms:*"})


def unreadable_policies(old: Sequence[Statement], new: Sequence[Statement]) -> Iterator[Finding]:
    """What a policy allows that cannot be read is not known: it may be everything."""
    for one in new:
        if one.effect == UNREADABLE and one not in old:
            same = [w.actions[0] for w in old if _is_unreadable_of(w, one.holder)]
            said = f"a policy that cannot be read: {one.fault}"
            before = " ".join(same) or "-"
            yield Finding(
                "policy-unreadable", "permissions", one.holder, said, before, one.actions[0]
            )


def _is_unreadable_of(one: Statement, holder: str) -> bool:
    return one.effect == UNREADABLE and one.holder == holder


def unmanaged_keys(
    before: Revision, after: Revision, old: Sequence[Statement], new: Sequence[Statement]
) -> Iterator[Finding]:
    """Every key that the account's administrators can no longer manage, or never could.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html: without the
    statement for the account's root nobody may be left who may change the policy.
    """
    known = {item.path: _is_managed(item, old) for item in before.assembly.resources(*_KEYS)}
    for item in after.assembly.resources(*_KEYS):
        if known.get(item.path, True) and not _is_managed(item, new):
            yield Finding(
                "key-unmanaged",
                "permissions",
                item.path,
                "the account's administrators can no longer manage this key: its policy lacks the "
                "statement for the account's root",
                "may do everything" if item.path in known else "-",
                "may be locked out",
            )


def _is_managed(key: Resource, found: Sequence[Statement]) -> bool:
    if "KeyPolicy" not in key.properties:
        return True  # KMS writes that statement itself.
    return any(
        one.holder == key.path
        and (one.kind, one.effect, one.conditions) == ("resource", "Allow", ())
        and not _EVERYTHING.isdisjoint(one.actions)
        and not _ROOT.isdisjoint(one.principals)
        for one in found
    )
