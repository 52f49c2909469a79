"""Handlers of IAM roles and policies: they change in place, and are never replaced."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sandbox.handlers.aws import is_gone
from sandbox.handlers.resource import (
    ResourceError,
    StackResource,
    changed,
    keep_identity,
    refuse_named_replacement,
)

if TYPE_CHECKING:
    from sandbox.handlers.aws import Aws

_VERSIONS = 5  # a managed policy keeps at most five


def _document(document: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document with a version: AWS has a default, moto has not."""
    return {"Version": "2012-10-17", **document}


def _refuse_missing_boundary(aws: Aws, properties: dict[str, Any]) -> None:
    """Raise ResourceError as IAM does for a permissions boundary that is no policy.

    Its words as openshift/rosa's tests have them, for CreateRole with a missing boundary.
    """
    boundary = properties.get("PermissionsBoundary")
    if boundary is None:
        return
    try:
        aws.call("iam", "get_policy", {"PolicyArn": boundary})
    except ClientError as error:
        if not is_gone(error):
            raise
        text = f"Scope ARN: {boundary} does not exist or is not attachable. (NoSuchEntity)"
        raise ResourceError(text) from None


class Role:
    """An IAM role with its managed and inline policies."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the role and attach everything."""
        properties = resource.properties
        _refuse_missing_boundary(aws, properties)
        resource.name = properties.get("RoleName") or resource.generated_name(length=64)
        kept: dict[str, Any] = {
            key: properties[key]
            for key in ("Path", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags")
            if key in properties
        }
        document = _document(properties["AssumeRolePolicyDocument"])
        arguments = {"RoleName": resource.name, "AssumeRolePolicyDocument": document, **kept}
        role = aws.call("iam", "create_role", arguments)["Role"]
        resource.physical_id = resource.name
        resource.attributes = {"Arn": role["Arn"], "RoleId": role["RoleId"]}
        self._attach(aws, resource)

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Change trust and policies in place; a new name or path is a new role."""
        if changed(new, old) & {"RoleName", "Path"}:
            refuse_named_replacement(new, "RoleName", old.properties)
            self.create(aws, new)
            return True
        keep_identity(new, old)
        document = _document(new.properties["AssumeRolePolicyDocument"])
        role: dict[str, Any] = {"RoleName": new.name}
        aws.call("iam", "update_assume_role_policy", {**role, "PolicyDocument": document})
        settings: dict[str, Any] = {
            key: new.properties[key]
            for key in ("Description", "MaxSessionDuration")
            if key in new.properties
        }
        aws.call("iam", "update_role", {**role, **settings})
        if "PermissionsBoundary" in changed(new, old):
            self._bound(aws, new)
        self._detach(aws, old)
        self._attach(aws, new)
        return False

    def _bound(self, aws: Aws, resource: StackResource) -> None:
        role = {"RoleName": resource.name}
        boundary = resource.properties.get("PermissionsBoundary")
        if boundary is None:
            aws.call("iam", "delete_role_permissions_boundary", role)
        else:
            _refuse_missing_boundary(aws, resource.properties)
            named = {**role, "PermissionsBoundary": boundary}
            aws.call("iam", "put_role_permissions_boundary", named)

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Detach what is attached, then delete the role."""
        self._detach(aws, resource)
        aws.forget("iam", "delete_role", {"RoleName": resource.name})

    def _attach(self, aws: Aws, resource: StackResource) -> None:
        role = {"RoleName": resource.name}
        for arn in resource.properties.get("ManagedPolicyArns", []):
            aws.call("iam", "attach_role_policy", {**role, "PolicyArn": arn})
        for policy in resource.properties.get("Policies", []):
            named = {**policy, "PolicyDocument": _document(policy["PolicyDocument"])}
            aws.call("iam", "put_role_policy", {**role, **named})

    def _detach(self, aws: Aws, resource: StackResource) -> None:
        role = {"RoleName": resource.name}
        for arn in resource.properties.get("ManagedPolicyArns", []):
            aws.forget("iam", "detach_role_policy", {**role, "PolicyArn": arn})
        for policy in resource.properties.get("Policies", []):
            name = {"PolicyName": policy["PolicyName"]}
            aws.forget("iam", "delete_role_policy", {**role, **name})


class ManagedPolicy:
    """A customer-managed policy; a new document is a new default version."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the policy and attach it to the roles it lists."""
        properties = resource.properties
        resource.name = properties.get("ManagedPolicyName") or resource.generated_name(length=128)
        arguments: dict[str, Any] = {
            key: properties[key] for key in ("Path", "Description") if key in properties
        }
        arguments["PolicyName"] = resource.name
        arguments["PolicyDocument"] = _document(properties["PolicyDocument"])
        policy = aws.call("iam", "create_policy", arguments)["Policy"]
        resource.physical_id = policy["Arn"]
        resource.attributes = {"PolicyArn": policy["Arn"], "PolicyId": policy["PolicyId"]}
        self._attach(aws, resource)

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Write a new default version, and attach it where the template now says."""
        names = changed(new, old)
        if names & {"ManagedPolicyName", "Path", "Description"}:
            refuse_named_replacement(new, "ManagedPolicyName", old.properties)
            self.create(aws, new)
            return True
        keep_identity(new, old)
        if "PolicyDocument" in names:
            self._new_version(aws, new)
        self._detach(aws, old)
        self._attach(aws, new)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Detach the policy, delete its old versions, then the policy."""
        self._detach(aws, resource)
        policy = {"PolicyArn": resource.physical_id}
        self._refuse_attached(aws, policy)
        for version in self._old_versions(aws, resource):
            aws.forget("iam", "delete_policy_version", {**policy, "VersionId": version})
        aws.forget("iam", "delete_policy", policy)

    def _refuse_attached(self, aws: Aws, policy: dict[str, str]) -> None:
        """Raise ResourceError as IAM does for a policy that something else has attached.

        https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
        """
        try:
            found = aws.call("iam", "list_entities_for_policy", policy)
        except ClientError as error:
            if is_gone(error):
                return
            raise
        if found["PolicyRoles"] or found["PolicyUsers"] or found["PolicyGroups"]:
            raise ResourceError("Cannot delete a policy attached to entities. (DeleteConflict)")

    def _new_version(self, aws: Aws, resource: StackResource) -> None:
        policy = {"PolicyArn": resource.physical_id}
        old = self._old_versions(aws, resource)
        if len(old) >= _VERSIONS - 1:
            aws.call("iam", "delete_policy_version", {**policy, "VersionId": old[0]})
        document = json.dumps(_document(resource.properties["PolicyDocument"]))
        arguments = {**policy, "PolicyDocument": document, "SetAsDefault": True}
        aws.call("iam", "create_policy_version", arguments)

    def _old_versions(self, aws: Aws, resource: StackResource) -> list[str]:
        answer = aws.client("iam").list_policy_versions(PolicyArn=resource.physical_id)
        ids = [v["VersionId"] for v in answer["Versions"] if not v["IsDefaultVersion"]]
        return sorted(ids, key=lambda version: int(version[1:]))

    def _attach(self, aws: Aws, resource: StackResource) -> None:
        for role in resource.properties.get("Roles", []):
            arguments = {"RoleName": role, "PolicyArn": resource.physical_id}
            aws.call("iam", "attach_role_policy", arguments)

    def _detach(self, aws: Aws, resource: StackResource) -> None:
        for role in resource.properties.get("Roles", []):
            arguments = {"RoleName": role, "PolicyArn": resource.physical_id}
            aws.forget("iam", "detach_role_policy", arguments)


class InlinePolicy:
    """A policy written into roles."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Write the policy into every role."""
        resource.name = resource.properties["PolicyName"]
        resource.physical_id = resource.identity()
        for role in resource.properties.get("Roles", []):
            document = _document(resource.properties["PolicyDocument"])
            policy = {"PolicyName": resource.name, "PolicyDocument": document}
            aws.call("iam", "put_role_policy", {"RoleName": role, **policy})

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Take it out of the old roles and write it into the new ones."""
        keep_identity(new, old)
        self.delete(aws, old)
        self.create(aws, new)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Take the policy out of its roles."""
        for role in resource.properties.get("Roles", []):
            arguments = {"RoleName": role, "PolicyName": resource.name}
            aws.forget("iam", "delete_role_policy", arguments)
