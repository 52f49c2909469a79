"""Five changes of a template that a reviewer should not miss, as edits of what was synthesised."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reviewer.assembly import SynthesisedStack

ALARM, ENDPOINT = "AWS::CloudWatch::Alarm", "AWS::SageMaker::EndpointConfig"
_ADMIN = "arn:aws:iam::111122223333:role/Admin"


@dataclass(frozen=True)
class Example:
    """One change of one stack of one environment; `name` is the file of its picture."""

    name: str
    environment: str
    stack: str
    change: Callable[[SynthesisedStack], None]


def _properties(stack: SynthesisedStack, kind: str, part: str = "") -> dict[str, Any]:
    """The properties of the first resource of a type whose name contains `part`."""
    found = (item for item in stack.resources if item.type == kind and part in item.name)
    return next(found).properties


def _open_topic(stack: SynthesisedStack) -> None:
    policy = _properties(stack, "AWS::SNS::TopicPolicy")
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "sns:Subscribe"}
    policy["PolicyDocument"]["Statement"].append({**anybody, "Resource": policy["Topics"][0]})


def _raise_type(stack: SynthesisedStack) -> None:
    _properties(stack, ENDPOINT)["ProductionVariants"][0]["InstanceType"] = "ml.m5.2xlarge"


def _shorten_logs(stack: SynthesisedStack) -> None:
    _properties(stack, "AWS::Logs::LogGroup")["RetentionInDays"] = 1


def _exchange_role(stack: SynthesisedStack) -> None:
    _properties(stack, "AWS::SageMaker::Model")["ExecutionRoleArn"] = _ADMIN


def _invert_alarm(stack: SynthesisedStack) -> None:
    _properties(stack, ALARM, "Endpoint/Alarms/Errors")["ComparisonOperator"] = "LessThanThreshold"


EXAMPLES = (
    Example("topic-opened", "prod", "Monitoring", _open_topic),
    Example("instance-type-raised", "dev", "Inference-churn", _raise_type),
    Example("log-retention-shortened", "prod", "Inference-churn", _shorten_logs),
    Example("role-exchanged", "prod", "Inference-churn", _exchange_role),
    Example("alarm-inverted", "prod", "Inference-churn", _invert_alarm),
)
