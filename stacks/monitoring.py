"""Stack of the alert topic, the budget and the dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput
from constructs import Construct

from config.outputs import TOPIC_ARN
from constructs_lib.observability.alert_topic import AlertTopic
from constructs_lib.observability.model_dashboard import ModelDashboards
from constructs_lib.observability.monthly_budget import MonthlyBudget
from constructs_lib.synthesis.cross_stack_exports import export_always
from constructs_lib.synthesis.environment_stage import EnvironmentStack

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from stacks.storage import StorageStack


class MonitoringStack(EnvironmentStack):
    """One topic, one budget, one dashboard for each model."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        storage: StorageStack,
    ) -> None:
        super().__init__(scope, construct_id, config=config)
        self.topic = AlertTopic(self, "Topic", key=storage.key, emails=config.monitoring.emails)
        MonthlyBudget(self, "Budget", config=config, topic=self.topic)
        ModelDashboards(self, "Dashboards", config=config)
        export_always(self, self.topic.arn)

        CfnOutput(self, TOPIC_ARN, value=self.topic.topic_arn)
