"""Stacks as a test talks about them: templates as dictionaries, answers as plain values."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from sandbox.server.server import Sandbox
from sandbox.state import clients

Template = dict[str, Any]
Declared = tuple[str, dict[str, Any]]  # a resource: its type and properties


def template(resources: dict[str, Any], **sections: Any) -> Template:
    """A template of these resources, written `{"Id": ("AWS::Type", {properties})}`."""
    written = {
        name: spec if isinstance(spec, dict) else {"Type": spec[0], "Properties": spec[1]}
        for name, spec in resources.items()
    }
    return {"Resources": written, **sections}


def parameter(value: str, name: str = "/name") -> tuple[str, dict[str, Any]]:
    """The cheapest resource there is."""
    return ("AWS::SSM::Parameter", {"Name": name, "Type": "String", "Value": value})


def text(default: str | None = None, **constraints: Any) -> dict[str, Any]:
    """A declared parameter."""
    declared: dict[str, Any] = {"Type": "String", **constraints}
    return declared if default is None else {**declared, "Default": default}


def values(**given: str) -> list[dict[str, str]]:
    """Parameter values as the API takes them."""
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]


@dataclass
class Stacks:
    """CloudFormation of one sandbox."""

    sandbox: Sandbox
    region: str = "us-east-1"

    def aws(self, service: str) -> Any:
        return clients.client(service, url=self.sandbox.url, region=self.region)

    def create(self, name: str, body: Template, **given: str) -> str:
        """Create a stack; return the status it ended in."""
        self.aws("cloudformation").create_stack(
            StackName=name,
            TemplateBody=json.dumps(body),
            Parameters=values(**given),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        return self.settled(name)

    def update(self, name: str, body: Template, **given: str) -> str:
        """Update a stack; return the status it ended in."""
        self.aws("cloudformation").update_stack(
            StackName=name,
            TemplateBody=json.dumps(body),
            Parameters=values(**given),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        return self.settled(name)

    def delete(self, name: str) -> None:
        self.aws("cloudformation").delete_stack(StackName=name)

    def describe(self, name: str) -> dict[str, Any]:
        described = self.aws("cloudformation").describe_stacks(StackName=name)
        return dict(described["Stacks"][0])

    def status(self, name: str) -> str:
        return str(self.describe(name)["StackStatus"])

    def settled(self, name: str) -> str:
        """Wait until the stack changes no more; return its status."""
        while (status := self.status(name)).endswith("IN_PROGRESS"):
            time.sleep(0.02)
        return status

    def reason(self, name: str) -> str:
        return str(self.describe(name)["StackStatusReason"])

    def names(self) -> set[str]:
        stacks = self.aws("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"] for stack in stacks} - {"CDKToolkit"}

    def outputs(self, name: str) -> dict[str, str]:
        outputs = self.describe(name).get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def parameters(self, name: str) -> dict[str, str]:
        found = self.describe(name).get("Parameters", [])
        return {item["ParameterKey"]: item["ParameterValue"] for item in found}

    def resources(self, name: str) -> dict[str, str]:
        """Physical ids by logical id."""
        answer = self.aws("cloudformation").list_stack_resources(StackName=name)
        summaries = answer["StackResourceSummaries"]
        return {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in summaries}

    def history(self, name: str) -> list[str]:
        """What happened to the resources, oldest first, as `Id STATUS`."""
        answer = self.aws("cloudformation").describe_stack_events(StackName=name)
        events = [e for e in answer["StackEvents"] if e["LogicalResourceId"] != name]
        return [f"{e['LogicalResourceId']} {e['ResourceStatus']}" for e in reversed(events)]

    def ssm(self, name: str) -> str | None:
        """The value of an SSM parameter, if it exists."""
        found = self.aws("ssm").get_parameters(Names=[name])["Parameters"]
        return str(found[0]["Value"]) if found else None
