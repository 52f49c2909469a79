"""Dead-letter queue for triggers, with an alarm: an event that started no execution is kept."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.synthesis.acknowledgments import acknowledge

if TYPE_CHECKING:
    from constructs_lib.access.permissions import Permissions
    from constructs_lib.registry.model_context import ModelContext

_KEPT_DAYS = 14


class DeadLetterQueue(Construct):
    """An encrypted SQS queue for events that could not be delivered, and an alarm on its depth."""

    def __init__(self, scope: Construct, construct_id: str, *, context: ModelContext) -> None:
        super().__init__(scope, construct_id)
        self._key = context.key
        self._queue = sqs.Queue(
            self,
            "Resource",
            encryption_master_key=context.key.resource,
            enforce_ssl=True,
            retention_period=Duration.days(_KEPT_DAYS),
        )
        cloudwatch.CfnAlarm(
            self,
            "Alarm",
            alarm_description=(
                f"{context.full_name}: an event started nothing; it waits in the queue"
            ),
            alarm_actions=[context.topic.arn],
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(
                    name="QueueName", value=self._queue.queue_name
                )
            ],
            statistic="Maximum",
            period=300,
            threshold=0,
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=1,
            # SQS reports no metrics for a queue that has been unused for hours.
            treat_missing_data="notBreaching",
        )
        acknowledge(
            self._queue,
            "This queue is the dead-letter queue: events:PutTargets names it for events that no "
            "target took",
            "AwsSolutions-SQS3",
        )

    @cached_property
    def queue_arn(self) -> str:
        """The queue's ARN; a jsii call is made for the first use only."""
        return self._queue.queue_arn

    def allow_rule(self, rule_arn: str) -> None:
        """Let this EventBridge rule send events to the queue."""
        self._queue.add_to_resource_policy(
            iam.PolicyStatement.from_json(
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": self.queue_arn,
                    "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
                }
            )
        )

    def grant_send(self, grantee: Permissions) -> None:
        """Let `grantee`, a schedule's role, send events to the queue."""
        self._key.grant_use(grantee)
        grantee.allow(["sqs:SendMessage"], [self.queue_arn])
