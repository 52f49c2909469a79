"""Logs are encrypted, and their end is decided when they begin."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from config.schema import EnvironmentConfig
from constructs_lib.key_grants import KeyGrants


class PrivateLogGroup(logs.LogGroup):
    """A log group under the platform's key that forgets after `log_retention_days`."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: KeyGrants
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            encryption_key=key.resource,
            removal_policy=RemovalPolicy.RETAIN if config.keeps_data else RemovalPolicy.DESTROY,
        )
        group = self.node.default_child
        assert isinstance(group, logs.CfnLogGroup), "a log group's default child is its L1"
        # Not RetentionDays: the config already holds exactly the numbers CloudWatch Logs takes.
        group.retention_in_days = config.platform.log_retention_days
