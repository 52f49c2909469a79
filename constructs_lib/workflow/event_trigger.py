"""EventBridge rule that starts a state machine, with a dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_events as events
from constructs import Construct

if TYPE_CHECKING:
    from constructs_lib.workflow.dead_letter_queue import DeadLetterQueue
    from constructs_lib.workflow.trigger_role import TriggerRole

_SIX_HOURS_SECONDS = 21_600


class EventTrigger(Construct):
    """A rule on the default event bus; the state machine's input is the whole event."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        pattern: dict[str, Any],
        role: TriggerRole,
        dead_letters: DeadLetterQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        rule = events.CfnRule(
            self,
            "Resource",
            description=description,
            event_pattern=pattern,
            state="ENABLED",
            targets=[
                events.CfnRule.TargetProperty(
                    id="StateMachine",
                    arn=role.state_machine_arn,
                    role_arn=role.role_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=dead_letters.queue_arn
                    ),
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=_SIX_HOURS_SECONDS, maximum_retry_attempts=30
                    ),
                )
            ],
        )
        dead_letters.allow_rule(rule.attr_arn)
