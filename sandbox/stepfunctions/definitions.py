"""Validation of state machine definitions: unknown parameters, `.sync` without its rule."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, UnknownServiceError
from botocore.model import ListShape, Shape, StructureShape
from moto.core.exceptions import AWSError

from sandbox.iam import api_calls, role_check
from sandbox.iam.api_calls import BOTO_NAMES
from sandbox.operations import checked

if TYPE_CHECKING:
    from sandbox.state.stores import Document, Place

_CALL = re.compile(r"arn:aws:states:::(?:aws-sdk:)?([^:.]+):([^:.]+)")
_SDK = "arn:aws:states:::aws-sdk:"
_OPTIMISED = "arn:aws:states:::"
# The rule by which Step Functions learns that the work of a `.sync` state has ended.
_RULES = {
    "sagemaker:createTrainingJob": "StepFunctionsGetEventsForSageMakerTrainingJobsRule",
    "sagemaker:createProcessingJob": "StepFunctionsGetEventsForSageMakerProcessingJobsRule",
    "sagemaker:createTransformJob": "StepFunctionsGetEventsForSageMakerTransformJobsRule",
    "sagemaker:createHyperParameterTuningJob": "StepFunctionsGetEventsForSageMakerTuningJobsRule",
    "codebuild:startBuild": "StepFunctionsGetEventForCodeBuildStartBuildRule",
}


class InvalidDefinition(AWSError):
    """A definition that AWS does not accept."""

    TYPE = "InvalidDefinition"


class NotEmulated(AWSError):
    """A call that the sandbox would refuse when the state runs."""

    TYPE = "NotImplemented"
    STATUS = 501


class NoManagedRule(AWSError):
    """A role that does not let Step Functions wait."""

    TYPE = "AccessDeniedException"


def check(definition: str, role_arn: str, place: Place) -> None:
    """Raise InvalidDefinition or NoManagedRule as CreateStateMachine would.

    NotEmulated names an operation that does not answer here. Anything that is not JSON with States
    is left to the interpreter, which says it better.
    """
    try:
        parsed = json.loads(definition)
    except ValueError:
        return
    for where, state in _tasks(parsed, ""):
        resource = str(state.get("Resource", ""))
        _check_fields(where, state, resource, place.region)
        _check_answers(where, resource, place.region)
        action = resource.removeprefix(_OPTIMISED).removesuffix(".sync")
        if resource.endswith(".sync") and action in _RULES:
            _check_rule(role_arn, _RULES[action], place)


def _tasks(part: Document, where: str) -> Iterator[tuple[str, Document]]:
    for name, state in part.get("States", {}).items():
        here = f"{where}/States/{name}"
        if state.get("Type") == "Task":
            yield here, state
        for inner in ("ItemProcessor", "Iterator"):
            yield from _tasks(state.get(inner, {}), f"{here}/{inner}")
        for number, branch in enumerate(state.get("Branches", [])):
            yield from _tasks(branch, f"{here}/Branches[{number}]")


def _check_fields(where: str, state: Document, resource: str, region: str) -> None:
    if not resource.startswith(_SDK):
        return
    service, _, action = resource.removeprefix(_SDK).partition(".")[0].partition(":")
    try:
        operation = api_calls.find(api_calls.client_for(region, service), action)
    except UnknownServiceError:
        operation = None
    if operation is None:
        raise InvalidDefinition(
            f"SCHEMA_VALIDATION_FAILED: The resource provided {resource} is not recognized. "
            f"The value is not a valid resource ARN, at {where}/Resource"
        )
    for field in ("Parameters", "Arguments"):
        _check_value(f"{where}/{field}", state.get(field), operation.input_shape)


def _check_answers(where: str, resource: str, region: str) -> None:
    """Refuse here what would be refused when the state runs."""
    called = _CALL.match(resource)
    if called is None:
        # A Lambda function, an activity.
        service, action = (resource.split(":", 3)[2:3] or [""])[0], "Invoke"
    else:
        service, action = BOTO_NAMES.get(called[1], called[1]), called[2]
        with contextlib.suppress(UnknownServiceError):
            operation = api_calls.find(api_calls.client_for(region, service), action)
            action = operation.name if operation else action
    if not checked.answers(service, action):
        raise NotEmulated(f"{checked.refusal(service, action)} It is called at {where}/Resource")


def _check_value(where: str, value: object, shape: Shape | None) -> None:
    if isinstance(value, list) and isinstance(shape, ListShape):
        for number, item in enumerate(value):
            _check_value(f"{where}[{number}]", item, shape.member)
    if not isinstance(value, dict) or not isinstance(shape, StructureShape):
        return
    members = {member.lower(): member for member in shape.members}
    for key, item in value.items():
        member = members.get(key.removesuffix(".$").lower())
        if member is None:
            raise InvalidDefinition(
                f"SCHEMA_VALIDATION_FAILED: The field '{key}' is not supported by Step Functions, "
                f"at {where}"
            )
        _check_value(f"{where}/{key}", item, shape.members[member])


def _check_rule(role_arn: str, rule: str, place: Place) -> None:
    arn = f"arn:aws:events:{place.region}:{place.account}:rule/{rule}"
    try:
        for action in ("PutTargets", "PutRule", "DescribeRule"):
            role_check.require(role_arn, f"events:{action}", [arn])
    except ClientError as error:
        raise NoManagedRule(
            f"'{role_arn}' is not authorized to create managed-rule. "
            f"{error.response['Error']['Message']}"
        ) from None
