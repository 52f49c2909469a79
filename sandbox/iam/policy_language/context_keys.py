"""Condition context keys of a request: those that can be known here, with their values.

A key of these that a request does not have is absent, as on AWS. Every other key is not known:
an Allow that asks for it does not count, a Deny does. Names: the Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.iam.statements import Principal
    from sandbox.state.stores import Document

# Key -> where the parameters of an operation have it; a list has each of its members.
_OF_PARAMETERS: dict[str, tuple[str, ...]] = {
    "sagemaker:InstanceTypes": (
        "ResourceConfig.InstanceType",
        "ResourceConfig.InstanceGroups.InstanceType",
        "ResourceConfig.InstanceTypes",
        "ProcessingResources.ClusterConfig.InstanceType",
        "TransformResources.InstanceType",
        "ProductionVariants.InstanceType",
        "InstanceType",
    ),
    # The reference of October 2026 spells them with Arn, a policy with the older names is idle.
    "sagemaker:OutputKmsKeyArn": (
        "OutputDataConfig.KmsKeyId",
        "ProcessingOutputConfig.KmsKeyId",
        "TransformOutput.KmsKeyId",
    ),
    "sagemaker:VolumeKmsKeyArn": (
        "ResourceConfig.VolumeKmsKeyId",
        "ProcessingResources.ClusterConfig.VolumeKmsKeyId",
        "TransformResources.VolumeKmsKeyId",
        "KmsKeyId",
    ),
    "sagemaker:MaxRuntimeInSeconds": ("StoppingCondition.MaxRuntimeInSeconds",),
    "sagemaker:KeepAlivePeriod": ("ResourceConfig.KeepAlivePeriodInSeconds",),
    "sagemaker:NetworkIsolation": (
        "EnableNetworkIsolation",
        "NetworkConfig.EnableNetworkIsolation",
    ),
    "sagemaker:InterContainerTrafficEncryption": (
        "EnableInterContainerTrafficEncryption",
        "NetworkConfig.EnableInterContainerTrafficEncryption",
    ),
    "sagemaker:VpcSubnets": ("VpcConfig.Subnets", "NetworkConfig.VpcConfig.Subnets", "SubnetId"),
    "sagemaker:VpcSecurityGroupIds": (
        "VpcConfig.SecurityGroupIds",
        "NetworkConfig.VpcConfig.SecurityGroupIds",
        "SecurityGroupIds",
    ),
    "sagemaker:ModelApprovalStatus": ("ModelApprovalStatus",),
    "sagemaker:TargetModel": ("TargetModel",),
    "sagemaker:RootAccess": ("RootAccess",),
    "sagemaker:DirectInternetAccess": ("DirectInternetAccess",),
    "s3:prefix": ("Prefix",),
    "s3:delimiter": ("Delimiter",),
    "s3:max-keys": ("MaxKeys",),
    "s3:x-amz-acl": ("ACL",),
    "s3:x-amz-server-side-encryption": ("ServerSideEncryption",),
    "s3:x-amz-server-side-encryption-aws-kms-key-id": ("SSEKMSKeyId",),
    "s3:x-amz-copy-source": ("CopySource",),
    "s3:x-amz-storage-class": ("StorageClass",),
    "s3:VersionId": ("VersionId",),
    "cloudwatch:namespace": ("Namespace", "namespace"),
    "iam:PermissionsBoundary": ("PermissionsBoundary",),
    "iam:PolicyARN": ("PolicyArn",),
    "iam:AWSServiceName": ("AWSServiceName",),
    "sts:ExternalId": ("ExternalId",),
    "sts:RoleSessionName": ("RoleSessionName",),
    "ecr:CreateAction": (),
}
_BY_SERVICE = {
    name.lower(): tuple(tuple(path.split(".")) for path in paths)
    for name, paths in _OF_PARAMETERS.items()
}
# Known to be absent unless a caller of this module gives them: nothing here goes through a VPC
# endpoint, nobody is a member of an organization, no service calls on with a caller's rights.
_GIVEN = frozenset(
    {
        *("aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:principalservicename"),
        *("aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:username"),
        *("aws:sourcevpc", "aws:sourcevpce", "aws:principalorgid", "aws:principalorgpaths"),
        *("aws:resourceorgid", "aws:sourceorgid", "aws:tagkeys", "aws:resourceaccount"),
        *("iam:passedtoservice", "s3:resourceaccount", "kms:viaservice", "kms:calleraccount"),
        *("kms:grantisforawsresource", "kms:encryptioncontextkeys"),
    }
)
_FAMILIES = ("aws:requesttag/", "aws:principaltag/", "kms:encryptioncontext:")
_TAGS = ("aws:resourcetag/", "sagemaker:resourcetag/", "ecr:resourcetag/", "iam:resourcetag/")
Given = Mapping[str, str | tuple[str, ...]]


class ContextKeys(Mapping[str, tuple[str, ...] | None]):
    """The keys of one request in lower case; None for one that is known to be absent.

    KeyError for a key that is not known. Tags of the resource are read when somebody asks.
    """

    def __init__(self, given: Given, resource: str = "") -> None:
        self._given = {
            key.lower(): (one,) if isinstance(one, str) else one for key, one in given.items()
        }
        self._resource = resource

    def __getitem__(self, key: str) -> tuple[str, ...] | None:
        if key in self._given:
            return self._given[key]
        tag = next((key.removeprefix(one) for one in _TAGS if key.startswith(one)), None)
        if tag is not None:
            return self._resource_tag(tag)
        if key in _GIVEN or key in _BY_SERVICE or key.startswith(_FAMILIES):
            return None
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def _resource_tag(self, tag: str) -> tuple[str, ...] | None:
        from sandbox.iam import resource_tags

        tags = {key.lower(): one for key, one in resource_tags.read(self._resource).items()}
        return (tags[tag],) if tag in tags else None


def of_everything(principal: Principal, region: str) -> dict[str, str | tuple[str, ...]]:
    """Return the keys that every request has.

    The way to the sandbox stands for a TLS connection: nothing leaves this machine.
    """
    now = datetime.now(UTC)
    found: dict[str, str | tuple[str, ...]] = {
        "aws:SecureTransport": "true",
        "s3:TlsVersion": "1.3",
        "s3:authType": "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "aws:CurrentTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "aws:EpochTime": str(int(time.time())),
        "aws:RequestedRegion": region,
        "aws:ViaAWSService": "false",
        "aws:PrincipalIsAWSService": str(principal.kind == "Service").lower(),
    }
    if principal.kind == "AWS":
        found |= {
            "aws:PrincipalArn": principal.name,
            "aws:PrincipalAccount": principal.account,
            "kms:CallerAccount": principal.account,
            "aws:PrincipalType": "Account" if principal.is_root else "AssumedRole",
        }
    if principal.kind == "Service":
        found["aws:PrincipalServiceName"] = principal.name
    return found


def of_parameters(service: str, params: Document) -> dict[str, str | tuple[str, ...]]:
    """Return the keys that the parameters of an operation of a service say."""
    found: dict[str, str | tuple[str, ...]] = {}
    for key, paths in _BY_SERVICE.items():
        if key.partition(":")[0] == service and paths:
            values = [_text(one) for path in paths for one in _walk(params, path)]
            if values:
                found[key] = tuple(dict.fromkeys(values))
    tags = _tags(params)
    if tags:
        found["aws:TagKeys"] = tuple(tags)
        found |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    context = params.get("EncryptionContext")
    if service == "kms" and isinstance(context, dict) and context:
        found["kms:EncryptionContextKeys"] = tuple(context)
        found |= {f"kms:EncryptionContext:{key}": str(one) for key, one in context.items()}
    return found


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, path)
    elif not path:
        if value is not None and not isinstance(value, dict):
            yield value
    elif isinstance(value, dict):
        yield from _walk(value.get(path[0]), path[1:])


def _tags(params: Document) -> dict[str, str]:
    tags = params.get("Tags", params.get("tags"))
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    rows = [one for one in tags or [] if isinstance(one, dict)]
    return {
        str(row.get("Key", row.get("key"))): str(row.get("Value", row.get("value", "")))
        for row in rows
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
