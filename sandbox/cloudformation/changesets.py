"""Change sets: a deployment that is planned, described, and then executed or deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cfn.intrinsics import references
from sandbox.cloudformation import parameters
from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.evaluator import Evaluator
from sandbox.cloudformation.scope import Neighbours, StackScope
from sandbox.cloudformation.stack import Stack, now

if TYPE_CHECKING:
    from cfn.template import Template
    from sandbox.cloudformation.request import DesiredState
    from sandbox.handlers.aws import Aws

NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


@dataclass
class ChangeSet:
    """One planned deployment of one stack."""

    change_set_id: str
    name: str
    kind: str  # CREATE or UPDATE
    stack: Stack
    request: DesiredState
    changes: list[dict[str, Any]]
    tags: dict[str, str]
    capabilities: list[str]
    description: str | None = None
    role_arn: str | None = None
    status: str = "CREATE_COMPLETE"
    execution_status: str = "AVAILABLE"
    reason: str | None = None
    created_at: datetime = field(default_factory=now)

    def refuse(self, reason: str) -> None:
        """Mark it as not executable."""
        self.status, self.execution_status, self.reason = "FAILED", "UNAVAILABLE", reason

    def summary(self) -> dict[str, Any]:
        """Return the members that ListChangeSets shows."""
        return {
            "ChangeSetId": self.change_set_id,
            "ChangeSetName": self.name,
            "StackId": self.stack.stack_id,
            "StackName": self.stack.name,
            "CreationTime": self.created_at,
            "Status": self.status,
            "StatusReason": self.reason,
            "ExecutionStatus": self.execution_status,
            "Description": self.description,
        }

    def describe(self) -> dict[str, Any]:
        """Return the change set as DescribeChangeSet shows it."""
        values = parameters.masked(self.request.template, self.request.parameters)
        return {
            **self.summary(),
            "Changes": self.changes,
            "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
            "Capabilities": self.capabilities,
        }


def check_name(name: str) -> None:
    """Raise TemplateError for a name CloudFormation would not take."""
    if not _NAME.fullmatch(name or ""):
        raise TemplateError(
            f"Change set name {name!r} is not valid; start with a letter, then letters, digits "
            "and hyphens, at most 128"
        )


def changes(
    stack: Stack, aws: Aws, neighbours: Neighbours, request: DesiredState
) -> list[dict[str, Any]]:
    """Return what executing `request` would add, modify and remove, as far as foreseeable."""
    template = request.template
    values = resolved(stack, aws, neighbours, request)
    wanted = Evaluator(template, StackScope(stack, aws, neighbours, values)).wanted()
    touched = _touched(stack, template, values)
    result = []
    for name in template["Resources"]:
        if name not in wanted:
            continue
        if name not in stack.resources:
            result.append(_change("Add", name, template["Resources"][name]["Type"]))
        elif name in touched:
            physical_id = stack.resources[name].physical_id
            result.append(_change("Modify", name, template["Resources"][name]["Type"], physical_id))
    for name, resource in stack.resources.items():
        if name not in wanted:
            result.append(_change("Remove", name, resource.type, resource.physical_id))
    return result


def resolved(
    stack: Stack, aws: Aws, neighbours: Neighbours, request: DesiredState
) -> dict[str, Any]:
    """Return what `Ref` of each parameter would give now."""
    bare = StackScope(stack, aws, neighbours, {})
    return parameters.resolve(request.template, request.parameters, bare.parameter)


def _touched(stack: Stack, template: Template, values: Mapping[str, Any]) -> set[str]:
    """Return the resources whose text differs, or that refer to something that differs."""
    old: dict[str, Any] = stack.template.get("Resources", {})
    new: dict[str, Any] = template["Resources"]
    touched = {name for name in new if new[name] != old.get(name)}
    moved = {name for name, value in values.items() if stack.resolved.get(name) != value}
    while True:
        more = {
            name
            for name, spec in new.items()
            if name not in touched
            and not (touched | moved).isdisjoint(references(spec.get("Properties", {})))
        }
        if not more:
            return touched
        touched |= more


def _change(action: str, name: str, kind: str, physical_id: str | None = None) -> dict[str, Any]:
    change: dict[str, Any] = {
        "Action": action,
        "LogicalResourceId": name,
        "PhysicalResourceId": physical_id,
        "ResourceType": kind,
        "Scope": [],
        "Details": [],
    }
    if action == "Modify":
        change["Replacement"] = "Conditional"
        change["Scope"] = ["Properties"]
    return {"Type": "Resource", "ResourceChange": change}
