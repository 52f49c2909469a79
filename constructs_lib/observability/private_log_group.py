"""Encrypted log group with a fixed retention."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.storage.key_grants import KeyGrants


class PrivateLogGroup(Construct):
    """A log group with the platform's key and a retention of `log_retention_days`.

    Some services choose their log group: `name`, as in `/aws/sagemaker/Endpoints/<endpoint>`.
    Creating it before them gives it a key and a retention.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: KeyGrants,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        # The L2 takes an enum; the configuration holds the number of days.
        self._group = logs.CfnLogGroup(
            self,
            "Resource",
            kms_key_id=key.arn,
            log_group_name=name,
            retention_in_days=config.platform.log_retention_days,
        )
        self._group.apply_removal_policy(_removal_policy(config, has_name=name is not None))

    @property
    def log_group_name(self) -> str:
        return self._group.ref

    @cached_property
    def log_group_arn(self) -> str:
        """The ARN of the group and all its streams: it ends in `:*`."""
        return self._group.attr_arn


def _removal_policy(config: EnvironmentConfig, *, has_name: bool) -> RemovalPolicy:
    if not config.keeps_data:
        return RemovalPolicy.DESTROY
    # Deleted after a failed creation: the next try needs the name.
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if has_name else RemovalPolicy.RETAIN
