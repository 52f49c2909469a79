"""Drift of an environment: what CloudFormation detects, and what each resource's own API shows."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cfn.live.differences import Difference, differences
from cfn.live.readers import READERS, UNREADABLE
from cli.aws import aws_errors
from cli.drift.cloudformation_drift import DriftDetectionError, detected_drift
from cli.drift.expected_properties import DeployedTemplate, ExpectedProperties
from cli.drift.live_properties import ANSWERS_OF_NOTHING, live_call
from cli.drift.resource_attributes import Location
from cli.environments.environment import DeployedStack, Environment
from cli.terminal.errors import Failure

_REQUESTS_AT_ONCE = 8
_GROUP = "AWS::EC2::SecurityGroup"
_RULES = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
# Compared here with the rules that are resources of their own; CloudFormation leaves those out.
_LEFT_TO_US = frozenset({(_GROUP, "SecurityGroupIngress"), (_GROUP, "SecurityGroupEgress")})
_POLICIES_OF = {"AWS::SNS::TopicPolicy": "Topics", "AWS::SQS::QueuePolicy": "Queues"}


@dataclass(frozen=True)
class Drifted:
    """One resource that is not as it was deployed; one without differences is gone."""

    stack: str
    logical_id: str
    type: str
    physical_id: str
    differences: tuple[Difference, ...]
    is_gone: bool = False


@dataclass(frozen=True)
class DriftReport:
    """Everything that drifted, and what could not be looked at, with the reason."""

    drifted: tuple[Drifted, ...]
    unread: tuple[tuple[str, str], ...]
    compared: int


@dataclass(frozen=True)
class _One:
    """One resource with what is expected of it."""

    stack: str
    logical_id: str
    type: str
    physical_id: str
    expected: Mapping[str, Any]


def find_drift(env: Environment) -> DriftReport:
    """Look at every resource of the environment; raises Failure when nothing is deployed."""
    stacks = [stack for stack in env.stacks().values() if stack]
    if not stacks:
        raise Failure(
            f"{env.config.stage}: not deployed here; deploy it with: {env.command('deploy')}"
        )
    resources = _with_rules_of_groups(list(_resources(env, stacks)))
    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
        detections = pool.map(partial(_detected, env), stacks)
        looks = list(pool.map(partial(_look, env), resources))
    found = {(one.stack, one.logical_id): one for one in looks if isinstance(one, Drifted)}
    unread = [one for one in looks if isinstance(one, tuple)]
    known = {(one.stack, one.logical_id): one for one in resources}
    for stack, (drifts, failed) in zip(stacks, detections, strict=True):
        unread += [(stack.name, failed)] if failed else []
        for logical_id, changed, is_gone in drifts:
            key = (stack.name, logical_id)
            if key in known and (merged := _merged(known[key], found.get(key), changed, is_gone)):
                found[key] = merged
    ordered = tuple(found[key] for key in sorted(found))
    return DriftReport(ordered, tuple(sorted(unread)), len(resources) - len(unread))


def _detected(
    env: Environment, stack: DeployedStack
) -> tuple[list[tuple[str, list[Difference], bool]], str]:
    """Return what CloudFormation detects in a stack, or why it does not."""
    formation = env.aws("cloudformation")
    try:
        return list(detected_drift(formation, stack.name, env.poll_seconds)), ""
    except DriftDetectionError as error:
        return [], f"CloudFormation detected nothing: {error}"
    except formation.exceptions.ClientError as error:
        return [], f"CloudFormation detected nothing: {aws_errors.message_of(error)}"


def _merged(
    one: _One, own: Drifted | None, changed: list[Difference], is_gone: bool
) -> Drifted | None:
    """Return a resource with what CloudFormation saw and we did not; None when there is nothing."""
    before = own.differences if own else ()
    known = {difference.path.partition("/")[0] for difference in before}
    more = tuple(
        difference
        for difference in changed
        if difference.path.partition("/")[0] not in known
        and (one.type, difference.path.partition("/")[0]) not in _LEFT_TO_US
    )
    if not more and not is_gone:
        return None
    gone = is_gone or (own is not None and own.is_gone)
    return Drifted(one.stack, one.logical_id, one.type, one.physical_id, (*before, *more), gone)


def _look(env: Environment, one: _One) -> Drifted | tuple[str, str] | None:
    """Read a resource by its own API; return how it drifted, or why it could not be read."""
    reader = READERS.get(one.type)
    if reader is None:
        reason = f"{one.type}: no reader; look at it by hand"
        return None if one.type in UNREADABLE else (f"{one.stack}/{one.logical_id}", reason)
    identity = (one.stack, one.logical_id, one.type, one.physical_id)
    call = partial(live_call, env)
    try:
        found = []
        for physical_id in _read_by(one):
            found += list(differences(one.type, one.expected, reader(call, physical_id)))
    except (LookupError, *ANSWERS_OF_NOTHING) as error:
        if isinstance(error, LookupError) or aws_errors.is_missing(error):
            return Drifted(*identity, (), is_gone=True)
        return f"{one.stack}/{one.logical_id}", aws_errors.message_of(error)
    return Drifted(*identity, tuple(found)) if found else None


def _read_by(one: _One) -> list[str]:
    """Return what a reader is asked for: a policy by what it is written to."""
    if one.type in _POLICIES_OF:
        return [str(target) for target in one.expected[_POLICIES_OF[one.type]]]
    return [one.physical_id]


def _resources(env: Environment, stacks: list[DeployedStack]) -> Iterator[_One]:
    formation = env.aws("cloudformation")
    identity = env.aws("sts").get_caller_identity()
    here = Location(identity["Account"], env.connection.region, identity["Arn"].split(":")[1])
    pages = formation.get_paginator("list_exports").paginate()
    values = {item["Name"]: item["Value"] for page in pages for item in page["Exports"]}
    values |= {f"{one.name}.{key}": value for one in stacks for key, value in one.outputs.items()}
    zones = env.aws("ec2").describe_availability_zones()["AvailabilityZones"]
    names = sorted(zone["ZoneName"] for zone in zones)
    for stack in stacks:
        template, summaries = _read_stack(formation, stack)
        expected = ExpectedProperties(template, values, names, here)
        for item in summaries:
            logical_id, kind = item["LogicalResourceId"], item["ResourceType"]
            if logical_id in template.template["Resources"]:
                physical_id = item["PhysicalResourceId"]
                properties = expected.of(logical_id)
                yield _One(stack.name, logical_id, kind, physical_id, properties)


def _with_rules_of_groups(resources: list[_One]) -> list[_One]:
    """Return the resources, each security group with the rules that are resources of their own."""
    added: dict[tuple[str, str], list[Any]] = {}
    for one in resources:
        if one.type in _RULES:
            key = str(one.expected.get("GroupId")), one.type.rpartition("::")[2]
            added.setdefault(key, []).append(one.expected)
    return [
        replace(one, expected={**one.expected, **_rules_of(one, added)})
        if one.type == _GROUP
        else one
        for one in resources
    ]


def _rules_of(one: _One, added: Mapping[tuple[str, str], list[Any]]) -> dict[str, list[Any]]:
    return {
        name: [*one.expected.get(name, []), *added[(one.physical_id, name)]]
        for name in ("SecurityGroupIngress", "SecurityGroupEgress")
        if (one.physical_id, name) in added
    }


def _read_stack(
    formation: Any, stack: DeployedStack
) -> tuple[DeployedTemplate, list[dict[str, Any]]]:
    answer = formation.get_template(StackName=stack.name, TemplateStage="Processed")
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=stack.name)
    summaries = [
        item
        for page in pages
        for item in page["StackResourceSummaries"]
        if item["ResourceStatus"] != "DELETE_COMPLETE"
    ]
    ids = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in summaries}
    described = formation.describe_stacks(StackName=stack.name)["Stacks"][0]
    template = DeployedTemplate(
        stack.name, described["StackId"], answer["TemplateBody"], stack.parameters, ids
    )
    return template, summaries
