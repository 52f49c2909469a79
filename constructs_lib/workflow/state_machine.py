"""Step Functions state machine: traced, logged, encrypted, with alarms on failed executions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.access.permissions import Permissions
from constructs_lib.access.service_role import ServiceRole
from constructs_lib.observability.private_log_group import PrivateLogGroup
from constructs_lib.synthesis.stack_lookups import format_arn, location_of, stack_of
from constructs_lib.workflow.asl import States, in_partition

if TYPE_CHECKING:
    from constructs_lib.registry.model_context import ModelContext

_LOG_DELIVERY = [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
]
_TRACING = [
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
]


class StateMachine(Construct):
    """`<stage>-<model>-<purpose>`, made by `define` once all grants to `permissions` are made.

    The definition is JSONata.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, context: ModelContext, name: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._context = context
        self.machine_name = f"{context.full_name}-{name}"
        self._stack = stack_of(scope)
        # Composed, because the role must exist before its state machine.
        self._composed_arn = format_arn(
            self._stack, service="states", resource=f"stateMachine:{self.machine_name}"
        )
        # The grantee for everything the states call.
        self.permissions = Permissions(self._stack)
        self._allow_running()

    @cached_property
    def state_machine_arn(self) -> str:
        """The ARN, once `define` was called; a jsii call is made for the first use only."""
        return self._machine.attr_arn

    def define(self, states: States, *, start: str, timeout_seconds: int, comment: str) -> None:
        """Create the state machine and its role; an execution ends after `timeout_seconds`."""
        role = ServiceRole(
            self,
            "Role",
            service="states",
            purpose=f"Runs {self.machine_name}",
            permissions=self.permissions,
            source_arn=self._composed_arn,
        )
        definition = {
            "Comment": comment,
            "QueryLanguage": "JSONata",
            "StartAt": start,
            "TimeoutSeconds": timeout_seconds,
            "States": in_partition(states, location_of(self._stack).partition),
        }
        self._machine = sfn.CfnStateMachine(
            self,
            "Resource",
            state_machine_name=self.machine_name,
            state_machine_type="STANDARD",
            role_arn=role.role_arn,
            definition_string=_json(definition),
            encryption_configuration=sfn.CfnStateMachine.EncryptionConfigurationProperty(
                type="CUSTOMER_MANAGED_KMS_KEY",
                kms_key_id=self._context.key.arn,
                kms_data_key_reuse_period_seconds=300,
            ),
            logging_configuration=self._logging(),
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        )
        self._alarm_on_failure()

    def grant_start(self, grantee: Permissions) -> None:
        """Let `grantee` start executions, describe them and stop them."""
        executions = format_arn(
            self._stack, service="states", resource=f"execution:{self.machine_name}:*"
        )
        following = [
            "states:DescribeExecution",
            "states:GetExecutionHistory",
            "states:StopExecution",
        ]
        grantee.acknowledge_wildcard(
            executions,
            f"{', '.join(following)} name an execution of this machine, and executions are "
            "named when they start",
        )
        grantee.allow(following, [executions])
        self._context.key.grant_use(grantee)
        grantee.allow(["states:ListExecutions", "states:StartExecution"], [self._composed_arn])

    def grant_only_start(self, grantee: Permissions) -> None:
        """Let `grantee` start executions, and not describe them."""
        self._context.key.grant_use(grantee)
        grantee.allow(["states:StartExecution"], [self._composed_arn])

    def _allow_running(self) -> None:
        self._context.key.grant_use(self.permissions)
        self.permissions.allow(_LOG_DELIVERY, ["*"])
        self.permissions.allow(_TRACING, ["*"])
        self.permissions.acknowledge_wildcard(
            "*",
            f"Step Functions calls {', '.join(_LOG_DELIVERY)} to deliver logs and "
            f"{', '.join(_TRACING)} to trace; none of them takes a resource",
        )

    def _logging(self) -> sfn.CfnStateMachine.LoggingConfigurationProperty:
        # The account's log resource policy has a size limit that this prefix avoids.
        logs = PrivateLogGroup(
            self,
            "Logs",
            config=self._context.config,
            key=self._context.key,
            name=f"/aws/vendedlogs/states/{self.machine_name}",
        )
        return sfn.CfnStateMachine.LoggingConfigurationProperty(
            level="ALL",
            # The execution history keeps the data; logs need only the events.
            include_execution_data=False,
            destinations=[
                sfn.CfnStateMachine.LogDestinationProperty(
                    cloud_watch_logs_log_group=sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                        log_group_arn=logs.log_group_arn
                    )
                )
            ],
        )

    def _alarm_on_failure(self) -> None:
        dimension = cloudwatch.CfnAlarm.DimensionProperty(
            name="StateMachineArn", value=self.state_machine_arn
        )
        for metric in ("ExecutionsFailed", "ExecutionsTimedOut"):
            cloudwatch.CfnAlarm(
                self,
                metric,
                alarm_description=f"{self.machine_name}: an execution failed or took too long",
                alarm_actions=[self._context.topic.arn],
                namespace="AWS/States",
                metric_name=metric,
                dimensions=[dimension],
                statistic="Sum",
                period=300,
                threshold=1,
                comparison_operator="GreaterThanOrEqualToThreshold",
                evaluation_periods=1,
                # No execution, no failure.
                treat_missing_data="notBreaching",
            )


def _json(definition: Mapping[str, Any]) -> str:
    # Stack.to_json_string, which escapes references too, takes ten times as long: each value
    # crosses to the CDK's process alone. References are to names and ARNs: none has a quote.
    return json.dumps(definition, ensure_ascii=False, separators=(",", ":"))
