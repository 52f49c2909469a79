"""CloudFormation and S3 of one place, as a deployment meets them."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.cdk import bootstrap, in_process_deploy
from sandbox.cdk.in_process_deploy import deploy_assembly
from sandbox.state import clients, context


def failed(message: str, code: str = "ValidationError") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Call")


class Place:
    """CloudFormation and S3 of one account and region."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.stacks: dict[str, dict[str, Any]] = {}
        self.plan: dict[str, Any] = {"Status": "CREATE_COMPLETE"}
        self.ends: list[str] = ["CREATE_COMPLETE"]
        self.objects: dict[str, bytes] = {}
        self.error: Exception | None = None

    def named(self, operation: str) -> list[dict[str, Any]]:
        return [given for name, given in self.calls if name == operation]

    def describe_stacks(self, StackName: str) -> Any:
        if self.error:
            raise self.error
        if StackName not in self.stacks:
            raise failed(f"Stack with id {StackName} does not exist")
        stack = self.stacks[StackName]
        if stack["StackStatus"].endswith("IN_PROGRESS") and self.ends:
            stack = {**stack, "StackStatus": self.ends.pop(0)}
            self.stacks[StackName] = stack
        return {"Stacks": [stack]}

    def create_change_set(self, **given: Any) -> None:
        self.calls.append(("plan", given))
        usual = {"StackStatus": "REVIEW_IN_PROGRESS", "EnableTerminationProtection": False}
        self.stacks.setdefault(given["StackName"], {**usual, "StackId": "id"})

    def describe_change_set(self, **which: Any) -> Any:
        return self.plan

    def execute_change_set(self, StackName: str, **which: Any) -> None:
        self.calls.append(("execute", which))
        self.stacks[StackName]["StackStatus"] = "X_IN_PROGRESS"

    def delete_change_set(self, **which: Any) -> None:
        self.calls.append(("forget", which))

    def delete_stack(self, StackName: str) -> None:
        self.calls.append(("delete", {"StackName": StackName}))
        if isinstance(self.plan.get("Refuse"), Exception):
            raise self.plan["Refuse"]
        self.stacks["id"] = {**self.stacks[StackName], "StackStatus": "DELETE_IN_PROGRESS"}

    def update_termination_protection(self, **given: Any) -> None:
        self.calls.append(("protect", given))

    def head_object(self, Bucket: str, Key: str) -> None:
        if isinstance(self.plan.get("Head"), Exception):
            raise self.plan["Head"]
        if f"{Bucket}/{Key}" not in self.objects:
            raise failed("404", "404")

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:
        self.objects[f"{Bucket}/{Key}"] = Body


class Artifact(SimpleNamespace):
    """A stack of an assembly."""

    def __init__(self, **more: Any) -> None:
        usual: dict[str, Any] = {
            "stack_name": "app",
            "account": "",
            "region": "",
            "folder": Path(),
            "assets": [],
            "parameters": {},
            "tags": {"k": "v"},
            "is_protected": False,
            "body": {"Resources": {}},
        }
        super().__init__(**{**usual, **more})

    def file_assets(self) -> Any:
        return self.assets

    def template(self) -> Any:
        return self.body


def place_of(patch: pytest.MonkeyPatch) -> Place:
    """A place that every client talks to, whatever account and region it names."""
    found = Place()
    found.objects["places"] = b""
    asked: list[tuple[str, str]] = []

    def ensure(*, url: str, region: str, account: str) -> None:
        asked.append((account, region))
        found.objects["places"] = json.dumps(asked).encode()

    patch.setattr(clients, "client", lambda *given, **more: found)
    patch.setattr(bootstrap, "ensure", ensure)
    patch.setattr(in_process_deploy, "_POLL_SECONDS", 0)
    patch.setattr(context, "is_set", lambda: False)
    return found


def deployed(monkeypatch: pytest.MonkeyPatch, *artifacts: Artifact, **more: Any) -> Any:
    monkeypatch.setattr(in_process_deploy, "stacks_in_order", lambda folder: [*artifacts])
    return deploy_assembly(Path(), "http://here", **more)


def stack(status: str, **more: Any) -> dict[str, Any]:
    return {"StackStatus": status, "EnableTerminationProtection": False, "StackId": "id", **more}
