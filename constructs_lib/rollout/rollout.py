"""State machine that deploys the newest approved model version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.rollout.rollout_states import rollout_states
from constructs_lib.workflow.event_trigger import EventTrigger
from constructs_lib.workflow.notification_states import failure_states
from constructs_lib.workflow.schedule_trigger import ScheduleTrigger
from constructs_lib.workflow.state_machine import StateMachine
from constructs_lib.workflow.trigger_role import TriggerRole

if TYPE_CHECKING:
    from constructs_lib.registry.model_context import ModelContext
    from constructs_lib.registry.model_package_group import ModelPackageGroup
    from constructs_lib.rollout.rollout_target import RolloutTarget
    from constructs_lib.workflow.dead_letter_queue import DeadLetterQueue

_TIMEOUT_SECONDS = 2 * 86_400


class Rollout(Construct):
    """A state machine that updates one stack; approvals, rejections and every hour start it.

    It does not read the event: SageMaker may lose one, repeat one or send an old one late.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        context: ModelContext,
        group: ModelPackageGroup,
        target: RolloutTarget,
        dead_letters: DeadLetterQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self._machine = StateMachine(self, "Machine", context=context, name="rollout")
        group.grant_find(self._machine.permissions)
        group.grant_read_version(self._machine.permissions)
        group.grant_reject(self._machine.permissions)
        target.grant_update(self._machine.permissions)
        context.topic.grant_publish_alert(self._machine.permissions)
        failed = "NotifyFailure"
        self._machine.define(
            {
                **rollout_states(context, target, failed=failed),
                **failure_states(context.topic.arn, what=f"Rollout of {context.full_name}"),
            },
            start="Begin",
            timeout_seconds=_TIMEOUT_SECONDS,
            comment="The live model is the newest approved version",
        )
        self._add_triggers(context, dead_letters)

    @property
    def state_machine_arn(self) -> str:
        return self._machine.state_machine_arn

    def _add_triggers(self, context: ModelContext, dead_letters: DeadLetterQueue) -> None:
        EventTrigger(
            self,
            "VersionJudged",
            description=f"Looks which version of {context.name} should be live",
            pattern=version_approved_or_rejected(context),
            role=TriggerRole(self, "EventsRole", service="events", machine=self._machine),
            dead_letters=dead_letters,
        )
        # For approvals whose event was lost.
        ScheduleTrigger(
            self,
            "Sweep",
            expression="rate(1 hour)",
            timezone="UTC",
            machine=self._machine,
            message={"Reason": "sweep"},
            dead_letters=dead_letters,
        )


def version_approved_or_rejected(context: ModelContext) -> dict[str, object]:
    """Return the event pattern of an approved or rejected version of this model."""
    return {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {
            "ModelPackageGroupName": [context.full_name],
            "ModelApprovalStatus": ["Approved", "Rejected"],
        },
    }
