"""A clock starts a state machine; a start that failed is kept."""

import json

from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.synthesis.home import format_arn, stack_of
from constructs_lib.workflow.dead_letter_queue import UndeliveredEvents
from constructs_lib.workflow.trigger_role import Startable, Starter


class ClockTrigger(Construct):
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
        undelivered: UndeliveredEvents,
    ) -> None:
        super().__init__(scope, construct_id)
        # EventBridge Scheduler speaks for its schedule group, not for one schedule.
        group = format_arn(stack_of(self), service="scheduler", resource="schedule-group/default")
        starter = Starter(self, "Role", service="scheduler", machine=machine, source_arn=group)
        undelivered.grant_leave(starter.permissions)
        scheduler.CfnSchedule(
            self,
            "Resource",
            schedule_expression=expression,
            schedule_expression_timezone=timezone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            state="ENABLED",
            target=scheduler.CfnSchedule.TargetProperty(
                arn=starter.state_machine_arn,
                role_arn=starter.role_arn,
                input=json.dumps(message),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=undelivered.queue_arn
                ),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=3_600, maximum_retry_attempts=10
                ),
            ),
        )
