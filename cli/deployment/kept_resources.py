"""Resources that deleted stacks of an environment left behind, as CloudFormation remembers them.

It tells of a deleted stack for 90 days:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cfn.catalogue import row
from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.terminal.errors import Failure
from config.stack_names import all_stacks

_FINISHED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


@dataclass(frozen=True)
class KeptResource:
    """One resource that outlived its stack; `identifier` is what an import names it by."""

    part: str
    logical_id: str
    type: str
    identifier: str

    @property
    def to_import(self) -> dict[str, Any]:
        """Its entry in ResourcesToImport."""
        return {
            "ResourceType": self.type,
            "LogicalResourceId": self.logical_id,
            "ResourceIdentifier": {row(self.type).import_id: self.identifier},
        }


def find_kept_resources(env: Environment) -> list[KeptResource]:
    """Return what the last deleted stacks left and still exists, in the order of deployment.

    A stack that is deployed has its resources; one whose creation failed never had any of value.
    """
    stacks = env.stacks()
    missing = {
        f"{env.config.stage}-{part}": part for part in all_stacks(env.config) if not stacks[part]
    }
    if not missing:
        return []
    kept: dict[str, list[KeptResource]] = {}
    for stack in _deleted(env, missing):
        part = missing[stack["StackName"]]
        if part not in kept and _was_deployed(env, stack["StackId"]):
            kept[part] = [*_left_by(env, part, stack["StackId"])]
    found = [one for part in all_stacks(env.config) for one in kept.get(part, [])]
    return [one for one in found if _exists(env, one)]


def _deleted(env: Environment, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return the deleted stacks with these names, the newest first."""
    pages = env.aws("cloudformation").get_paginator("list_stacks")
    found = [
        stack
        for page in pages.paginate(StackStatusFilter=["DELETE_COMPLETE"])
        for stack in page["StackSummaries"]
        if stack["StackName"] in names
    ]
    return sorted(found, key=lambda stack: stack["DeletionTime"], reverse=True)


def _was_deployed(env: Environment, stack_id: str) -> bool:
    """Return whether a deleted stack ever came to the end of a deployment."""
    pages = env.aws("cloudformation").get_paginator("describe_stack_events")
    return any(
        event["PhysicalResourceId"] == stack_id and event["ResourceStatus"] in _FINISHED
        for page in pages.paginate(StackName=stack_id)
        for event in page["StackEvents"]
    )


def _left_by(env: Environment, part: str, stack_id: str) -> Iterator[KeptResource]:
    pages = env.aws("cloudformation").get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=stack_id):
        for item in page["StackResourceSummaries"]:
            kind = item["ResourceType"]
            if item["ResourceStatus"] == "DELETE_SKIPPED" and row(kind).import_id:
                yield KeptResource(
                    part, item["LogicalResourceId"], kind, item["PhysicalResourceId"]
                )


def _exists(env: Environment, kept: KeptResource) -> bool:
    service, look = LOOKS[kept.type]
    client = env.aws(service)
    try:
        return look(client, kept.identifier)
    except client.exceptions.ClientError as error:
        # HeadBucket has no message: its code is the HTTP status.
        if aws_errors.is_missing(error) or aws_errors.code_of(error) == "404":
            return False
        raise


def _usable_key(kms: Any, identifier: str) -> bool:
    state = kms.describe_key(KeyId=identifier)["KeyMetadata"]["KeyState"]
    if state == "Enabled":
        return True
    way = {
        "PendingDeletion": f"aws kms cancel-key-deletion --key-id {identifier} && "
        f"aws kms enable-key --key-id {identifier}",
        "Disabled": f"aws kms enable-key --key-id {identifier}",
    }.get(state, "look at it in KMS")
    raise Failure(
        f"key {identifier}: it encrypts what was kept and is {state}; {way}; then deploy again"
    )


def _has_log_group(logs: Any, name: str) -> bool:
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    return any(group["logGroupName"] == name for page in pages for group in page["logGroups"])


LOOKS: dict[str, tuple[str, Callable[[Any, str], bool]]] = {
    "AWS::ECR::Repository": (
        "ecr",
        lambda ecr, name: bool(ecr.describe_repositories(repositoryNames=[name])),
    ),
    "AWS::KMS::Key": ("kms", _usable_key),
    "AWS::Logs::LogGroup": ("logs", _has_log_group),
    "AWS::S3::Bucket": ("s3", lambda s3, name: bool(s3.head_bucket(Bucket=name))),
    "AWS::SageMaker::ModelPackageGroup": (
        "sagemaker",
        lambda sagemaker, arn: bool(
            sagemaker.describe_model_package_group(ModelPackageGroupName=arn)
        ),
    ),
}
"""The service that is asked, and how, whether a resource of a type still exists."""
