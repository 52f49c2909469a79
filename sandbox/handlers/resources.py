"""Which handler looks after which resource type, and what cannot be deployed at all."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sandbox import gaps
from sandbox.handlers import table
from sandbox.handlers.fallback import MotoHandler, is_known
from sandbox.handlers.native import AttributePolicy, Budget, Recorded, Rule
from sandbox.handlers.native_iam import InlinePolicy, ManagedPolicy, Role
from sandbox.handlers.native_network import SecurityGroup, SecurityGroupRule
from sandbox.handlers.native_sagemaker import Endpoint, ModelPackageGroup, NotebookInstance
from sandbox.handlers.native_scaling import ScalableTarget, ScalingPolicy
from sandbox.handlers.native_states import StateMachine
from sandbox.handlers.native_storage import Bucket
from sandbox.handlers.resource import Handler, Resource, ResourceError

_NATIVE: dict[str, Handler] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": ScalableTarget(),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ScalingPolicy(),
    "AWS::Budgets::Budget": Budget(),
    "AWS::EC2::SecurityGroup": SecurityGroup(),
    "AWS::EC2::SecurityGroupEgress": SecurityGroupRule("egress"),
    "AWS::EC2::SecurityGroupIngress": SecurityGroupRule("ingress"),
    "AWS::Events::Rule": Rule(),
    "AWS::IAM::ManagedPolicy": ManagedPolicy(),
    "AWS::IAM::Policy": InlinePolicy(),
    "AWS::IAM::Role": Role(),
    "AWS::S3::Bucket": Bucket(),
    "AWS::SNS::TopicPolicy": AttributePolicy("sns", "Topics", "set_topic_attributes"),
    "AWS::SQS::QueuePolicy": AttributePolicy("sqs", "Queues", "set_queue_attributes"),
    "AWS::SageMaker::Endpoint": Endpoint(),
    "AWS::SageMaker::ModelPackageGroup": ModelPackageGroup(),
    "AWS::SageMaker::NotebookInstance": NotebookInstance(),
    "AWS::StepFunctions::StateMachine": StateMachine(),
}

_CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
_REFUSED = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::Macro")


@cache
def handler(resource_type: str) -> Handler:
    """Return the handler of a type; raises ResourceError naming a type that has none."""
    if resource_type in _NATIVE:
        return _NATIVE[resource_type]
    if resource_type in table.rows():
        return table.TableHandler(table.rows()[resource_type])
    if resource_type in gaps.NOTHING_HAPPENS or resource_type in gaps.recorded_types():
        return Recorded()
    refusal = _refusal(resource_type)
    if refusal:
        raise ResourceError(refusal)
    return MotoHandler()


def _refusal(resource_type: str) -> str:
    if resource_type.startswith(_CUSTOM):
        return (
            f"custom resource {resource_type} is refused: it runs a Lambda function, which the "
            "sandbox does not; use a plain CloudFormation property or resource instead"
        )
    if resource_type in _REFUSED or not is_known(resource_type):
        return f"resource type {resource_type} is not emulated; remove it from this stack"
    return ""


def check(types: Iterable[str]) -> None:
    """Raise ResourceError naming every type that cannot be deployed."""
    refusals = []
    for resource_type in sorted(set(types)):
        try:
            handler(resource_type)
        except ResourceError as error:
            refusals.append(str(error))
    if refusals:
        raise ResourceError("sandbox: " + "; ".join(refusals))


def attribute(resource: Resource, name: str) -> Any:
    """Return what Fn::GetAtt gives; raises ResourceError for an attribute nobody knows."""
    if name in resource.attributes:
        return resource.attributes[name]
    if resource.handle is not None and resource.handle.has_cfn_attr(name):
        return resource.handle.get_cfn_attribute(name)
    raise ResourceError(
        f"sandbox: attribute {name} of {resource.type} ({resource.logical_id}) is not known; "
        f"known are {', '.join(sorted(resource.attributes)) or 'none'}"
    )
