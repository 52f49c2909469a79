"""IAM actions and resources that an API call needs, by the Service Authorization Reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.state.stores import Document

Need = tuple[str, list[str]]


@dataclass(frozen=True)
class Call:
    """One API call by a role: boto3's service name, the operation, its parameters, the region."""

    service: str
    operation: str
    params: Document
    region: str
    role_arn: str

    @property
    def account(self) -> str:
        """The role's account, which owns what the call names."""
        return self.role_arn.split(":")[4]

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of `resource`, unless it is one already."""
        if resource.startswith("arn:"):
            return resource
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


# Services whose actions begin otherwise.
_PREFIXES = {"stepfunctions": "states", "sagemaker-runtime": "sagemaker"}
# Operations whose action has another name.
_RENAMED = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjects": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:CopyObject": "s3:PutObject",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
}
# (service, parameter) -> the resource it names, `{}` standing for its value.
_NAMED: dict[tuple[str, str], str] = {
    ("sagemaker", "TrainingJobName"): "training-job/{}",
    ("sagemaker", "ProcessingJobName"): "processing-job/{}",
    ("sagemaker", "TransformJobName"): "transform-job/{}",
    ("sagemaker", "EndpointName"): "endpoint/{}",
    ("sagemaker", "EndpointConfigName"): "endpoint-config/{}",
    ("sagemaker", "ModelName"): "model/{}",
    ("sagemaker", "ModelPackageName"): "model-package/{}",
    ("sagemaker", "ModelPackageArn"): "model-package/{}",
    ("sagemaker-runtime", "EndpointName"): "endpoint/{}",
    ("ecr", "repositoryName"): "repository/{}",
    ("cloudformation", "StackName"): "stack/{}/00000000-0000-0000-0000-000000000000",
    ("stepfunctions", "stateMachineArn"): "stateMachine:{}",
    ("stepfunctions", "executionArn"): "execution:{}",
    ("sns", "TopicArn"): "{}",
    ("sts", "RoleArn"): "{}",
    ("cloudwatch", "AlarmName"): "alarm:{}",
    ("logs", "logGroupName"): "log-group:{}",
}
_ROLES = {
    ("sagemaker", "CreateTrainingJob"): "RoleArn",
    ("sagemaker", "CreateProcessingJob"): "RoleArn",
    ("sagemaker", "CreateModel"): "ExecutionRoleArn",
    ("cloudformation", "CreateChangeSet"): "RoleARN",
    ("cloudformation", "CreateStack"): "RoleARN",
    ("cloudformation", "DeleteStack"): "RoleARN",
    ("cloudformation", "UpdateStack"): "RoleARN",
}


def needed(call: Call) -> list[Need]:
    """Return the actions that `call` needs; each with the ARNs of which one must be allowed.

    An empty list of ARNs: the call does not name the resource.
    """
    prefix = _PREFIXES.get(call.service, call.service)
    action = f"{prefix}:{call.operation}"
    needs = [(_RENAMED.get(action, action), _resources(call, prefix))]
    role = call.params.get(_ROLES.get((call.service, call.operation), ""))
    if role:
        needs.append(("iam:PassRole", [str(role)]))
    if call.service == "sagemaker" and call.params.get("Tags"):
        needs.append(("sagemaker:AddTags", needs[0][1]))
    if call.service == "s3" and call.operation == "CopyObject":
        needs.append(("s3:GetObject", []))
    return needs


def _resources(call: Call, prefix: str) -> list[str]:
    special = _SPECIAL.get(call.service)
    if special:
        return special(call)
    for (service, parameter), resource in _NAMED.items():
        value = call.params.get(parameter)
        if service == call.service and isinstance(value, str):
            return [call.arn(prefix, value if value.startswith("arn:") else resource.format(value))]
    group = call.params.get("ModelPackageGroupName")
    if isinstance(group, str):
        name = group.rpartition("/")[2]
        # CreateModelPackage names a version that does not exist yet.
        kinds = (f"model-package/{name}/1", f"model-package-group/{name}")
        return [call.arn("sagemaker", kind) for kind in kinds]
    return []


def _s3(call: Call) -> list[str]:
    bucket, key = call.params.get("Bucket"), call.params.get("Key")
    if not isinstance(bucket, str):
        return []
    return [f"arn:aws:s3:::{bucket}/{key}" if isinstance(key, str) else f"arn:aws:s3:::{bucket}"]


def _ssm(call: Call) -> list[str]:
    names: list[Any] = [call.params.get("Name"), *(call.params.get("Names") or [])]
    known = [name for name in names if isinstance(name, str)]
    return [call.arn("ssm", f"parameter/{name.removeprefix('/')}") for name in known]


def _events(call: Call) -> list[str]:
    entries = call.params.get("Entries")
    buses = [e.get("EventBusName") or "default" for e in entries] if entries else []
    return [call.arn("events", bus if "/" in bus else f"event-bus/{bus}") for bus in buses]


def _codebuild(call: Call) -> list[str]:
    ids = call.params.get("ids") or [call.params.get("projectName") or call.params.get("id")]
    names = [str(one).rpartition("/")[2].partition(":")[0] for one in ids if one]
    return [call.arn("codebuild", f"project/{name}") for name in names]


_SPECIAL: dict[str, Callable[[Call], list[str]]] = {
    "s3": _s3,
    "ssm": _ssm,
    "events": _events,
    "codebuild": _codebuild,
}
