"""AWS Budgets budget of an environment, with alerts at 80 % and 100 %."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_budgets as budgets
from constructs import Construct

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.observability.alert_topic import AlertTopic

WARNED_AT_PERCENT = (80, 100)


class MonthlyBudget(Construct):
    """Monthly cost budget in US dollars of the resources with this environment's tag.

    The tag must be activated as a cost allocation tag, once per account. A limit of 0 makes no
    budget: not every region's CloudFormation has the resource type.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, topic: AlertTopic
    ) -> None:
        super().__init__(scope, construct_id)
        limit = config.monitoring.monthly_budget_usd
        if not limit:
            return
        budgets.CfnBudget(
            self,
            "Resource",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=limit, unit="USD"),
                cost_filters={"TagKeyValue": [f"user:kiban:environment${config.stage}"]},
            ),
            notifications_with_subscribers=[
                _warning(percent, topic) for percent in WARNED_AT_PERCENT
            ],
        )


def _warning(
    percent: int, topic: AlertTopic
) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            comparison_operator="GREATER_THAN",
            notification_type="ACTUAL",
            threshold=percent,
            threshold_type="PERCENTAGE",
        ),
        subscribers=[
            budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic.arn)
        ],
    )
