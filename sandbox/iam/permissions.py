"""IAM actions and resources that an API call needs, by the Service Authorization Reference."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sandbox.iam import object_keys
from sandbox.iam.call_resources import Call as Call
from sandbox.iam.call_resources import resources_of
from sandbox.iam.policy_language import context_keys

if TYPE_CHECKING:
    from sandbox.state.stores import Document

Need = tuple[str, list[str]]


# Services whose actions begin otherwise.
_PREFIXES = {
    "cloudcontrol": "cloudformation",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "sagemaker-metrics": "sagemaker",
    "sagemaker-runtime": "sagemaker",
    "service-quotas": "servicequotas",
    "stepfunctions": "states",
}
# Operations whose action has another name.
_RENAMED = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjects": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:CopyObject": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:UploadPartCopy": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:ListParts": "s3:ListMultipartUploadParts",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:PutBucketCors": "s3:PutBucketCORS",
    "s3:DeleteBucketCors": "s3:PutBucketCORS",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
}
# A version of an object has actions of its own.
_OF_VERSIONS = {
    "s3:GetObject": "s3:GetObjectVersion",
    "s3:DeleteObject": "s3:DeleteObjectVersion",
    "s3:GetObjectTagging": "s3:GetObjectVersionTagging",
}
# (service, operation) -> where the role is that it passes, and to which service.
PASSED: dict[tuple[str, str], tuple[str, str]] = {
    **{
        ("sagemaker", operation): ("RoleArn", "sagemaker")
        for operation in (
            *("CreateTrainingJob", "CreateProcessingJob", "CreateNotebookInstance"),
            *("CreatePipeline", "CreateAutoMLJobV2", "CreateFlowDefinition"),
            "UpdateNotebookInstance",
        )
    },
    ("sagemaker", "CreateModel"): ("ExecutionRoleArn", "sagemaker"),
    ("sagemaker", "CreateEndpointConfig"): ("ExecutionRoleArn", "sagemaker"),
    ("sagemaker", "CreateModelPackage"): ("ValidationSpecification.ValidationRole", "sagemaker"),
    ("sagemaker", "CreateHyperParameterTuningJob"): ("TrainingJobDefinition.RoleArn", "sagemaker"),
    **{
        ("cloudformation", operation): ("RoleARN", "cloudformation")
        for operation in (
            *("CreateChangeSet", "CreateStack", "DeleteStack", "UpdateStack"),
            *("ContinueUpdateRollback", "RollbackStack"),
        )
    },
    ("stepfunctions", "CreateStateMachine"): ("roleArn", "states"),
    ("stepfunctions", "UpdateStateMachine"): ("roleArn", "states"),
    ("codebuild", "CreateProject"): ("serviceRole", "codebuild"),
    ("codebuild", "UpdateProject"): ("serviceRole", "codebuild"),
    ("codebuild", "StartBuild"): ("serviceRoleOverride", "codebuild"),
    ("ec2", "CreateFlowLogs"): ("DeliverLogsPermissionArn", "vpc-flow-logs"),
    ("scheduler", "CreateSchedule"): ("Target.RoleArn", "scheduler"),
    ("scheduler", "UpdateSchedule"): ("Target.RoleArn", "scheduler"),
    ("events", "PutRule"): ("RoleArn", "events"),
    ("events", "PutTargets"): ("Targets.RoleArn", "events"),
}


# What Cloud Control calls with the caller's own rights, by the type that is updated:
# https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html
_UPDATES = {
    "AWS::CloudWatch::Alarm": ("cloudwatch:PutMetricAlarm",),
    "AWS::CloudWatch::Dashboard": ("cloudwatch:PutDashboard",),
    "AWS::Events::Rule": ("events:PutRule", "events:PutTargets", "events:RemoveTargets"),
    "AWS::SQS::Queue": ("sqs:SetQueueAttributes",),
    "AWS::StepFunctions::StateMachine": ("states:UpdateStateMachine",),
}


def needed(call: Call) -> list[Need]:
    """Return the actions that `call` needs; each with the ARNs of which one must be allowed.

    An empty list of ARNs: the call does not name the resource.
    """
    prefix = _PREFIXES.get(call.service, call.service)
    action = f"{prefix}:{call.operation}"
    action = _RENAMED.get(action, action)
    if call.service == "s3" and call.params.get("VersionId"):
        action = _OF_VERSIONS.get(action, action)
    resources = resources_of(call, prefix)
    if call.operation == "DeleteObjects":
        needs = [(action, [resource]) for resource in resources]
    else:
        needs = [(action, resources)]
    needs += [("iam:PassRole", [role]) for role in _passed(call)]
    if call.service == "sagemaker" and call.params.get("Tags"):
        needs.append(("sagemaker:AddTags", needs[0][1]))
    if call.operation == "InvokeEndpointWithResponseStream":
        # Its page names this action, the list of actions one of its own: whoever has both is safe.
        needs.append(("sagemaker:InvokeEndpoint", needs[0][1]))
    if call.service == "s3" and call.operation == "CopyObject":
        source = call.params.get("CopySource")
        named = [f"arn:aws:s3:::{unquote(source).lstrip('/')}"] if isinstance(source, str) else []
        needs.append(("s3:GetObject", [one.partition("?")[0] for one in named]))
    if (call.service, call.operation) == ("cloudcontrol", "UpdateResource"):
        needs += _of_update(call)
    if call.service == "s3":
        needs += [(one.action, [one.key_arn]) for one in _of_keys(call)]
    return needs


def given(call: Call, action: str) -> dict[str, str | tuple[str, ...]]:
    """Return the context keys that `call` has when it needs `action`."""
    found = context_keys.of_parameters(action.partition(":")[0], call.params)
    found["aws:RequestedRegion"] = call.region
    if call.service == "s3" and action.startswith("kms:"):
        found |= next((dict(one.given) for one in _of_keys(call) if one.action == action), {})
    if action == "iam:PassRole":
        _, service = PASSED.get((call.service, call.operation), ("", "states"))
        found["iam:PassedToService"] = f"{service}.amazonaws.com"
    return found


def _of_update(call: Call) -> list[Need]:
    """Return what an update of a resource needs; one that no ARN names, of every resource."""
    named = str(call.params.get("Identifier", ""))
    resources = [named] if named.startswith("arn:") else []
    actions = _UPDATES.get(str(call.params.get("TypeName")), ())
    needs: list[Need] = [(action, resources) for action in actions]
    return [*needs, ("iam:PassRole", [])] if _may_pass_role(call.params) else needs


def _may_pass_role(params: Document) -> bool:
    """Whether a role is given, or hidden in a patch that cannot be read."""
    try:
        # JSON may write each letter of a name as an escape.
        patch = json.loads(params.get("PatchDocument") or "[]")
    except (ValueError, TypeError, RecursionError):
        return True
    return "RoleArn" in params or "RoleArn" in str(patch)


def _of_keys(call: Call) -> list[object_keys.KeyNeed]:
    params = call.params
    if isinstance(params.get("CopySource"), str):
        params = {**params, "CopySource": unquote(params["CopySource"])}
    return object_keys.needs(call.operation, params)


def _passed(call: Call) -> list[str]:
    path, _ = PASSED.get((call.service, call.operation), ("", ""))
    values: list[Any] = [call.params] if path else []
    for part in path.split("."):
        lists = [value if isinstance(value, list) else [value] for value in values]
        members = [one for value in lists for one in value]
        values = [one.get(part) for one in members if isinstance(one, dict)]
    return list(dict.fromkeys(str(one) for one in values if one))
