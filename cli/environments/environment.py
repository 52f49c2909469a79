"""Deployed environment: its configuration, its stacks and their outputs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cli.aws import aws_errors
from cli.aws.connection import Connection
from cli.terminal.errors import Failure
from config.schema import EnvironmentConfig
from config.stack_names import all_stacks


@dataclass(frozen=True)
class DeployedStack:
    """One stack as CloudFormation describes it."""

    name: str
    status: str
    updated: datetime
    outputs: dict[str, str]
    parameters: dict[str, str]
    is_protected: bool
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Environment:
    """An environment file together with the region or sandbox it is deployed to."""

    config: EnvironmentConfig
    connection: Connection

    @property
    def file(self) -> str:
        """The file a person edits, as in `config/dev.toml`."""
        return f"config/{self.config.environment}.toml"

    @property
    def options(self) -> str:
        """The options that name this environment in another command."""
        chosen = [] if self.config.environment == "dev" else [f"--env {self.config.environment}"]
        return " ".join([*chosen, *(["--sandbox"] if self.connection.is_sandbox else [])])

    def command(self, arguments: str) -> str:
        """Return the command line of `./kiban` with `arguments` for this environment."""
        return f"./kiban {arguments} {self.options}".strip()

    def aws(self, service: str) -> Any:
        """Return the boto3 client of `service`."""
        return self.connection.client(service)

    @property
    def poll_seconds(self) -> float:
        """Seconds between two requests of a loop: AWS counts and throttles them."""
        return _SANDBOX_POLL_SECONDS if self.connection.is_sandbox else _POLL_SECONDS

    def stack(self, part: str) -> DeployedStack | None:
        """Return the stack `<stage>-<part>`, or None when it is not deployed."""
        return self.named_stack(f"{self.config.stage}-{part}")

    def named_stack(self, name: str) -> DeployedStack | None:
        """Return the stack called `name`, or None when there is none."""
        formation = self.aws("cloudformation")
        try:
            found = formation.describe_stacks(StackName=name)["Stacks"][0]
        except formation.exceptions.ClientError as error:
            if aws_errors.is_missing(error):
                return None
            raise
        return _read_stack(found)

    def stacks(self) -> dict[str, DeployedStack | None]:
        """Return every stack of this environment by its part, None for one not deployed."""
        parts = all_stacks(self.config)
        if len(parts) <= _DESCRIBED_ONE_BY_ONE:
            return {part: self.stack(part) for part in parts}
        formation = self.aws("cloudformation")
        try:
            found = {stack.name: stack for stack in self.account_stacks()}
        except formation.exceptions.ClientError as error:
            if not aws_errors.is_denied(error):
                raise
            # A role may describe the stacks of its environment, and no others.
            return {part: self.stack(part) for part in parts}
        return {part: found.get(f"{self.config.stage}-{part}") for part in parts}

    def account_stacks(self) -> list[DeployedStack]:
        """Return every stack of the account in this region, of other environments too."""
        pages = self.aws("cloudformation").get_paginator("describe_stacks").paginate()
        return [_read_stack(stack) for page in pages for stack in page["Stacks"]]

    def require_stack(self, part: str) -> DeployedStack:
        """Return the stack `<stage>-<part>`; raises Failure when it is not deployed."""
        stack = self.stack(part)
        if stack is None:
            raise Failure(
                f"{self.config.stage}-{part}: not deployed here; deploy it with: "
                f"{self.command('deploy')}"
            )
        return stack

    def output(self, part: str, key: str) -> str:
        """Return one output of a stack; raises Failure when it or the stack is missing."""
        stack = self.require_stack(part)
        if key not in stack.outputs:
            raise Failure(
                f"{stack.name}: has no output {key} (it is {stack.status}); deploy again with: "
                f"{self.command('deploy')}"
            )
        return stack.outputs[key]


_POLL_SECONDS = 2.0
_SANDBOX_POLL_SECONDS = 0.2
_DESCRIBED_ONE_BY_ONE = 20
"""With more stacks than that describing all stacks of the account is faster."""


def _read_stack(found: dict[str, Any]) -> DeployedStack:
    return DeployedStack(
        found["StackName"],
        found["StackStatus"],
        found.get("LastUpdatedTime", found["CreationTime"]),
        {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])},
        {
            item["ParameterKey"]: item.get("ParameterValue", "")
            for item in found.get("Parameters", [])
        },
        bool(found.get("EnableTerminationProtection")),
        {item["Key"]: item["Value"] for item in found.get("Tags", [])},
    )
