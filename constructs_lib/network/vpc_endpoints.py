"""VPC endpoints of the isolated network, restricted to this account."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.synthesis.stack_lookups import stack_of

# Services that jobs, endpoints and the notebook call, and an image build inside the VPC; without
# that setting the build runs outside, as the workflow does.
INTERFACES = {
    "SageMakerApi": "sagemaker.api",
    "SageMakerRuntime": "sagemaker.runtime",
    "CloudWatch": "monitoring",
    "EcrApi": "ecr.api",
    "EcrDocker": "ecr.dkr",
    "Kms": "kms",
    "Logs": "logs",
    "States": "states",
    "Sts": "sts",
}


class VpcEndpoints(Construct):
    """A gateway endpoint for S3 and an interface endpoint for each other service.

    `client_group_id` is the security group whose members may use the interfaces."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc_id: str,
        subnet_ids: list[str],
        route_table_id: str,
        client_group_id: str,
    ) -> None:
        super().__init__(scope, construct_id)
        region = stack_of(self).region
        ec2.CfnVPCEndpoint(
            self,
            "S3",
            vpc_id=vpc_id,
            service_name=f"com.amazonaws.{region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[route_table_id],
            policy_document=_s3_policy(stack_of(self)),
        )
        group = self._interface_group(vpc_id, client_group_id)
        for construct_id_of_one, service in INTERFACES.items():
            ec2.CfnVPCEndpoint(
                self,
                construct_id_of_one,
                vpc_id=vpc_id,
                # Some service names differ in China.
                service_name=ec2.InterfaceVpcEndpointAwsService(service).name,
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=subnet_ids,
                security_group_ids=[group.attr_group_id],
                policy_document=_own_principals_policy(stack_of(self)),
            )

    def _interface_group(self, vpc_id: str, client_group_id: str) -> ec2.CfnSecurityGroup:
        return ec2.CfnSecurityGroup(
            self,
            "Interfaces",
            group_description="AWS endpoints: HTTPS from jobs, endpoints and notebooks",
            vpc_id=vpc_id,
            security_group_ingress=[
                ec2.CfnSecurityGroup.IngressProperty(
                    ip_protocol="tcp",
                    from_port=443,
                    to_port=443,
                    source_security_group_id=client_group_id,
                    description="HTTPS from jobs, endpoints and notebooks",
                )
            ],
            # Without an egress rule, EC2 adds one that allows everything.
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="icmp",
                    from_port=252,
                    to_port=86,
                    cidr_ip="255.255.255.255/32",
                    description="Nothing goes out",
                )
            ],
        )


def _s3_policy(stack: Stack) -> dict[str, Any]:
    layers = f"arn:{stack.partition}:s3:::prod-{stack.region}-starport-layer-bucket/*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OwnBuckets",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:ResourceAccount": stack.account}},
            },
            {
                "Sid": "ImageLayers",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": layers,
            },
        ],
    }


def _own_principals_policy(stack: Stack) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OwnPrincipals",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "*",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:PrincipalAccount": stack.account}},
            }
        ],
    }
