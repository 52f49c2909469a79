"""Who acts with a role is what carries it, not another role that trusts it."""

from dataclasses import replace
from typing import Any

from reviewer.diagram.cards import Edge
from reviewer.diagram.graph import Graph
from reviewer.resolver import Resolver
from tests.reviewer.diagram.test_graph import BUCKET, body, machine
from tests.reviewer.handmade import environment, stack


def edges(resources: dict[str, Any], **names: str) -> list[Edge]:
    """The lines between resources that have these places among the constructs."""
    assembly = environment(replace(stack(resources), names=names))
    return Graph(assembly, Resolver(assembly)).edges


READS = machine("s3:GetObject", on={"Fn::GetAtt": ["Data", "Arn"]})


def trusting(role: str) -> dict[str, Any]:
    principal = {"AWS": {"Fn::GetAtt": [role, "Arn"]}}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return body("AWS::IAM::Role", AssumeRolePolicyDocument={"Statement": [statement]})


def test_a_role_that_trusts_another_does_not_act_with_it() -> None:
    other = {
        "Queue": body("AWS::SQS::Queue"),
        "QueueRole": trusting("Role"),
    }

    found = edges({"Data": BUCKET, **READS, **other}, QueueRole="Queue/Role")

    assert found == [Edge("Storage/Machine", "Storage/Data", "reads")]


def test_what_belongs_to_a_machine_acts_for_it() -> None:
    pipe = body("AWS::Logs::LogGroup", RoleArn={"Fn::GetAtt": ["Role", "Arn"]})
    resources = {"Data": BUCKET, **READS, "Queue": body("AWS::SQS::Queue"), "Inner": pipe}

    found = edges(resources, Inner="Queue/Inner")

    assert Edge("Storage/Queue", "Storage/Data", "reads") in found
