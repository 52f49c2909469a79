"""EventBridge schedule that starts a state machine, with a dead-letter queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.synthesis.stack_lookups import format_arn, stack_of
from constructs_lib.workflow.trigger_role import Startable, TriggerRole

if TYPE_CHECKING:
    from aws_cdk import Stack

    from constructs_lib.workflow.dead_letter_queue import DeadLetterQueue


class ScheduleTrigger(Construct):
    """An EventBridge schedule; `expression` as in `rate(1 hour)` or `cron(0 3 ? * SUN *)`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        expression: str,
        timezone: str,
        machine: Startable,
        message: dict[str, str],
        dead_letters: DeadLetterQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        role = TriggerRole(
            self,
            "Role",
            service="scheduler",
            machine=machine,
            source_arn=_group_arn(stack_of(scope)),
            dead_letters=dead_letters,
        )
        scheduler.CfnSchedule(
            self,
            "Resource",
            schedule_expression=expression,
            schedule_expression_timezone=timezone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            state="ENABLED",
            target=scheduler.CfnSchedule.TargetProperty(
                arn=role.state_machine_arn,
                role_arn=role.role_arn,
                input=json.dumps(message),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=dead_letters.queue_arn
                ),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=3_600, maximum_retry_attempts=10
                ),
            ),
        )


def _group_arn(stack: Stack) -> str:
    # EventBridge Scheduler's source ARN is the schedule group, not the schedule.
    return format_arn(stack, service="scheduler", resource="schedule-group/default")
