"""Some services choose where they log; owning that log group gives it a key and an end."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from config.schema import EnvironmentConfig
from constructs_lib.key_grants import KeyGrants
from constructs_lib.private_log_group import PrivateLogGroup


class ServiceLogGroup(PrivateLogGroup):
    """A log group whose name a service dictates, as in `/aws/sagemaker/Endpoints/<endpoint>`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: KeyGrants,
        name: str,
    ) -> None:
        super().__init__(scope, construct_id, config=config, key=key)
        group = self.node.default_child
        assert isinstance(group, logs.CfnLogGroup), "a log group's default child is its L1"
        group.log_group_name = name
        if config.keeps_data:
            # Not after a creation that failed: the next try needs the name.
            group.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
