"""Details of a change set: which properties differ, why, and whether that replaces a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cfn.intrinsics import references
from cfn.registry_schemas import conditional_create_only, create_only

if TYPE_CHECKING:
    from sandbox.handlers.resource import StackResource

_ATTRIBUTES = (
    "Metadata",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
)
_POLICY_ACTIONS = {"Retain": "Retain", "Snapshot": "Snapshot"}


def added(name: str, kind: str, action: str = "Add") -> dict[str, Any]:
    """Return the change that makes a resource, or imports one."""
    return _change(action, name, kind, None)


def removed(resource: StackResource) -> dict[str, Any]:
    """Return the change that deletes a resource, or lets go of it."""
    change = _change("Remove", resource.logical_id, resource.type, resource.physical_id)
    change["PolicyAction"] = _POLICY_ACTIONS.get(resource.deletion_policy, "Delete")
    return change


def modified(
    resource: StackResource,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    moved: Mapping[str, str],
    region: str,
) -> dict[str, Any]:
    """Return the change of a resource with its details.

    `moved` is what differs of what a property may refer to: `ParameterReference` by the name of a
    parameter, `ResourceReference` by that of a resource.
    """
    change = _change("Modify", resource.logical_id, resource.type, resource.physical_id)
    details = [
        *_of_properties(resource.type, old, new, moved, region),
        *(_detail(name, "", "Never") for name in _ATTRIBUTES if old.get(name) != new.get(name)),
    ]
    scope = dict.fromkeys(detail["Target"]["Attribute"] for detail in details)
    change["Scope"], change["Details"] = list(scope), details
    change["Replacement"] = _replacement(details)
    if change["Replacement"] == "True":
        policy = _POLICY_ACTIONS.get(resource.replace_policy, "Delete")
        change["PolicyAction"] = f"ReplaceAnd{policy}"
    return change


def _replacement(details: list[dict[str, Any]]) -> str:
    """Return AWS's summary: a value known only at execution replaces perhaps, if at all.

    docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html.
    """
    sure = {
        (detail["Target"]["RequiresRecreation"], detail["Evaluation"])
        for detail in details
        if detail["Target"]["Attribute"] == "Properties"
    }
    if ("Always", "Static") in sure:
        return "True"
    return "Conditional" if any(recreation != "Never" for recreation, _ in sure) else "False"


def _of_properties(
    kind: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    moved: Mapping[str, str],
    region: str,
) -> list[dict[str, Any]]:
    was, now = old.get("Properties", {}), new.get("Properties", {})
    details = []
    for name in sorted({*was, *now}):
        causes = [one for one in references(now.get(name)) if one in moved]
        if was.get(name) != now.get(name):
            details.append(_detail("Properties", name, _recreation(kind, name, was, now, region)))
        elif causes:
            recreation = _recreation(kind, name, {}, {name: now[name]}, region)
            details += [_dynamic(name, recreation, moved[cause], cause) for cause in causes]
    return details


def _recreation(
    kind: str, name: str, was: Mapping[str, Any], now: Mapping[str, Any], region: str
) -> str:
    for answer, paths in (
        ("Always", create_only(kind, region)),
        ("Conditionally", conditional_create_only(kind, region)),
    ):
        for path in paths:
            if path.split("/")[0] == name and _at(was, path) != _at(now, path):
                return answer
    return "Never"


def _at(tree: Any, path: str) -> Any:
    for key in path.split("/"):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _detail(attribute: str, name: str, recreation: str) -> dict[str, Any]:
    if name == "Tags":
        attribute, name = "Tags", ""
    target = {"Attribute": attribute, "RequiresRecreation": recreation}
    if name:
        target["Name"] = name
    return {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}


def _dynamic(name: str, recreation: str, source: str, cause: str) -> dict[str, Any]:
    detail = _detail("Properties", name, recreation)
    # The new value of a parameter is known at once, that of a resource when it was changed.
    evaluation = "Static" if source == "ParameterReference" else "Dynamic"
    return {**detail, "Evaluation": evaluation, "ChangeSource": source, "CausingEntity": cause}


def _change(action: str, name: str, kind: str, physical_id: str | None) -> dict[str, Any]:
    return {
        "Action": action,
        "LogicalResourceId": name,
        "PhysicalResourceId": physical_id,
        "ResourceType": kind,
        "Scope": [],
        "Details": [],
    }
