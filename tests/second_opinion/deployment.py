"""Stacks of an assembly in one emulator, with what it refuses replaced by stand-ins."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.second_opinion.emulator import ACCOUNT, REGION, Emulator
from tests.second_opinion.shown_templates import SHOWN, Template, leaves, shown

GIVE_UP_AFTER_SECONDS = 180
BUCKET = "second-opinion"
_UNKNOWN_TYPES = re.compile(r"Unrecognized resource types: \[([^\]]*)\]")
_CONTENT = re.compile(r"/Content$")


@dataclass
class Deployment:
    """What an emulator made of stacks.

    `replaced` has the logical ids that it did not take, by stack; `refused` its words, by type.
    """

    emulator: Emulator
    templates: Mapping[str, Template]
    replaced: dict[str, set[str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._cloudformation = self.emulator.client("cloudformation")
        self._s3 = self.emulator.client("s3")
        self._s3.create_bucket(Bucket=BUCKET)
        self.emulator.client("ssm").put_parameter(
            Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String", Overwrite=True
        )
        for name, template in self.templates.items():
            self._deploy(name, template)
            self._note_names(name, template)

    def values(self, stack: str) -> dict[str, str]:
        """What the outputs of a stack say, by output and path, without physical names."""
        found: dict[str, str] = {}
        for key, text in self.outputs[stack].items():
            document = json.loads(text) if key.startswith(SHOWN) else text
            for path, value in leaves(document).items():
                found[f"{key}{path}"] = self._plain(path, value)
        return found

    def _plain(self, path: str, value: str) -> str:
        if _CONTENT.search(path):
            value = base64.b64decode(json.loads(value)).decode()
        for physical in sorted(self.names, key=len, reverse=True):
            value = value.replace(physical, self.names[physical])
        return value

    def _deploy(self, name: str, template: Template) -> None:
        replaced = self.replaced.setdefault(name, set())
        while True:
            refused = self._refusal(name, shown(template, replaced))
            if not refused:
                return
            assert not refused.keys() <= replaced, f"{name}: {refused}"
            replaced.update(refused)
            for logical_id, words in refused.items():
                self.refused.setdefault(template["Resources"][logical_id]["Type"], words)

    def _refusal(self, name: str, template: Template) -> dict[str, str]:
        """Create the stack; what it refuses, by logical id with its words, leaves no stack."""
        self._s3.put_object(Bucket=BUCKET, Key=name, Body=json.dumps(template))
        try:
            self._cloudformation.create_stack(
                StackName=name,
                TemplateURL=f"{self.emulator.url}/{BUCKET}/{name}",
                Parameters=_parameters(name, template),
                Capabilities=[
                    *("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
                ],
                DisableRollback=True,
            )
        except ClientError as error:
            return _of_unknown_types(template, error.response["Error"]["Message"])
        stack = self._settled(name)
        if stack["StackStatus"] == "CREATE_COMPLETE":
            outputs = stack.get("Outputs", [])
            self.outputs[name] = {item["OutputKey"]: item["OutputValue"] for item in outputs}
            return {}
        failed = dict(self._failures(name))
        assert failed, f"{name}: {stack}"
        self._cloudformation.delete_stack(StackName=name)
        self._settled(stack["StackId"])
        return failed

    def _settled(self, name: str) -> Any:
        deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
        while time.monotonic() < deadline:
            stack = self._cloudformation.describe_stacks(StackName=name)["Stacks"][0]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack
            time.sleep(0.05)
        raise AssertionError(f"{name} is still {stack['StackStatus']}")

    def _failures(self, name: str) -> Iterator[tuple[str, str]]:
        for event in self._cloudformation.describe_stack_events(StackName=name)["StackEvents"]:
            if event["ResourceStatus"] == "CREATE_FAILED" and event["LogicalResourceId"] != name:
                yield event["LogicalResourceId"], event["ResourceStatusReason"]

    def _note_names(self, name: str, template: Template) -> None:
        """Remember the names that the emulator made up; those of the template are the same."""
        pages = self._cloudformation.get_paginator("list_stack_resources")
        found = {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages.paginate(StackName=name)
            for resource in page["StackResourceSummaries"]
        }
        given = json.dumps(list(self.templates.values()))
        for logical_id in template["Resources"]:
            physical = found.get(logical_id, "")
            # The policy of a bucket has the bucket's own name; a queue's URL has the queue's.
            for one in {physical, physical.rpartition("/")[2]} if "://" in physical else {physical}:
                if one and one not in given:
                    self.names.setdefault(one, f"{{{name}/{logical_id}}}")


def _of_unknown_types(template: Template, message: str) -> dict[str, str]:
    match = _UNKNOWN_TYPES.search(message)
    assert match, message
    types = {one.strip() for one in match[1].split(",")}
    return {
        logical_id: "Template format error: Unrecognized resource types"
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] in types
    }


def _parameters(name: str, template: Template) -> list[dict[str, str]]:
    """The version that a model's stack makes live, so that its conditions hold."""
    if "ModelPackageArn" not in template.get("Parameters", {}):
        return []
    stage, _, model = name.partition("-Inference-")
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/{stage}-{model}/1"
    return [{"ParameterKey": "ModelPackageArn", "ParameterValue": arn}]
