"""Roles, and policies of resources, of stacks that are deployed in an emulator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.second_opinion.deployment import Deployment
from tests.second_opinion.emulator import ACCOUNT
from tests.second_opinion.shown_templates import SHOWN

Document = dict[str, Any]


@dataclass(frozen=True)
class Role:
    """A role with the names of its policies, and of the policy that says who may assume it."""

    stack: str
    name: str
    arn: str
    identity: tuple[str, ...]
    trust: str


@dataclass(frozen=True)
class Attached:
    """A policy of a resource; a key's lets in nobody whom it does not name."""

    name: str
    resource: str
    always_decides: bool


class Policies:
    """Every policy document by its name, and who has which."""

    def __init__(self, deployment: Deployment) -> None:
        self._ids = {place: physical for physical, place in deployment.names.items()}
        self.documents: dict[str, Document] = {}
        self.roles: list[Role] = []
        self.attached: list[Attached] = []
        shown = [
            (stack, name, resource["Type"], json.loads(text))
            for stack, template in deployment.templates.items()
            for name, resource in template["Resources"].items()
            if (text := deployment.outputs[stack].get(f"{SHOWN}{name}"))
        ]
        for stack, name, kind, properties in shown:
            if kind == "AWS::IAM::ManagedPolicy":
                self.documents[self._id(stack, name)] = properties["PolicyDocument"]
        for stack, name, kind, properties in shown:
            self._read(stack, name, kind, properties)

    def _read(self, stack: str, name: str, kind: str, properties: Document) -> None:
        where = f"{stack}/{name}"
        if kind == "AWS::IAM::Role":
            assert not properties.get("Policies"), where
            physical = self._id(stack, name)
            trust = f"{where} trust"
            self.documents[trust] = properties["AssumeRolePolicyDocument"]
            arn = f"arn:aws:iam::{ACCOUNT}:role/{physical}"
            identity = tuple(properties["ManagedPolicyArns"])
            self.roles.append(Role(stack, where, arn, identity, trust))
        elif kind == "AWS::KMS::Key":
            arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{self._id(stack, name)}"
            self._attach(where, arn, properties["KeyPolicy"], always_decides=True)
        elif kind == "AWS::S3::BucketPolicy":
            arn = f"arn:aws:s3:::{properties['Bucket']}"
            self._attach(where, arn, properties["PolicyDocument"])
        elif kind == "AWS::SNS::TopicPolicy":
            self._attach(where, properties["Topics"][0], properties["PolicyDocument"])
        elif kind == "AWS::SQS::QueuePolicy":
            queue = properties["Queues"][0].rpartition("/")[2]
            arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}"
            self._attach(where, arn, properties["PolicyDocument"])

    def _attach(
        self, where: str, arn: str, document: Document, *, always_decides: bool = False
    ) -> None:
        self.documents[where] = document
        self.attached.append(Attached(where, arn, always_decides))

    def _id(self, stack: str, name: str) -> str:
        return self._ids[f"{{{stack}/{name}}}"]
