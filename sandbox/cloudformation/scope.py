"""Values that a template can refer to while it is deployed: its own stack's, and other stacks'."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.evaluator import NO_VALUE

if TYPE_CHECKING:
    from sandbox.cloudformation.stack import Stack
    from sandbox.handlers.aws import Aws


class Neighbours(Protocol):
    """The other stacks of the account and region."""

    def named(self, name: str) -> Stack | None:
        """Return the live stack with this name or id."""

    def exporter(self, export: str) -> Stack | None:
        """Return the stack that exports this name."""

    def importers(self, export: str) -> list[str]:
        """Return the names of the stacks that import this name."""


class StackScope:
    """Answers `Ref`, `Fn::GetAtt` and friends for one deployment of one stack."""

    def __init__(
        self, stack: Stack, aws: Aws, neighbours: Neighbours, values: Mapping[str, Any]
    ) -> None:
        self._stack, self._aws, self._neighbours = stack, aws, neighbours
        self._values: dict[str, Any] = {**values, **_pseudo(stack, aws)}
        self.visible: Collection[str] = ()  # resources whose condition holds
        self.imports: set[str] = set()

    def ref(self, name: str) -> Any:
        """Return the value of a parameter, or the physical id of a resource."""
        if name in self._values:
            return self._values[name]
        if name in self.visible and name in self._stack.resources:
            return self._stack.resources[name].physical_id
        raise TemplateError(f"Template error: unresolved reference {name}; is its condition false?")

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return an attribute of a resource that exists."""
        if logical_id not in self.visible or logical_id not in self._stack.resources:
            raise TemplateError(
                f"Template error: instance of Fn::GetAtt references undefined resource {logical_id}"
            )
        return self._stack.resources[logical_id].attribute(name)

    def imported(self, export: str) -> str:
        """Return another stack's export, and note that this stack uses it."""
        owner = self._neighbours.exporter(export)
        if owner is None:
            raise TemplateError(f"No export named {export} found.")
        self.imports.add(export)
        return owner.exports()[export]

    def stack_output(self, stack: str, output: str) -> str:
        """Return another stack's output."""
        found = self._neighbours.named(stack)
        for item in found.outputs if found else []:
            if item.key == output:
                return item.value
        raise TemplateError(f"No output named {output} found in stack {stack}.")

    def dynamic(self, service: str, key: str) -> str:
        """Return an SSM parameter or a part of a secret."""
        if service in ("ssm", "ssm-secure"):
            return self.parameter(key)
        if service != "secretsmanager":
            raise TemplateError(f"sandbox: dynamic reference {service} is not emulated; use ssm")
        secret, _, rest = key.partition(":SecretString")
        text = self._aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
        field = rest.lstrip(":").split(":")[0]
        return str(json.loads(text)[field]) if field else str(text)

    def parameter(self, key: str) -> str:
        """Return the value of an SSM parameter."""
        try:
            answer = self._aws.client("ssm").get_parameter(Name=key, WithDecryption=True)
        except ClientError as error:
            raise TemplateError(
                f"Unable to fetch parameters [{key}] from parameter store for this account."
            ) from error
        return str(answer["Parameter"]["Value"])


def _pseudo(stack: Stack, aws: Aws) -> dict[str, Any]:
    return {
        "AWS::AccountId": aws.account,
        "AWS::NoValue": NO_VALUE,
        "AWS::NotificationARNs": stack.notification_arns,
        "AWS::Partition": "aws",
        "AWS::Region": aws.region,
        "AWS::StackId": stack.stack_id,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": "amazonaws.com",
    }
