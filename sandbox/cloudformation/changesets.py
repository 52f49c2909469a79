"""Change sets: a deployment that is planned, described, and then executed or deleted."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cfn.intrinsics import references
from sandbox.cloudformation import change_details, parameters
from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.evaluator import Evaluator
from sandbox.cloudformation.scope import Neighbours, StackScope
from sandbox.cloudformation.stack import Stack, now

if TYPE_CHECKING:
    from cfn.template import Template
    from sandbox.cloudformation.early_validation import ValidationError
    from sandbox.cloudformation.request import DesiredState
    from sandbox.handlers.aws import Aws

_NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)
_RESOURCE = "ResourceReference"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


@dataclass
class ChangeSet:
    """One planned deployment of one stack."""

    change_set_id: str
    name: str
    kind: str  # CREATE, UPDATE or IMPORT
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
    validation_errors: list[ValidationError] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        """Mark it as not executable, if there is a reason."""
        if reason:
            self.status, self.execution_status, self.reason = "FAILED", "UNAVAILABLE", reason

    def added(self) -> list[str]:
        """Return the logical ids of what it would create."""
        changes = [change["ResourceChange"] for change in self.changes]
        return [one["LogicalResourceId"] for one in changes if one["Action"] == "Add"]

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


def find(change_sets: Collection[ChangeSet], name: str, stack_name: str | None) -> ChangeSet | None:
    """Return the newest change set with this name or id."""
    for change_set in reversed([*change_sets]):
        stack = (None, change_set.stack.name, change_set.stack.stack_id)
        is_named = name == change_set.name and stack_name in stack
        if name == change_set.change_set_id or is_named:
            return change_set
    return None


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
    old: dict[str, Any] = stack.template.get("Resources", {})
    result = []
    for name, spec in template["Resources"].items():
        if name in wanted and name not in stack.resources:
            action = "Import" if name in request.imports else "Add"
            result.append(change_details.added(name, spec["Type"], action))
        elif name in wanted and name in touched:
            resource, was = stack.resources[name], old.get(name, {})
            result.append(change_details.modified(resource, was, spec, touched, aws.region))
    for name, resource in stack.resources.items():
        if name not in wanted:
            result.append(change_details.removed(resource))
    return [{"Type": "Resource", "ResourceChange": change} for change in result]


def refusal(stack: Stack, template: Template, is_change: bool) -> str:
    """Return why CloudFormation refuses an update: no change, or another type; empty for none."""
    if not is_change:
        return _NO_CHANGES
    names = [
        name
        for name, spec in template["Resources"].items()
        if name in stack.resources and stack.resources[name].type != spec["Type"]
    ]
    if not names:
        return ""
    return (
        "Update of resource type is not permitted. The new template modifies resource type of the "
        f"following resources: [{', '.join(names)}]"
    )


def require_update(stack: Stack, template: Template, is_change: bool) -> None:
    """Raise TemplateError where UpdateStack refuses what a change set would be FAILED for."""
    if not is_change:
        raise TemplateError("No updates are to be performed.")
    if reason := refusal(stack, template, is_change):
        raise TemplateError(reason)


def resolved(
    stack: Stack, aws: Aws, neighbours: Neighbours, request: DesiredState
) -> dict[str, Any]:
    """Return what `Ref` of each parameter would give now."""
    bare = StackScope(stack, aws, neighbours, {})
    return parameters.resolve(request.template, request.parameters, bare.parameter)


def _touched(stack: Stack, template: Template, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the resources whose text differs or that refer to something that differs.

    Each with the kind of reference that a property which mentions it makes; parameters, too.
    """
    old: dict[str, Any] = stack.template.get("Resources", {})
    new: dict[str, Any] = template["Resources"]
    touched = dict.fromkeys((name for name in new if new[name] != old.get(name)), _RESOURCE)
    for name, value in values.items():
        if stack.resolved.get(name) != value:
            touched[name] = "ParameterReference"
    while True:
        more = {
            name
            for name, spec in new.items()
            if name not in touched
            and not touched.keys().isdisjoint(references(spec.get("Properties", {})))
        }
        if not more:
            return touched
        touched |= dict.fromkeys(more, _RESOURCE)
