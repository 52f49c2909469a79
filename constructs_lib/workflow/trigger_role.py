"""IAM role with which EventBridge starts one state machine."""

from typing import Protocol

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.access.service_role import ServiceRole


class Startable(Protocol):
    """A state machine that triggers can start."""

    @property
    def state_machine_arn(self) -> str:
        """The target of a rule or a schedule."""

    def grant_only_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` start executions."""


class TriggerRole(ServiceRole):
    """A role with which `service` (`events` or `scheduler`) starts one state machine."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        machine: Startable,
        source_arn: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            service=service,
            purpose="Starts one state machine",
            source_arn=source_arn,
        )
        self.state_machine_arn = machine.state_machine_arn
        machine.grant_only_start(self.permissions)
