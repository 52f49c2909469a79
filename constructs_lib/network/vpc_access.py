"""Subnets and security groups of jobs and endpoints, and the EC2 permissions they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.synthesis.stack_lookups import format_arn

if TYPE_CHECKING:
    from aws_cdk import Stack

    from constructs_lib.access.permissions import Permissions

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
    """The subnets and security groups that jobs and endpoints run in.

    `host_group_ids`: additional security groups for multi-instance training. `vpc_id`: where the
    image is built inside.
    """

    subnet_ids: list[str]
    security_group_ids: list[str]
    host_group_ids: list[str] = field(default_factory=list)
    vpc_id: str | None = None

    def to_vpc_config(self, *, several_hosts: bool = False) -> dict[str, list[str]]:
        """Return `VpcConfig` as SageMaker's API takes it."""
        groups = [*self.security_group_ids, *(self.host_group_ids if several_hosts else [])]
        return {"Subnets": self.subnet_ids, "SecurityGroupIds": groups}

    def grant_join(self, grantee: Permissions) -> None:
        """Let `grantee` create network interfaces in these subnets, and delete them."""
        stack = grantee.stack
        interfaces = format_arn(stack, service="ec2", resource="network-interface/*")
        subnets = self._subnet_arns(stack)
        groups = _group_arns(stack, [*self.security_group_ids, *self.host_group_ids])
        grantee.allow(["ec2:CreateNetworkInterface"], [interfaces, *subnets, *groups])
        grantee.allow(
            [
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ],
            [interfaces],
        )
        grantee.allow(_DESCRIBE, ["*"])
        grantee.acknowledge_wildcard(interfaces, _REASON)
        grantee.acknowledge_wildcard(
            "*",
            f"{', '.join(_DESCRIBE)} take no resource; SageMaker calls them to place interfaces",
        )

    def grant_build(self, grantee: Permissions) -> None:
        """Let an image build of `grantee` run in these subnets.

        https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface
        grants this on every resource; these are those that the calls name.
        """
        stack = grantee.stack
        interfaces = format_arn(stack, service="ec2", resource="network-interface/*")
        subnets = self._subnet_arns(stack)
        groups = _group_arns(stack, self.security_group_ids)
        grantee.allow(["ec2:CreateNetworkInterface"], [interfaces, *subnets, *groups])
        grantee.allow(["ec2:DeleteNetworkInterface"], [interfaces])
        grantee.allow(
            ["ec2:CreateNetworkInterfacePermission"],
            [interfaces],
            {
                "StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"},
                "ArnEquals": {"ec2:Subnet": subnets},
            },
        )
        grantee.allow(_DESCRIBE, ["*"])
        grantee.acknowledge_wildcard(
            interfaces,
            "ec2:CreateNetworkInterface and ec2:DeleteNetworkInterface name an interface that "
            "CodeBuild creates for each build",
        )
        grantee.acknowledge_wildcard(
            "*",
            f"{', '.join(_DESCRIBE)} take no resource; CodeBuild calls them to place interfaces",
        )

    def _subnet_arns(self, stack: Stack) -> list[str]:
        return [format_arn(stack, service="ec2", resource=f"subnet/{i}") for i in self.subnet_ids]


def _group_arns(stack: Stack, ids: list[str]) -> list[str]:
    return [format_arn(stack, service="ec2", resource=f"security-group/{i}") for i in ids]
