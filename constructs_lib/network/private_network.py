"""VPC with isolated subnets in several Availability Zones, without a route to the internet."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from aws_cdk import Fn, Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.network.flow_logs import FlowLogs
from constructs_lib.network.training_security_group import TrainingSecurityGroup
from constructs_lib.network.vpc_endpoints import VpcEndpoints
from constructs_lib.synthesis.acknowledgments import acknowledge, in_frameworks

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.storage.key_grants import KeyGrants


class PrivateNetwork(Construct):
    """A VPC with one isolated subnet per zone, its VPC endpoints and its flow logs.

    There is no internet gateway and no NAT. L1 resources, because the L2 looks the account's zones
    up as soon as the account is known, and synthesis makes no network calls.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: KeyGrants
    ) -> None:
        super().__init__(scope, construct_id)
        self._vpc = ec2.CfnVPC(
            self,
            "Resource",
            cidr_block=config.network.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
        )
        Tags.of(self._vpc).add("Name", config.stage)
        _acknowledge_default_group(self._vpc)
        self._route_table = ec2.CfnRouteTable(self, "Routes", vpc_id=self.vpc_id)
        self._subnets = [
            self._subnet(zone, cidr)
            for zone, cidr in enumerate(
                _subnet_cidrs(config.network.cidr, config.network.availability_zones)
            )
        ]
        self._jobs = self._job_security_group()
        # Made without a use, too: it costs nothing, and to delete it while stacks import its id is
        # refused.
        self._hosts = TrainingSecurityGroup(self, "TrainingHosts", vpc_id=self.vpc_id)
        self._has_hosts = any(model.training.instance_count > 1 for model in config.models.values())
        VpcEndpoints(
            self,
            "Endpoints",
            vpc_id=self.vpc_id,
            subnet_ids=self.subnet_ids,
            route_table_id=self._route_table.ref,
            client_group_id=self.job_security_group_id,
        )
        FlowLogs(self, "FlowLogs", config=config, key=key, vpc_id=self.vpc_id)

    @property
    def vpc_id(self) -> str:
        return self._vpc.ref

    @property
    def subnet_ids(self) -> list[str]:
        """One subnet in each zone."""
        return [subnet.ref for subnet in self._subnets]

    @property
    def job_security_group_id(self) -> str:
        return self._jobs.attr_group_id

    @property
    def host_security_group_ids(self) -> list[str]:
        """Additional security groups for multi-instance training; empty when no model uses it."""
        return [self._hosts.security_group_id] if self._has_hosts else []

    @property
    def security_group_ids(self) -> list[str]:
        """Every security group that jobs, endpoints and notebooks may have."""
        return [self.job_security_group_id, self._hosts.security_group_id]

    def _subnet(self, zone: int, cidr: str) -> ec2.CfnSubnet:
        subnet = ec2.CfnSubnet(
            self,
            f"Subnet{zone + 1}",
            vpc_id=self.vpc_id,
            cidr_block=cidr,
            availability_zone=Fn.select(zone, Fn.get_azs()),
            map_public_ip_on_launch=False,
        )
        ec2.CfnSubnetRouteTableAssociation(
            self,
            f"Subnet{zone + 1}Routes",
            subnet_id=subnet.ref,
            route_table_id=self._route_table.ref,
        )
        return subnet

    def _job_security_group(self) -> ec2.CfnSecurityGroup:
        # 443 to anywhere is the S3 gateway and the endpoints: no other route exists.
        return ec2.CfnSecurityGroup(
            self,
            "Jobs",
            group_description="Jobs, endpoints and notebooks: HTTPS to AWS, nothing in",
            vpc_id=self.vpc_id,
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="tcp",
                    from_port=443,
                    to_port=443,
                    cidr_ip="0.0.0.0/0",
                    description="HTTPS to the AWS endpoints",
                )
            ],
        )


def _subnet_cidrs(cidr: str, zones: int) -> list[str]:
    """Return the first of four equal blocks: two or three zones leave room for one more."""
    blocks = ipaddress.IPv4Network(cidr).subnets(prefixlen_diff=2)
    return [str(block) for block, _ in zip(blocks, range(zones), strict=False)]


def _acknowledge_default_group(vpc: ec2.CfnVPC) -> None:
    acknowledge(
        vpc,
        "RevokeSecurityGroupIngress on the default group needs a Lambda custom resource; nothing "
        "here wears that group, and nothing can reach it without a route from outside",
        *in_frameworks("VPCDefaultSecurityGroupClosed"),
    )
