"""State of one stack, and how the describing operations show it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cfn.intrinsics import references
from sandbox.cloudformation import parameters
from sandbox.cloudformation.errors import TemplateError

if TYPE_CHECKING:
    from cfn.template import Template
    from sandbox.cloudformation.deployment import Deployment
    from sandbox.cloudformation.drift import DriftDetection
    from sandbox.handlers.resource import StackResource

_STUCK = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED")
STACK_TYPE = "AWS::CloudFormation::Stack"


def now() -> datetime:
    """Return the present time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class StackEvent:
    """One line of a stack's history."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str | None
    token: str | None
    at: datetime = field(default_factory=now)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Output:
    """One output; `export` is the name other stacks import it by."""

    key: str
    value: str
    description: str | None = None
    export: str | None = None


@dataclass
class Stack:
    """One stack: its template, its values, its resources and its history."""

    name: str
    stack_id: str
    template_text: str = ""
    template: Template = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    resolved: dict[str, Any] = field(default_factory=dict)
    resources: dict[str, StackResource] = field(default_factory=dict)
    gone: list[StackResource] = field(default_factory=list)  # deleted or left with the stack
    outputs: list[Output] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    tags: dict[str, str] = field(default_factory=dict)
    role_arn: str | None = None
    capabilities: list[str] = field(default_factory=list)
    notification_arns: list[str] = field(default_factory=list)
    events: list[StackEvent] = field(default_factory=list)
    status: str = "REVIEW_IN_PROGRESS"
    reason: str | None = None
    created_at: datetime = field(default_factory=now)
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    is_protected: bool = False
    token: str | None = None
    change_set_id: str | None = None
    unfinished: Callable[[Collection[str]], None] | None = field(default=None, repr=False)
    failed: Deployment | None = field(default=None, repr=False)  # and left as it was
    drift: DriftDetection | None = None
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def require_updatable(self) -> None:
        """Raise what CloudFormation answers to an update in a status that allows none."""
        if self.status.endswith("IN_PROGRESS") or self.status in _STUCK:
            raise self._not_updatable()

    def rollback_continuation(self) -> Callable[[Collection[str]], None]:
        """Return what goes on with a failed rollback; raises TemplateError in other statuses."""
        if self.status != "UPDATE_ROLLBACK_FAILED" or self.unfinished is None:
            raise self._not_updatable()
        return self.unfinished

    def rollback_of_failure(self, token: str | None) -> Callable[[bool], None]:
        """Return what takes back a deployment that failed; raises TemplateError in other statuses.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html
        """
        if self.status not in ("CREATE_FAILED", "UPDATE_FAILED") or self.failed is None:
            raise self._not_updatable()
        self.token = token
        return self.failed.roll_back_failure

    def _not_updatable(self) -> TemplateError:
        return TemplateError(
            f"Stack:{self.stack_id} is in {self.status} state and can not be updated."
        )

    def set_status(self, status: str, reason: str | None = None) -> None:
        """Move the stack to `status`, and note it in the history."""
        self.status, self.reason = status, reason
        event = StackEvent(self.name, self.stack_id, STACK_TYPE, status, reason, self.token)
        self.events.append(event)

    def mark_deleted(self) -> None:
        """Move the stack to DELETE_COMPLETE; it exports and imports nothing any more."""
        self.outputs, self.imports, self.deleted_at = [], set(), now()
        self.set_status("DELETE_COMPLETE")

    def note(self, resource: StackResource, status: str, reason: str | None = None) -> None:
        """Move a resource to `status`, and note it in the history."""
        resource.status, resource.reason, resource.changed_at = status, reason, now()
        identity = (resource.logical_id, resource.physical_id, resource.type)
        self.events.append(StackEvent(*identity, status, reason, self.token))

    def exports(self) -> dict[str, str]:
        """Return the exported values by the name they are imported by."""
        return {output.export: output.value for output in self.outputs if output.export}

    def is_changed_by(
        self, template: Template, values: Mapping[str, str], resolved: Mapping[str, Any]
    ) -> bool:
        """Return whether this template with these parameter values asks for anything new.

        A value behind an SSM parameter counts where a resource or an output uses it; a stack that
        failed half way can always be tried again.
        """
        if template != self.template or dict(values) != self.parameters:
            return True
        used = set(references([template["Resources"], template.get("Outputs")]))
        is_moved = any(resolved[name] != self.resolved.get(name) for name in used & set(resolved))
        return is_moved or self.status in ("CREATE_FAILED", "UPDATE_FAILED")

    def describe(self) -> dict[str, Any]:
        """Return the stack as DescribeStacks shows it."""
        return {
            "StackId": self.stack_id,
            "StackName": self.name,
            "Description": self.template.get("Description"),
            "Parameters": self._describe_parameters(),
            "CreationTime": self.created_at,
            "LastUpdatedTime": self.updated_at,
            "DeletionTime": self.deleted_at,
            "StackStatus": self.status,
            "StackStatusReason": self.reason,
            "DisableRollback": False,
            "NotificationARNs": self.notification_arns,
            "Capabilities": self.capabilities,
            "Outputs": [_describe_output(output) for output in self.outputs],
            "RoleARN": self.role_arn,
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
            "EnableTerminationProtection": self.is_protected,
            "ChangeSetId": self.change_set_id,
            "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        }

    def _describe_parameters(self) -> list[dict[str, Any]]:
        described = []
        for name, value in parameters.masked(self.template, self.parameters).items():
            entry = {"ParameterKey": name, "ParameterValue": value}
            resolved = self.resolved.get(name, value)
            if value != "****" and isinstance(resolved, str) and resolved != value:
                entry["ResolvedValue"] = resolved
            described.append(entry)
        return described

    def describe_events(self) -> list[dict[str, Any]]:
        """Return the history, newest first."""
        return [
            {
                "StackId": self.stack_id,
                "StackName": self.name,
                "EventId": event.id,
                "LogicalResourceId": event.logical_id,
                "PhysicalResourceId": event.physical_id,
                "ResourceType": event.type,
                "Timestamp": event.at,
                "ResourceStatus": event.status,
                "ResourceStatusReason": event.reason,
                "ClientRequestToken": event.token,
            }
            for event in reversed(self.events)
        ]

    def described_resources(self) -> list[StackResource]:
        """Return its resources; a deleted stack tells for 90 days what became of them."""
        return [*self.resources.values(), *(self.gone if self.deleted_at else [])]

    def describe_resource(self, resource: StackResource) -> dict[str, Any]:
        """Return one resource, with the members of all three describing calls."""
        return {
            "StackName": self.name,
            "StackId": self.stack_id,
            "LogicalResourceId": resource.logical_id,
            "PhysicalResourceId": resource.physical_id,
            "ResourceType": resource.type,
            "Timestamp": resource.changed_at,
            "LastUpdatedTimestamp": resource.changed_at,
            "ResourceStatus": resource.status,
            "ResourceStatusReason": resource.reason,
            "DriftInformation": {
                "StackResourceDriftStatus": "NOT_CHECKED",
            },
        }


def _describe_output(output: Output) -> dict[str, Any]:
    return {
        "OutputKey": output.key,
        "OutputValue": output.value,
        "Description": output.description,
        "ExportName": output.export,
    }
