"""Stack of the role for deployments from a repository; a person deploys it once, first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Stage
from constructs import Construct

from config.outputs import DEPLOY_ROLE_ARN
from config.stack_names import DELIVERY
from constructs_lib.delivery.delivery_role import DeliveryRole
from constructs_lib.synthesis.environment_stage import EnvironmentStack

if TYPE_CHECKING:
    from config.delivery import DeliveryConfig
    from config.schema import EnvironmentConfig


class DeliveryStack(EnvironmentStack):
    """One role for one repository; no access key is stored."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        delivery: DeliveryConfig,
    ) -> None:
        super().__init__(scope, construct_id, config=config)
        role = DeliveryRole(self, "Role", config=config, delivery=delivery)

        CfnOutput(self, DEPLOY_ROLE_ARN, value=role.role_arn)


def add_delivery(stage: Stage, config: EnvironmentConfig) -> None:
    """Add the stack when the file has a table `[delivery]`."""
    if config.delivery is not None:
        DeliveryStack(stage, DELIVERY, config=config, delivery=config.delivery)
