"""What CloudFormation validates before a change set can be executed: names that are taken.

`AWS::EarlyValidation::ResourceExistenceCheck` and its words:
https://github.com/aws-cloudformation/rain/issues/744, https://github.com/aws/aws-cdk-cli/issues/1463
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cfn.catalogue import row
from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.evaluator import Evaluator
from sandbox.cloudformation.scope import Neighbours, StackScope
from sandbox.handlers.aws import is_gone
from sandbox.handlers.resource import Handlers, StackResource

if TYPE_CHECKING:
    from sandbox.cloudformation.changesets import ChangeSet
    from sandbox.cloudformation.stack import Stack
    from sandbox.handlers.aws import Aws

_REFUSAL = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To "
    "troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure "
    "information."
)


@dataclass(frozen=True)
class ValidationError:
    """One event of a change set that failed its validation."""

    logical_id: str
    type: str
    physical_id: str
    path: str
    reason: str

    def describe(self, stack: Stack, change_set_id: str) -> dict[str, Any]:
        """Return the event as DescribeEvents shows it."""
        return {
            "EventId": f"{self.logical_id}-NAME_CONFLICT_VALIDATION",
            "StackId": stack.stack_id,
            "OperationId": change_set_id,
            "OperationType": "CREATE_CHANGESET",
            "EventType": "VALIDATION_ERROR",
            "LogicalResourceId": self.logical_id,
            "PhysicalResourceId": self.physical_id,
            "ResourceType": self.type,
            "ValidationFailureMode": "FAIL",
            "ValidationName": "NAME_CONFLICT_VALIDATION",
            "ValidationStatus": "FAILED",
            "ValidationStatusReason": self.reason,
            "ValidationPath": self.path,
        }


class NameCheck:
    """Looks for what exists under the names that a template gives.

    Looked at are the types that can be imported: of those a handler can tell what exists.
    """

    def __init__(
        self, stack: Stack, aws: Aws, handler_of: Handlers, neighbours: Neighbours
    ) -> None:
        self._stack, self._aws = stack, aws
        self._handler_of, self._neighbours = handler_of, neighbours

    def refuse(self, change_set: ChangeSet, values: Mapping[str, Any]) -> None:
        """Mark it as FAILED where an added name is taken; one that is refused stays as it is."""
        if change_set.status == "FAILED":
            return
        scope = StackScope(self._stack, self._aws, self._neighbours, values)
        evaluator = Evaluator(change_set.request.template, scope)
        resources = change_set.request.template["Resources"]
        for logical_id in change_set.added():
            kind, name = (
                resources[logical_id]["Type"],
                _name_property(resources[logical_id]["Type"]),
            )
            written = resources[logical_id].get("Properties", {}).get(name)
            if taken := self._taken(evaluator, logical_id, kind, written):
                reason = f"Resource of type '{kind}' with identifier '{taken}' already exists."
                path = f"/Resources/{logical_id}/Properties/{name}"
                error = ValidationError(logical_id, kind, taken, path, reason)
                change_set.validation_errors.append(error)
                change_set.refuse(_REFUSAL)

    def _taken(self, evaluator: Evaluator, logical_id: str, kind: str, written: Any) -> str:
        """Return the name, if something of that type has it."""
        if written is None:
            return ""
        try:
            name = str(evaluator.visit(written))
        except TemplateError:
            # It refers to what the deployment will create, so the name cannot be taken yet.
            return ""
        resource = StackResource(
            self._stack.name, self._stack.stack_id, logical_id, kind, {}, name=name
        )
        handler: Any = self._handler_of(kind)
        try:
            handler.adopt(self._aws, resource, name)
        except ClientError as error:
            if is_gone(error):
                return ""
            # A bucket of another account has the name: S3 answers 403 to everybody else.
            if error.response["Error"]["Code"] != "403":
                raise
        return name


def _name_property(kind: str) -> str:
    facts = row(kind)
    return (facts.name or facts.import_id) if facts.import_id else ""
