"""Which API call makes a resource of each type whose handler is more than a row of calls."""

from typing import Any

import pytest

from sandbox.handlers.fallback import MotoHandler
from sandbox.handlers.handlers import handler_of
from sandbox.handlers.native import Recorded
from sandbox.handlers.resource import ResourceError
from sandbox.handlers.table import TableHandler
from tests.sandbox.handlers.recorder import Recorder, resource

DOCUMENT: dict[str, Any] = {"Statement": []}
TARGET = {"ResourceId": "r", "ScalableDimension": "d", "ServiceNamespace": "n"}
RULE = {"GroupId": "sg-1", "IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}
SERVES = {"EndpointStatus": "InService", "EndpointConfigName": "c"}
MADE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": (TARGET, {"register_scalable_target": {}}),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        {**TARGET, "PolicyName": "p"},
        {"put_scaling_policy": {"PolicyARN": "arn:p"}},
    ),
    "AWS::Budgets::Budget": ({"Budget": {}}, {"create_budget": {}}),
    "AWS::EC2::SecurityGroup": (
        {"GroupDescription": "d"},
        {"create_security_group": {"GroupId": "sg-1"}},
    ),
    "AWS::EC2::SecurityGroupEgress": (RULE, {"authorize_security_group_egress": {}}),
    "AWS::EC2::SecurityGroupIngress": (RULE, {"authorize_security_group_ingress": {}}),
    "AWS::EC2::VPCEndpoint": (
        {"VpcId": "v"},
        {"create_vpc_endpoint": {"VpcEndpoint": {"VpcEndpointId": "vpce-1"}}},
    ),
    "AWS::Events::Rule": ({}, {"put_rule": {"RuleArn": "arn:r"}}),
    "AWS::IAM::ManagedPolicy": (
        {"PolicyDocument": DOCUMENT},
        {"create_policy": {"Policy": {"Arn": "arn:p", "PolicyId": "i"}}},
    ),
    "AWS::IAM::Policy": (
        {"PolicyName": "n", "PolicyDocument": DOCUMENT, "Roles": ["r"]},
        {"put_role_policy": {}},
    ),
    "AWS::IAM::Role": (
        {"AssumeRolePolicyDocument": DOCUMENT},
        {"create_role": {"Role": {"Arn": "arn:r", "RoleId": "i"}}},
    ),
    "AWS::S3::Bucket": ({}, {"create_bucket": {}}),
    "AWS::SageMaker::Endpoint": (
        {"EndpointConfigName": "c"},
        {"create_endpoint": {"EndpointArn": "arn:e"}, "describe_endpoint": SERVES},
    ),
    "AWS::SageMaker::ModelPackageGroup": (
        {},
        {"create_model_package_group": {"ModelPackageGroupArn": "arn:g"}},
    ),
    "AWS::SageMaker::NotebookInstance": (
        {},
        {"create_notebook_instance": {"NotebookInstanceArn": "arn:n"}},
    ),
    "AWS::SNS::TopicPolicy": (
        {"PolicyDocument": DOCUMENT, "Topics": ["t"]},
        {"set_topic_attributes": {}},
    ),
    "AWS::SQS::QueuePolicy": (
        {"PolicyDocument": DOCUMENT, "Queues": ["q"]},
        {"set_queue_attributes": {}},
    ),
    "AWS::StepFunctions::StateMachine": (
        {"DefinitionString": "{}"},
        {"create_state_machine": {"stateMachineArn": "arn:m"}},
    ),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_resource_is_made_by_the_call_of_its_type(kind: str) -> None:
    properties, answers = MADE[kind]
    aws, one = Recorder(**answers), resource(kind, **properties)

    handler_of(kind).create(aws, one)

    assert aws.operations()[0] == next(iter(answers))
    assert one.physical_id


@pytest.mark.parametrize("kind", ["AWS::CDK::Metadata", "AWS::CloudFormation::WaitConditionHandle"])
def test_what_needs_no_call_is_only_recorded(kind: str) -> None:
    aws, one = Recorder(), resource(kind)

    handler_of(kind).create(aws, one)

    assert aws.calls == []
    assert one.physical_id.startswith("stack-Logical-")


@pytest.mark.parametrize(
    ("kind", "handler"),
    [
        # A gap of the sandbox, a row of API calls, and what only moto knows.
        ("AWS::CloudTrail::Trail", Recorded),
        ("AWS::KMS::Key", TableHandler),
        ("AWS::EC2::Volume", MotoHandler),
    ],
)
def test_another_type_is_handled_as_its_row_of_the_catalogue_says(kind: str, handler: type) -> None:
    assert type(handler_of(kind)) is handler


@pytest.mark.parametrize("kind", ["AWS::Lambda::Function", "AWS::RDS::DBInstance"])
def test_a_type_of_a_service_of_which_nothing_answers_has_no_handler(kind: str) -> None:
    with pytest.raises(ResourceError, match=f"resource type {kind} is not emulated"):
        handler_of(kind)
