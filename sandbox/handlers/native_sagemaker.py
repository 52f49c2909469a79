"""Handlers of SageMaker endpoints, notebook instances and model package groups."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sandbox.handlers.resource import (
    ResourceError,
    StackResource,
    changed,
    keep_identity,
    refuse_named_replacement,
)

if TYPE_CHECKING:
    from sandbox.handlers.aws import Aws

_STABLE_SECONDS = 600.0
_POLL_SECONDS = 0.05
_OF_AN_UPDATE = (
    *("DeploymentConfig", "RetainDeploymentConfig"),
    *("RetainAllVariantProperties", "ExcludeRetainedVariantProperties"),
)


class Endpoint:
    """An endpoint; CloudFormation is done with it when it serves, or fails with its reason."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the endpoint and wait until it is in service."""
        resource.name = resource.properties.get("EndpointName") or resource.generated_name()
        arguments: dict[str, Any] = {
            "EndpointName": resource.name,
            "EndpointConfigName": _config(resource),
        }
        for name in ("DeploymentConfig", "Tags"):
            if name in resource.properties:
                arguments[name] = resource.properties[name]
        answer = aws.call("sagemaker", "create_endpoint", arguments)
        resource.physical_id = answer["EndpointArn"]
        resource.attributes["EndpointName"] = resource.name
        self._wait(aws, resource)

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Update the endpoint in place and wait; another name is another endpoint."""
        if "EndpointName" in changed(new, old):
            refuse_named_replacement(new, "EndpointName", old.properties)
            self.create(aws, new)
            return True
        keep_identity(new, old)
        # While a scaling activity runs, also a rollback meets UpdateEndpoint's refusal.
        state, moved = self._describe(aws, new), "EndpointConfigName" in changed(new, old)
        busy = moved and state["EndpointStatus"] not in ("InService", "Failed")
        if busy or state["EndpointConfigName"] != _config(new):
            arguments: dict[str, Any] = {
                "EndpointName": new.name,
                "EndpointConfigName": _config(new),
            }
            for name in _OF_AN_UPDATE:
                if name in new.properties:
                    arguments[name] = new.properties[name]
            aws.call("sagemaker", "update_endpoint", arguments)
            self._wait(aws, new)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete the endpoint."""
        aws.forget("sagemaker", "delete_endpoint", {"EndpointName": resource.name})

    def _describe(self, aws: Aws, resource: StackResource) -> dict[str, Any]:
        return aws.call("sagemaker", "describe_endpoint", {"EndpointName": resource.name})

    def _wait(self, aws: Aws, resource: StackResource) -> None:
        until = time.monotonic() + _STABLE_SECONDS + _deployment_seconds(resource)
        while True:
            state = self._describe(aws, resource)
            status = state["EndpointStatus"]
            if status in ("InService", "Failed", "UpdateRollbackFailed"):
                break
            if time.monotonic() > until:
                raise ResourceError(f"endpoint {resource.name} is still {status}; look at its log")
            time.sleep(_POLL_SECONDS)
        if status != "InService" or state["EndpointConfigName"] != _config(resource):
            reason = state.get("FailureReason", "no reason was given")
            raise ResourceError(f"endpoint {resource.name} did not come into service: {reason}")


def _deployment_seconds(resource: StackResource) -> float:
    """Return how long a deployment in steps may take, which may wait as long as on AWS."""
    deployment = resource.properties.get("DeploymentConfig") or {}
    policies = [deployment.get(f"{kind}UpdatePolicy") or {} for kind in ("BlueGreen", "Rolling")]
    return max(float(one.get("MaximumExecutionTimeoutInSeconds", 0)) for one in policies)


def _config(resource: StackResource) -> str:
    return str(resource.properties["EndpointConfigName"]).split("/")[-1]


class NotebookInstance:
    """A notebook instance; it is stopped before it changes or goes, and its name stays."""

    _IMMUTABLE = frozenset(
        {
            "NotebookInstanceName",
            "SubnetId",
            "SecurityGroupIds",
            "KmsKeyId",
            "DirectInternetAccess",
            "PlatformIdentifier",
        }
    )

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the instance."""
        properties = resource.properties
        resource.name = (
            resource.name or properties.get("NotebookInstanceName") or resource.generated_name()
        )
        arguments = {**properties, "NotebookInstanceName": resource.name}
        answer = aws.call("sagemaker", "create_notebook_instance", arguments)
        resource.physical_id = answer["NotebookInstanceArn"]
        resource.attributes["NotebookInstanceName"] = resource.name

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Stop, change and start it; the platform stays what it is, as it is create-only."""
        if changed(new, old) & self._IMMUTABLE:
            refuse_named_replacement(new, "NotebookInstanceName", old.properties)
            self.create(aws, new)
            return True
        keep_identity(new, old)
        self._tag(aws, new, old)
        name = {"NotebookInstanceName": new.name}
        fixed = self._IMMUTABLE | {"Tags"}
        if changed(new, old) - fixed:
            mutable = {key: value for key, value in new.properties.items() if key not in fixed}
            runs = self._stop(aws, name)
            try:
                aws.call("sagemaker", "update_notebook_instance", {**mutable, **name})
            finally:
                if runs:
                    aws.call("sagemaker", "start_notebook_instance", name)
        return False

    def _tag(self, aws: Aws, new: StackResource, old: StackResource) -> None:
        arn = {"ResourceArn": new.physical_id}
        given, before = (one.properties.get("Tags", []) for one in (new, old))
        gone = {tag["Key"] for tag in before} - {tag["Key"] for tag in given}
        if gone:
            aws.call("sagemaker", "delete_tags", {**arn, "TagKeys": sorted(gone)})
        if given != before and given:
            aws.call("sagemaker", "add_tags", {**arn, "Tags": given})

    def _stop(self, aws: Aws, name: dict[str, str]) -> bool:
        """Stop the instance; return whether it ran."""
        found = aws.call("sagemaker", "describe_notebook_instance", name)
        runs = found["NotebookInstanceStatus"] == "InService"
        if runs:
            aws.call("sagemaker", "stop_notebook_instance", name)
        return bool(runs)

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Stop the instance and delete it."""
        name = {"NotebookInstanceName": resource.name}
        try:
            self._stop(aws, name)
        except ClientError as error:
            # SageMaker's word for an instance that is gone.
            if "RecordNotFound" not in str(error):
                raise
            return
        aws.forget("sagemaker", "delete_notebook_instance", name)


class ModelPackageGroup:
    """A model package group; its name and description never change."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the group."""
        properties = resource.properties
        resource.name = properties.get("ModelPackageGroupName") or resource.generated_name()
        arguments = {**properties, "ModelPackageGroupName": resource.name}
        answer = aws.call("sagemaker", "create_model_package_group", arguments)
        self._put_policy(aws, resource)
        self._identify(resource, answer["ModelPackageGroupArn"])

    def adopt(self, aws: Aws, resource: StackResource, identifier: str) -> None:
        """Take the group with this ARN into the stack, with all its versions."""
        resource.name = identifier.rpartition("/")[2]
        group = {"ModelPackageGroupName": resource.name}
        aws.call("sagemaker", "describe_model_package_group", group)
        self._identify(resource, identifier)

    def _identify(self, resource: StackResource, arn: str) -> None:
        resource.physical_id = arn
        resource.attributes = {
            "ModelPackageGroupArn": arn,
            "ModelPackageGroupName": resource.name,
            "ModelPackageGroupStatus": "Completed",
        }

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Keep the group: only its policy and tags can change."""
        if changed(new, old) & {"ModelPackageGroupName", "ModelPackageGroupDescription"}:
            refuse_named_replacement(new, "ModelPackageGroupName", old.properties)
            self.create(aws, new)
            return True
        keep_identity(new, old)
        self._put_policy(aws, new)
        return False

    def _put_policy(self, aws: Aws, resource: StackResource) -> None:
        group = {"ModelPackageGroupName": resource.name}
        policy = resource.properties.get("ModelPackageGroupPolicy")
        if policy is None:
            aws.forget("sagemaker", "delete_model_package_group_policy", group)
            return
        text = policy if isinstance(policy, str) else json.dumps(policy)
        aws.call("sagemaker", "put_model_package_group_policy", {**group, "ResourcePolicy": text})

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete the group; SageMaker refuses while it holds versions."""
        name = {"ModelPackageGroupName": resource.name}
        aws.forget("sagemaker", "delete_model_package_group", name)
