"""CDK bootstrap: the toolkit stack that `cdk bootstrap` would make."""

from __future__ import annotations

import json
import time
from typing import Any

from botocore.exceptions import ClientError

from sandbox.iam.sessions import BOOTSTRAP_POLICY
from sandbox.state import clients
from sandbox.state.clients import ACCOUNT

STACK_NAME = "CDKToolkit"
QUALIFIER = "hnb659fds"  # CDK's own default
VERSION_PARAMETER = f"/cdk-bootstrap/{QUALIFIER}/version"
VERSION = "30"  # old enough for `cdk bootstrap` to put its own template in this one's place
_TIMEOUT_SECONDS = 60.0

_ROLES = {
    "FilePublishingRole": "file-publishing-role",
    "ImagePublishingRole": "image-publishing-role",
    "LookupRole": "lookup-role",
    "DeploymentActionRole": "deploy-role",
    "CloudFormationExecutionRole": "cfn-exec-role",
}


def bucket_name(account: str, region: str) -> str:
    """Return the name of the bucket that file assets are published to."""
    return f"cdk-{QUALIFIER}-assets-{account}-{region}"


def template() -> dict[str, Any]:
    """Return the toolkit stack; its logical ids are those of CDK's own template."""
    suffix = "${AWS::AccountId}-${AWS::Region}"
    bucket = {
        "BucketName": _sub("assets", suffix),
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    repository = {"RepositoryName": _sub("container-assets", suffix)}
    resources: dict[str, Any] = {
        "StagingBucket": {"Type": "AWS::S3::Bucket", "Properties": bucket},
        "ContainerAssetsRepository": {"Type": "AWS::ECR::Repository", "Properties": repository},
        "CdkBootstrapVersion": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Name": VERSION_PARAMETER, "Type": "String", "Value": VERSION},
        },
    }
    for logical_id, name in _ROLES.items():
        properties: dict[str, Any] = {
            "RoleName": _sub(name, suffix),
            "AssumeRolePolicyDocument": _TRUST,
        }
        if logical_id in _STATEMENTS:
            document = {"Version": "2012-10-17", "Statement": _STATEMENTS[logical_id]}
            policy = {"PolicyName": BOOTSTRAP_POLICY, "PolicyDocument": document}
            properties["Policies"] = [policy]
        resources[logical_id] = {"Type": "AWS::IAM::Role", "Properties": properties}
    outputs = {
        "BucketName": {"Value": {"Ref": "StagingBucket"}},
        "BucketDomainName": {"Value": {"Fn::GetAtt": ["StagingBucket", "RegionalDomainName"]}},
        "ImageRepositoryName": {"Value": {"Ref": "ContainerAssetsRepository"}},
        "BootstrapVersion": {"Value": VERSION},
    }
    return {"Resources": resources, "Outputs": outputs}


_STAGING = [{"Fn::GetAtt": ["StagingBucket", "Arn"]}, {"Fn::Sub": "${StagingBucket.Arn}/*"}]
_READS_STAGING = ["s3:GetObject*", "s3:GetBucket*", "s3:List*"]
# bootstrap-template.yaml of the CDK command line, without what is for other accounts' pipelines,
# keys that the bucket here has not, and refactoring. The first statement stands for its
# AWSCloudFormationReadOnlyAccess.
_STATEMENTS: dict[str, list[dict[str, Any]]] = {
    "DeploymentActionRole": [
        {
            "Effect": "Allow",
            "Action": [
                *("cloudformation:Describe*", "cloudformation:BatchDescribe*"),
                *("cloudformation:Get*", "cloudformation:List*", "cloudformation:Detect*"),
                *("cloudformation:EstimateTemplateCost", "cloudformation:ValidateTemplate"),
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": [
                *("cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"),
                *("cloudformation:ExecuteChangeSet", "cloudformation:CreateStack"),
                *("cloudformation:UpdateStack", "cloudformation:RollbackStack"),
                *("cloudformation:ContinueUpdateRollback", "cloudformation:DeleteStack"),
                *("cloudformation:UpdateTerminationProtection", "sts:GetCallerIdentity"),
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": {"Fn::GetAtt": ["CloudFormationExecutionRole", "Arn"]},
        },
        {"Effect": "Allow", "Action": _READS_STAGING, "Resource": _STAGING},
        {
            "Effect": "Allow",
            "Action": ["ssm:GetParameter", "ssm:GetParameters"],
            "Resource": {
                "Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"
                + VERSION_PARAMETER
            },
        },
    ],
    "FilePublishingRole": [
        {
            "Effect": "Allow",
            "Action": [
                *_READS_STAGING,
                *("s3:GetEncryptionConfiguration", "s3:DeleteObject*"),
                *("s3:PutObject*", "s3:Abort*"),
            ],
            "Resource": _STAGING,
        }
    ],
}
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": {"Ref": "AWS::AccountId"}},
            "Action": "sts:AssumeRole",
        }
    ],
}


def _sub(name: str, suffix: str) -> dict[str, str]:
    return {"Fn::Sub": f"cdk-{QUALIFIER}-{name}-{suffix}"}


def _finished(cloudformation: Any) -> dict[str, Any]:
    """Return the toolkit stack when it is made: a busy machine takes longer than one call."""
    until = time.monotonic() + _TIMEOUT_SECONDS
    while True:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS") or time.monotonic() > until:
            return stack
        time.sleep(0.05)


def ensure(*, url: str, region: str, account: str) -> None:
    """Deploy the toolkit stack where it is missing; RuntimeError when that fails."""
    cloudformation = clients.client("cloudformation", url=url, region=region, account=account)
    try:
        cloudformation.describe_stacks(StackName=STACK_NAME)
    except ClientError:
        bootstrap(url=url, region=region, account=account)


def bootstrap(*, url: str, region: str, account: str = ACCOUNT) -> None:
    """Deploy the toolkit stack into the sandbox at `url`; RuntimeError when that fails."""
    cloudformation = clients.client("cloudformation", url=url, region=region, account=account)
    cloudformation.create_stack(
        StackName=STACK_NAME,
        TemplateBody=json.dumps(template()),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    stack = _finished(cloudformation)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        reason = stack.get("StackStatusReason", "")
        raise RuntimeError(f"sandbox: bootstrap is {stack['StackStatus']}: {reason}")
