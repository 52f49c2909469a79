"""ARNs of the resources that an API call names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.kms.models import kms_backends

if TYPE_CHECKING:
    from sandbox.state.stores import Document


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


# (service, parameter) -> the resource it names, `{}` standing for its value.
_NAMED: dict[tuple[str, str], str] = {
    ("sagemaker", "TrainingJobName"): "training-job/{}",
    ("sagemaker", "ProcessingJobName"): "processing-job/{}",
    ("sagemaker", "TransformJobName"): "transform-job/{}",
    ("sagemaker", "HyperParameterTuningJobName"): "hyper-parameter-tuning-job/{}",
    ("sagemaker", "EndpointName"): "endpoint/{}",
    ("sagemaker", "EndpointConfigName"): "endpoint-config/{}",
    ("sagemaker", "ModelName"): "model/{}",
    ("sagemaker", "ModelPackageName"): "model-package/{}",
    ("sagemaker", "ModelPackageArn"): "model-package/{}",
    ("sagemaker-runtime", "EndpointName"): "endpoint/{}",
    ("cloudformation", "StackName"): "stack/{}/00000000-0000-0000-0000-000000000000",
    ("stepfunctions", "stateMachineArn"): "stateMachine:{}",
    ("stepfunctions", "executionArn"): "execution:{}",
    ("sns", "TopicArn"): "{}",
    ("sts", "RoleArn"): "{}",
    ("cloudwatch", "AlarmName"): "alarm:{}",
    ("logs", "logGroupName"): "log-group:{}",
}


def resources_of(call: Call, prefix: str) -> list[str]:
    """Return the ARNs of what `call` names; one that has several kinds has each of them."""
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
    if call.operation == "DeleteObjects":
        objects = (call.params.get("Delete") or {}).get("Objects") or [{"Key": "*"}]
        return [f"arn:aws:s3:::{bucket}/{one['Key']}" for one in objects]
    return [f"arn:aws:s3:::{bucket}/{key}" if isinstance(key, str) else f"arn:aws:s3:::{bucket}"]


def _kms(call: Call) -> list[str]:
    key = str(call.params.get("KeyId") or "")
    if key.startswith("arn:") and ":key/" in key:
        return [key]
    if key.rpartition(":")[2].startswith("alias/"):
        name = key.rpartition(":")[2]
        keys = kms_backends[call.account][call.region].keys.values()
        return [one.arn for one in list(keys) if name in one.aliases]
    return [call.arn("kms", f"key/{key}")] if key else []


def _ecr(call: Call) -> list[str]:
    name, owner = call.params.get("repositoryName"), call.params.get("registryId")
    if not isinstance(name, str):
        return []
    if name.startswith("arn:"):
        return [name]
    return [f"arn:aws:ecr:{call.region}:{owner or call.account}:repository/{name}"]


def _sqs(call: Call) -> list[str]:
    address = call.params.get("QueueUrl")
    if not isinstance(address, str):
        return []
    *_, owner, name = ["", *address.split("/")]
    return [f"arn:aws:sqs:{call.region}:{owner}:{name}"]


def _iam(call: Call) -> list[str]:
    for parameter, kind in (("RoleName", "role"), ("UserName", "user"), ("PolicyName", "policy")):
        name = call.params.get(parameter)
        if isinstance(name, str):
            path = str(call.params.get("Path") or "/")
            return [f"arn:aws:iam::{call.account}:{kind}{path}{name}"]
    arn = call.params.get("PolicyArn")
    return [arn] if isinstance(arn, str) else []


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
    "kms": _kms,
    "ecr": _ecr,
    "sqs": _sqs,
    "iam": _iam,
    "ssm": _ssm,
    "events": _events,
    "codebuild": _codebuild,
}
