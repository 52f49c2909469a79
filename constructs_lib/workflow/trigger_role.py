"""IAM role with which EventBridge starts one state machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from constructs import Construct

from constructs_lib.access.permissions import Permissions
from constructs_lib.access.service_role import ServiceRole
from constructs_lib.synthesis.stack_lookups import stack_of

if TYPE_CHECKING:
    from constructs_lib.workflow.dead_letter_queue import DeadLetterQueue


class Startable(Protocol):
    """A state machine that triggers can start."""

    @property
    def state_machine_arn(self) -> str:
        """The target of a rule or a schedule."""

    def grant_only_start(self, grantee: Permissions) -> None:
        """Let `grantee` start executions."""


class TriggerRole(ServiceRole):
    """A role with which `service` (`events` or `scheduler`) starts one state machine.

    A schedule sends what it could not deliver with this role too, to `dead_letters`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        machine: Startable,
        source_arn: str | None = None,
        dead_letters: DeadLetterQueue | None = None,
    ) -> None:
        self.state_machine_arn = machine.state_machine_arn
        permissions = Permissions(stack_of(scope))
        machine.grant_only_start(permissions)
        if dead_letters is not None:
            dead_letters.grant_send(permissions)
        super().__init__(
            scope,
            construct_id,
            service=service,
            purpose="Starts one state machine",
            permissions=permissions,
            source_arn=source_arn,
        )
