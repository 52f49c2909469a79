"""Keeps what is live equal to the newest approved version."""

from constructs import Construct

from constructs_lib.registry.model_context import ModelSite
from constructs_lib.registry.model_package_group import ModelPackageGroup
from constructs_lib.rollout.rollout_states import rollout_states
from constructs_lib.rollout.rollout_target import RolloutTarget
from constructs_lib.workflow.dead_letter_queue import UndeliveredEvents
from constructs_lib.workflow.event_trigger import EventTrigger
from constructs_lib.workflow.notification_states import failure_states
from constructs_lib.workflow.schedule_trigger import ClockTrigger
from constructs_lib.workflow.state_machine import StateMachine
from constructs_lib.workflow.trigger_role import Starter

_TIMEOUT_SECONDS = 2 * 86_400


class Rollout(Construct):
    """A state machine that updates one stack; approvals, rejections and every hour start it.

    It reads no event: SageMaker may lose one, repeat one or send an old one late.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        site: ModelSite,
        group: ModelPackageGroup,
        target: RolloutTarget,
        undelivered: UndeliveredEvents,
    ) -> None:
        super().__init__(scope, construct_id)
        self._machine = StateMachine(self, "Machine", site=site, name="rollout")
        group.grant_find(self._machine.permissions)
        group.grant_reject(self._machine.permissions)
        target.grant_update(self._machine.permissions)
        site.topic.grant_publish_notice(self._machine.permissions)
        failed = "NotifyFailure"
        self._machine.define(
            {
                **rollout_states(site, target, failed=failed),
                **failure_states(site.topic.arn, what=f"Rollout of {site.full_name}"),
            },
            start="Begin",
            timeout_seconds=_TIMEOUT_SECONDS,
            comment="The live model is the newest approved version",
        )
        self._add_triggers(site, undelivered)

    @property
    def rollout_arn(self) -> str:
        return self._machine.state_machine_arn

    def _add_triggers(self, site: ModelSite, undelivered: UndeliveredEvents) -> None:
        EventTrigger(
            self,
            "VersionJudged",
            description=f"Looks which version of {site.name} should be live",
            pattern=version_judged(site),
            starter=Starter(self, "EventsRole", service="events", machine=self._machine),
            undelivered=undelivered,
        )
        # Approvals whose event was lost.
        ClockTrigger(
            self,
            "Sweep",
            expression="rate(1 hour)",
            timezone="UTC",
            machine=self._machine,
            message={"Reason": "sweep"},
            undelivered=undelivered,
        )


def version_judged(site: ModelSite) -> dict[str, object]:
    """Pattern of a version of this model that somebody approved or rejected."""
    return {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {
            "ModelPackageGroupName": [site.full_name],
            "ModelApprovalStatus": ["Approved", "Rejected"],
        },
    }
