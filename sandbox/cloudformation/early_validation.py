"""What CloudFormation validates before a change set can be executed: taken names, full buckets.

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
    name: str = "NAME_CONFLICT_VALIDATION"

    def describe(self, stack: Stack, change_set_id: str) -> dict[str, Any]:
        """Return the event as DescribeEvents shows it."""
        return {
            "EventId": f"{self.logical_id}-{self.name}",
            "StackId": stack.stack_id,
            "OperationId": change_set_id,
            "OperationType": "CREATE_CHANGESET",
            "EventType": "VALIDATION_ERROR",
            "LogicalResourceId": self.logical_id,
            "PhysicalResourceId": self.physical_id,
            "ResourceType": self.type,
            "ValidationFailureMode": "FAIL",
            "ValidationName": self.name,
            "ValidationStatus": "FAILED",
            "ValidationStatusReason": self.reason,
            "ValidationPath": self.path,
        }


class EarlyValidation:
    """Looks for what exists under the names that a template gives, and what cannot be deleted.

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
        self._refuse_full_buckets(change_set)
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

    def _refuse_full_buckets(self, change_set: ChangeSet) -> None:
        """Mark it as FAILED where it deletes a bucket that holds something."""
        s3 = self._aws.client("s3")
        for change in (one["ResourceChange"] for one in change_set.changes):
            kind = change["ResourceType"], change["Action"], change.get("PolicyAction", "Delete")
            bucket = str(change.get("PhysicalResourceId", ""))
            if kind == ("AWS::S3::Bucket", "Remove", "Delete") and _holds_something(s3, bucket):
                reason = (
                    f"The bucket '{bucket}' is not empty. You must either delete all objects and "
                    "versions or use the deletion policy to retain it, otherwise the delete "
                    "operation will fail."
                )
                logical_id = change["LogicalResourceId"]
                path = f"/Resources/{logical_id}"
                error = ValidationError(
                    logical_id, kind[0], bucket, path, reason, "BUCKET_EMPTINESS_VALIDATION"
                )
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


def _holds_something(s3: Any, bucket: str) -> bool:
    try:
        found = s3.list_object_versions(Bucket=bucket, MaxKeys=1)
    except s3.exceptions.ClientError:
        # Gone already: nothing is in the way.
        return False
    return bool(found.get("Versions") or found.get("DeleteMarkers"))
