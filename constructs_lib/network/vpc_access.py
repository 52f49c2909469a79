"""SageMaker puts network interfaces into our subnets, and needs a role that may do so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.access.wildcards import acknowledge_wildcard
from constructs_lib.synthesis.home import format_arn, stack_of

if TYPE_CHECKING:
    from constructs_lib.access.service_role import ServiceRole

_REASON = (
    "ec2:CreateNetworkInterface and ec2:DeleteNetworkInterface name an interface that SageMaker "
    "creates for each job or endpoint"
)
_DESCRIBE = [
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
]


@dataclass(frozen=True)
class VpcAccess:
    """The subnets and security groups that jobs and endpoints live in.

    `host_group_ids`: what machines that train one model together wear in addition.
    """

    subnet_ids: list[str]
    security_group_ids: list[str]
    host_group_ids: list[str] = field(default_factory=list)

    def to_vpc_config(self, *, several_hosts: bool = False) -> dict[str, list[str]]:
        """`VpcConfig` as SageMaker's API takes it."""
        groups = [*self.security_group_ids, *(self.host_group_ids if several_hosts else [])]
        return {"Subnets": self.subnet_ids, "SecurityGroupIds": groups}

    def grant_join(self, role: ServiceRole) -> None:
        """Let `role` place network interfaces in these subnets, and remove them again."""
        stack = stack_of(role)
        interfaces = format_arn(stack, service="ec2", resource="network-interface/*")
        subnets = [
            format_arn(stack, service="ec2", resource=f"subnet/{i}") for i in self.subnet_ids
        ]
        groups = [
            format_arn(stack, service="ec2", resource=f"security-group/{i}")
            for i in (*self.security_group_ids, *self.host_group_ids)
        ]
        role.allow(["ec2:CreateNetworkInterface"], [interfaces, *subnets, *groups])
        role.allow(
            [
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ],
            [interfaces],
        )
        role.allow(_DESCRIBE, ["*"])
        acknowledge_wildcard(role.permissions, interfaces, _REASON)
        acknowledge_wildcard(
            role.permissions,
            "*",
            f"{', '.join(_DESCRIBE)} take no resource; SageMaker calls them to place interfaces",
        )
