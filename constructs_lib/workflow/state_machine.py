"""Step Functions state machine: traced, logged, encrypted, with alarms on failed executions."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.access.service_role import ServiceRole
from constructs_lib.access.wildcards import acknowledge_wildcard
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
    """`<stage>-<model>-<purpose>`, defined by `start` in `define`; grants go to `permissions`.

    The definition is JSONata. It is set once all grants are made, with `define`.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, context: ModelContext, name: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._context = context
        self.machine_name = f"{context.full_name}-{name}"
        stack = stack_of(self)
        # Composed, because the role must exist before its state machine.
        self._composed_arn = format_arn(
            stack, service="states", resource=f"stateMachine:{self.machine_name}"
        )
        self._role = ServiceRole(
            self,
            "Role",
            service="states",
            purpose=f"Runs {self.machine_name}",
            source_arn=self._composed_arn,
        )
        # The account's log resource policy has a size limit that this prefix avoids.
        self._logs = PrivateLogGroup(
            self,
            "Logs",
            config=context.config,
            key=context.key,
            name=f"/aws/vendedlogs/states/{self.machine_name}",
        )
        self._allow_running()

    @property
    def permissions(self) -> iam.ManagedPolicy:
        """The grantee for everything the states call."""
        return self._role.permissions

    @property
    def role(self) -> ServiceRole:
        return self._role

    @cached_property
    def state_machine_arn(self) -> str:
        """The ARN, once `define` was called; a jsii call is made for the first use only."""
        return self._machine.attr_arn

    def define(self, states: States, *, start: str, timeout_seconds: int, comment: str) -> None:
        """Create the state machine; an execution ends after `timeout_seconds`."""
        definition = {
            "Comment": comment,
            "QueryLanguage": "JSONata",
            "StartAt": start,
            "TimeoutSeconds": timeout_seconds,
            "States": in_partition(states, location_of(stack_of(self)).partition),
        }
        self._machine = sfn.CfnStateMachine(
            self,
            "Resource",
            state_machine_name=self.machine_name,
            state_machine_type="STANDARD",
            role_arn=self._role.role_arn,
            definition_string=stack_of(self).to_json_string(definition),
            encryption_configuration=sfn.CfnStateMachine.EncryptionConfigurationProperty(
                type="CUSTOMER_MANAGED_KMS_KEY",
                kms_key_id=self._context.key.arn,
                kms_data_key_reuse_period_seconds=300,
            ),
            logging_configuration=self._logging(),
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        )
        self._alarm_on_failure()

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` start executions, describe them and stop them."""
        stack = stack_of(self)
        executions = format_arn(
            stack, service="states", resource=f"execution:{self.machine_name}:*"
        )
        following = [
            "states:DescribeExecution",
            "states:GetExecutionHistory",
            "states:StopExecution",
        ]
        acknowledge_wildcard(
            grantee,
            executions,
            f"{', '.join(following)} name an execution of this machine, and executions are "
            "named when they start",
        )
        iam.Grant.add_to_principal(grantee=grantee, actions=following, resource_arns=[executions])
        self._context.key.grant_use(grantee)
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["states:ListExecutions", "states:StartExecution"],
            resource_arns=[self._composed_arn],
        )

    def grant_only_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` start executions, and not describe them."""
        self._context.key.grant_use(grantee)
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["states:StartExecution"],
            resource_arns=[self._composed_arn],
        )

    def _allow_running(self) -> None:
        self._context.key.grant_use(self.permissions)
        self._role.allow(_LOG_DELIVERY, ["*"])
        self._role.allow(_TRACING, ["*"])
        acknowledge_wildcard(
            self.permissions,
            "*",
            f"Step Functions calls {', '.join(_LOG_DELIVERY)} to deliver logs and "
            f"{', '.join(_TRACING)} to trace; none of them takes a resource",
        )

    def _logging(self) -> sfn.CfnStateMachine.LoggingConfigurationProperty:
        return sfn.CfnStateMachine.LoggingConfigurationProperty(
            level="ALL",
            # The execution history keeps the data; logs need only the events.
            include_execution_data=False,
            destinations=[
                sfn.CfnStateMachine.LogDestinationProperty(
                    cloud_watch_logs_log_group=sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                        log_group_arn=self._logs.log_group_arn
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
