"""Stacks of a model that is not in dev's file, small enough to make in a moment."""

import json
from typing import Any

from cli.environments.environment import Environment

MODEL = "churn-eu"


def _role() -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "states.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}


def training() -> dict[str, Any]:
    """A group, and a workflow that would run for an hour."""
    wait = {"Type": "Wait", "Seconds": 3600, "End": True}
    group = {"ModelPackageGroupName": f"kiban-dev-{MODEL}"}
    workflow = {
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "DefinitionString": json.dumps({"StartAt": "Wait", "States": {"Wait": wait}}),
    }
    return {
        "Resources": {
            "Group": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": group},
            "Role": _role(),
            "Workflow": {"Type": "AWS::StepFunctions::StateMachine", "Properties": workflow},
            "Used": {
                "Type": "AWS::SNS::Topic",
                "Properties": {"DisplayName": {"Fn::ImportValue": "invoke"}},
            },
        },
        "Outputs": {
            "WorkflowArn": {"Value": {"Ref": "Workflow"}},
            "ModelPackageGroupName": {"Value": group["ModelPackageGroupName"]},
        },
    }


def inference() -> dict[str, Any]:
    """A policy for callers that another stack imports, and something that bills by the month."""
    statement = {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {
        "Resources": {
            "Invoke": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"PolicyDocument": document},
            },
            "Board": {
                "Type": "AWS::CloudWatch::Dashboard",
                "Properties": {"DashboardBody": "{}"},
            },
        },
        "Outputs": {"Arn": {"Value": {"Ref": "Invoke"}, "Export": {"Name": "invoke"}}},
    }


def deploy(env: Environment, part: str, body: dict[str, Any], **tags: str) -> None:
    """Deploy one stack with the tags that synthesis writes."""
    written = {"kiban:environment": env.config.stage, "kiban:stack": part, **tags}
    formation, name = env.aws("cloudformation"), f"{env.config.stage}-{part}"
    formation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(body),
        Capabilities=["CAPABILITY_IAM"],
        Tags=[{"Key": key, "Value": value} for key, value in written.items() if value],
    )
    waiter = formation.get_waiter("stack_create_complete")
    waiter.wait(StackName=name, WaiterConfig={"Delay": 1})
