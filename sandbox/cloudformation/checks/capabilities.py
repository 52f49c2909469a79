"""Capabilities: the acknowledgement CloudFormation wants before it makes IAM resources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfn.template import Template

_IAM = "AWS::IAM::"
_NAMES = ("RoleName", "ManagedPolicyName", "UserName", "GroupName", "InstanceProfileName")


class InsufficientCapabilities(Exception):
    """The template makes IAM resources, and the caller did not say that this is wanted."""


def check(template: Template, given: Sequence[str]) -> None:
    """Raise InsufficientCapabilities unless `given` covers the IAM resources of `template`."""
    found = [r for r in template["Resources"].values() if r["Type"].startswith(_IAM)]
    if not found or "CAPABILITY_NAMED_IAM" in given:
        return
    is_named = any(name in r.get("Properties", {}) for r in found for name in _NAMES)
    needed = "CAPABILITY_NAMED_IAM" if is_named else "CAPABILITY_IAM"
    if needed not in given:
        raise InsufficientCapabilities(f"Requires capabilities : [{needed}]")
