"""SNS topic for alerts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

if TYPE_CHECKING:
    from constructs_lib.access.permissions import Permissions
    from constructs_lib.storage.key_grants import KeyGrants


class AlertTopic(sns.Topic):
    """An encrypted, TLS-only topic; alarms, rules and budgets of this account may publish."""

    def __init__(
        self, scope: Construct, construct_id: str, *, key: KeyGrants, emails: tuple[str, ...]
    ) -> None:
        super().__init__(scope, construct_id, master_key=key.resource, enforce_ssl=True)
        self._key = key
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OwnServicesPublish",
                principals=[
                    iam.ServicePrincipal(f"{service}.amazonaws.com")
                    for service in ("cloudwatch", "events", "budgets")
                ],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.stack.account}},
            )
        )
        for number, email in enumerate(emails, start=1):
            sns.Subscription(
                self,
                f"Email{number}",
                topic=self,
                protocol=sns.SubscriptionProtocol.EMAIL,
                endpoint=email,
            )

    @cached_property
    def arn(self) -> str:
        """The topic's ARN; a jsii call is made for the first use only."""
        return self.topic_arn

    def grant_publish_alert(self, grantee: Permissions) -> None:
        """Let `grantee` publish to this topic, and use its key for that."""
        self._key.grant_use(grantee)
        grantee.allow(["sns:Publish"], [self.arn])
