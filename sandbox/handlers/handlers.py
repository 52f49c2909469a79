"""Lookup of the handler of a resource type, or of the reason why it cannot be deployed."""

from __future__ import annotations

from functools import cache

from cfn.catalogue import row
from sandbox.handlers.fallback import MotoHandler, is_known
from sandbox.handlers.native import AttributePolicy, Budget, Recorded, Rule
from sandbox.handlers.native_iam import InlinePolicy, ManagedPolicy, Role
from sandbox.handlers.native_network import SecurityGroup, SecurityGroupRule, VpcEndpoint
from sandbox.handlers.native_sagemaker import Endpoint, ModelPackageGroup, NotebookInstance
from sandbox.handlers.native_scaling import ScalableTarget, ScalingPolicy
from sandbox.handlers.native_states import StateMachine
from sandbox.handlers.native_storage import Bucket
from sandbox.handlers.resource import Handler, ResourceError
from sandbox.handlers.table import TableHandler, api_calls
from sandbox.operations import checked

_NATIVE: dict[str, Handler] = {
    "Bucket": Bucket(),
    "Budget": Budget(),
    "Endpoint": Endpoint(),
    "InlinePolicy": InlinePolicy(),
    "ManagedPolicy": ManagedPolicy(),
    "ModelPackageGroup": ModelPackageGroup(),
    "NotebookInstance": NotebookInstance(),
    "QueuePolicy": AttributePolicy("sqs", "Queues", "set_queue_attributes"),
    "Recorded": Recorded(),
    "Role": Role(),
    "Rule": Rule(),
    "ScalableTarget": ScalableTarget(),
    "ScalingPolicy": ScalingPolicy(),
    "SecurityGroup": SecurityGroup(),
    "SecurityGroupEgress": SecurityGroupRule("egress"),
    "SecurityGroupIngress": SecurityGroupRule("ingress"),
    "StateMachine": StateMachine(),
    "TopicPolicy": AttributePolicy("sns", "Topics", "set_topic_attributes"),
    "VpcEndpoint": VpcEndpoint(),
}
"""By the name that the catalogue uses."""

_CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
_REFUSED = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::Macro")


@cache
def handler_of(resource_type: str) -> Handler:
    """Return the handler of a type; raises ResourceError naming a type that has none."""
    facts = row(resource_type)
    if facts.handler or facts.gap:
        return _NATIVE[facts.handler or "Recorded"]
    if facts.api:
        return TableHandler(api_calls(facts))
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
    if resource_type in _REFUSED or not (is_known(resource_type) and _answers(resource_type)):
        return f"resource type {resource_type} is not emulated; remove it from this stack"
    return ""


def _answers(resource_type: str) -> bool:
    """Whether anything answers of the type's service: what nobody can look at was not checked."""
    service = resource_type.split("::")[1].lower()
    return any(name.replace("-", "") == service for name in checked.services())
