"""The outputs of docs/architecture.md from stacks small enough to make in a moment."""

import json
from typing import Any

STAGE = "kiban-dev"
_PLACE = "us-east-1:123456789012"


def _bucket() -> dict[str, Any]:
    return {
        "Type": "AWS::S3::Bucket",
        "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
    }


def _outputs(values: dict[str, Any]) -> dict[str, Any]:
    return {key: {"Value": value} for key, value in values.items()}


def storage() -> dict[str, Any]:
    """Two buckets, as the Storage stack names them."""
    return {
        "Resources": {"Data": _bucket(), "Artifacts": _bucket()},
        "Outputs": _outputs(
            {"DataBucketName": {"Ref": "Data"}, "ArtifactsBucketName": {"Ref": "Artifacts"}}
        ),
    }


def training() -> dict[str, Any]:
    """A package group, and a workflow whose outcome the name of the data version decides."""
    group = {
        "Type": "AWS::SageMaker::ModelPackageGroup",
        "Properties": {"ModelPackageGroupName": f"{STAGE}-churn"},
    }
    workflow = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "DefinitionString": json.dumps(_workflow()),
        },
    }
    return {
        "Resources": {"Group": group, "Role": _role(), "Workflow": workflow},
        "Outputs": _outputs(
            {"WorkflowArn": {"Ref": "Workflow"}, "ModelPackageGroupName": f"{STAGE}-churn"}
        ),
    }


def _role() -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "states.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}


def _workflow() -> dict[str, Any]:
    registered = {
        "Outcome": "registered",
        "ModelPackageArn": f"arn:aws:sagemaker:{_PLACE}:model-package/{STAGE}-churn/1",
        "Metrics": {"auc": 0.9876},
        "DataVersion": "good",
    }
    refused = registered | {"Outcome": "refused", "DataVersion": "poor", "Metrics": {"auc": 0.5}}
    return {
        "StartAt": "Look",
        "States": {
            "Look": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.DataVersion", "StringEquals": "poor", "Next": "Refuse"},
                    {"Variable": "$.DataVersion", "StringEquals": "broken", "Next": "Break"},
                ],
                "Default": "Register",
            },
            "Register": {"Type": "Pass", "Result": registered, "End": True},
            "Refuse": {"Type": "Pass", "Result": refused, "End": True},
            "Break": {"Type": "Fail", "Error": "Train", "Cause": '{"FailureReason": "no rows"}'},
        },
    }


def inference() -> dict[str, Any]:
    """A stack that waits for its first model."""
    return {
        "Parameters": {"ModelPackageArn": {"Type": "String", "Default": ""}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    }
