"""An event starts a state machine; an event that could not is kept."""

from typing import Any

from aws_cdk import aws_events as events
from constructs import Construct

from constructs_lib.workflow.dead_letter_queue import UndeliveredEvents
from constructs_lib.workflow.trigger_role import Starter

_SIX_HOURS_SECONDS = 21_600


class EventTrigger(Construct):
    """A rule on the default bus that hands matching events, as they are, to a state machine."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        pattern: dict[str, Any],
        starter: Starter,
        undelivered: UndeliveredEvents,
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
                    arn=starter.state_machine_arn,
                    role_arn=starter.role_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=undelivered.queue_arn
                    ),
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=_SIX_HOURS_SECONDS, maximum_retry_attempts=30
                    ),
                )
            ],
        )
        undelivered.admit_rule(rule.attr_arn)
