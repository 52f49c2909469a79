"""VPC flow logs in an encrypted log group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.access.permissions import Permissions
from constructs_lib.access.service_role import ServiceRole
from constructs_lib.observability.private_log_group import PrivateLogGroup
from constructs_lib.synthesis.stack_lookups import stack_of

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.storage.key_grants import KeyGrants


class FlowLogs(Construct):
    """Flow log of one VPC: accepted and rejected traffic."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: KeyGrants,
        vpc_id: str,
    ) -> None:
        super().__init__(scope, construct_id)
        group = PrivateLogGroup(self, "Logs", config=config, key=key)
        permissions = Permissions(stack_of(scope))
        permissions.allow(
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [group.log_group_arn],
        )
        role = ServiceRole(
            self,
            "Role",
            service="vpc-flow-logs",
            purpose="Writes the network's flow logs",
            permissions=permissions,
        )
        ec2.CfnFlowLog(
            self,
            "Resource",
            resource_id=vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=group.log_group_name,
            deliver_logs_permission_arn=role.role_arn,
        )
