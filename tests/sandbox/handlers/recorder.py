"""Stands for the API in tests of handlers: notes each call, and answers what it was told to."""

from typing import Any

from sandbox.handlers.aws import Aws
from sandbox.handlers.resource import StackResource

ACCOUNT, REGION = "123456789012", "us-east-1"


class Recorder(Aws):
    """An account without a server behind it."""

    def __init__(self, region: str = REGION, /, **answers: Any) -> None:
        super().__init__(ACCOUNT, region, "")
        self.__dict__.update(calls=[], answers=answers)

    calls: list[tuple[str, dict[str, Any]]]
    answers: dict[str, Any]

    def call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((operation, parameters))
        answer = self.answers.get(operation, {})
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    def forget(self, service: str, operation: str, parameters: dict[str, Any]) -> None:
        self.calls.append((operation, parameters))

    def named(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of every call of an operation."""
        return [parameters for name, parameters in self.calls if name == operation]

    def operations(self) -> list[str]:
        return [name for name, _ in self.calls]


def resource(kind: str = "AWS::X::Y", /, **properties: Any) -> StackResource:
    return StackResource("stack", "id", "Logical", kind, properties)


def made(kind: str = "AWS::X::Y", /, **properties: Any) -> StackResource:
    """A resource that exists already."""
    found = resource(kind, **properties)
    found.physical_id, found.name, found.attributes = "physical", "name", {"Arn": "arn"}
    return found
