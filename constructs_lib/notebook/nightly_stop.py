"""EventBridge schedule that stops the notebook every night, idle or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.access.service_role import ServiceRole

if TYPE_CHECKING:
    from config.schema import WorkbenchConfig
    from constructs_lib.access.permissions import Permissions


class NightlyStop(Construct):
    """Calls StopNotebookInstance every day at `config.nightly_stop`, in `config.timezone`.

    `permissions` are those of the schedule, with the notebook's `grant_stop`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: WorkbenchConfig,
        notebook_name: str,
        permissions: Permissions,
    ) -> None:
        super().__init__(scope, construct_id)
        role = ServiceRole(
            self,
            "Role",
            service="scheduler",
            purpose="Stops the notebook every night",
            permissions=permissions,
        )
        hour, minute = (int(part) for part in config.nightly_stop.split(":"))
        scheduler.CfnSchedule(
            self,
            "Resource",
            description=f"Stops {notebook_name} every night",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            schedule_expression=f"cron({minute} {hour} * * ? *)",
            schedule_expression_timezone=config.timezone,
            target=scheduler.CfnSchedule.TargetProperty(
                arn=f"arn:{permissions.stack.partition}:scheduler:::aws-sdk:sagemaker:stopNotebookInstance",
                input=json.dumps({"NotebookInstanceName": notebook_name}),
                # For a notebook that is stopped already the call fails: not worth many retries.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=3_600, maximum_retry_attempts=3
                ),
                role_arn=role.role_arn,
            ),
        )
