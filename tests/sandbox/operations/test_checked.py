"""The list of operations that answer: known to botocore, and with all that the platform calls."""

import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from sandbox.iam import permissions
from sandbox.iam.api_calls import BOTO_NAMES, find
from sandbox.operations import checked
from tests.sandbox.operations.offline import client

TASK = re.compile(r"arn:aws:states:::(?:aws-sdk:)?([a-z0-9-]+):([A-Za-z0-9]+)")


@pytest.mark.parametrize("service", checked.services())
def test_every_row_is_operations_of_botocore_each_in_one_group(service: str) -> None:
    listed = checked.services()[service]

    assert listed.all <= set(client(service).meta.service_model.operation_names)
    assert not listed.done & listed.kept
    assert checked.answers(service, min(listed.all))
    assert not checked.answers(service, "DescribeNothing")


def test_the_summary_counts_what_answers() -> None:
    services = checked.services()
    number = sum(len(one.done) + len(one.kept) for one in services.values())

    assert checked.summary().startswith(f"{number} operations of {len(services)} services answer")


def templates(assembly: Path) -> list[dict[str, Any]]:
    found = [json.loads(path.read_text()) for path in sorted(assembly.rglob("*.template.json"))]
    assert len(found) > 5
    return found


def test_every_operation_of_the_state_machines_answers(synthesis: Path) -> None:
    text = json.dumps(templates(synthesis))
    calls = set(TASK.findall(text))

    assert len(calls) > 10
    named = {(BOTO_NAMES.get(service, service), action) for service, action in calls}
    operations = {(service, find(client(service), action).name) for service, action in named}
    assert {one for one in operations if not checked.answers(*one)} == set()


# Actions of the platform's roles for which nobody makes a call here, with the reason.
NOT_CALLED_HERE = {
    "no operation is called so": [
        "iam:PassRole",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "s3:GetObjectVersion",
    ],
    "SageMaker and CodeBuild put themselves into a network": [
        "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
        "ec2:DescribeDhcpOptions",
    ],
    "Docker signs in with it on AWS; nobody pushes to a registry here": [
        "ecr:GetAuthorizationToken"
    ],
    "services use keys and buckets in the name of a role": ["kms:CreateGrant", "s3:GetBucketAcl"],
    "Step Functions writes logs and traces": [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:UpdateLogDelivery",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    ],
}


def allowed(node: Any) -> Iterator[str]:
    """The actions that the statements below `node` allow."""
    if isinstance(node, list):
        for item in node:
            yield from allowed(item)
    if isinstance(node, dict):
        if node.get("Effect") == "Allow":
            actions = node.get("Action", [])
            yield from [actions] if isinstance(actions, str) else actions
        for item in node.values():
            yield from allowed(item)


def test_every_action_of_the_roles_is_of_an_operation_that_answers(synthesis: Path) -> None:
    answering = {
        action
        for service, listed in checked.services().items()
        for name in listed.all
        for action, _ in permissions.needed(permissions.Call(service, name, {}, "", "arn:::::"))
    }
    actions = {one for one in allowed(templates(synthesis)) if "*" not in one}

    assert len(actions) > 50
    assert actions - answering == set(chain(*NOT_CALLED_HERE.values()))
