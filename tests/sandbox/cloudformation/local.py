"""CloudFormation of one account without a server: operations end before they return."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.cloudformation.operations import Backend
from sandbox.cloudformation.request import StackInput
from sandbox.cloudformation.stack import Stack
from sandbox.handlers.aws import Aws
from sandbox.handlers.resource import ResourceError, StackResource, changed, keep_identity

ACCOUNT, REGION = "123456789012", "us-east-1"
THING, OTHER = "AWS::X::Thing", "AWS::X::Other"
Body = dict[str, Any]


class Things:
    """Makes things; one with Fail fails so, one whose New differs is replaced."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.broken: set[str] = set()
        self._number = 0

    def create(self, aws: Aws, resource: StackResource) -> None:
        self._do("create", resource)
        self._number += 1
        resource.physical_id = f"{resource.logical_id}-{self._number}"
        resource.attributes["Arn"] = f"arn:{resource.physical_id}"
        if resource.properties.get("Fail") == "half made":
            raise ResourceError("half made")

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        if "New" in changed(new, old):
            self.create(aws, new)
            return True
        keep_identity(new, old)
        self._do("update", new)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        self._do("delete", resource)

    def adopt(self, aws: Aws, resource: StackResource, identifier: str) -> None:
        self._do("adopt", resource)
        resource.physical_id = identifier

    def _do(self, what: str, resource: StackResource) -> None:
        self.done.append(f"{what} {resource.logical_id}")
        if what in str(resource.properties.get("Fail")) or self.done[-1] in self.broken:
            raise ResourceError(f"{what} fails")


class Local(Backend):
    """An account whose resources are things."""

    def __init__(self) -> None:
        super().__init__(REGION, ACCOUNT)
        self.things = Things()

    def handler_of(self, kind: str) -> Any:
        if not kind.startswith("AWS::X::"):
            raise ResourceError(f"{kind} is not emulated")
        return self.things

    def aws(self) -> Aws:
        return Aws(ACCOUNT, REGION, "http://127.0.0.1:1")

    def _start(self, operation: Callable[[], None]) -> None:
        operation()

    def done(self) -> list[str]:
        """What was done to things since the last time."""
        found, self.things.done = self.things.done, []
        return found


def body(*resources: str, outputs: Body | None = None, **properties: Body) -> Body:
    """A template of things; each with its properties, if it has some."""
    things = {
        name: {"Type": THING, "Properties": properties.get(name, {})}
        for name in dict.fromkeys((*resources, *properties))
    }
    return {"Resources": things, **({"Outputs": outputs} if outputs else {})}


def given(template: Body, name: str = "app", **more: Any) -> StackInput:
    return StackInput(name, json.dumps(template), **more)


def made(template: Body, name: str = "app") -> tuple[Local, Stack]:
    """An account with one stack."""
    local = Local()
    stack = local.create(given(template, name))
    local.done()
    return local, stack


def statuses(stack: Stack) -> list[str]:
    """The states that the stack itself went through."""
    return [one.status for one in stack.events if one.logical_id == stack.name]
