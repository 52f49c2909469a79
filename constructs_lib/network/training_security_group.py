"""Security group of multi-instance training: its members reach each other and nothing else."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.synthesis.acknowledgments import acknowledge, in_frameworks

_DESCRIPTION = "Machines of the same training job"


class TrainingSecurityGroup(Construct):
    """A security group with a rule for all traffic between its own members.

    All protocols, not TCP alone: SageMaker encrypts traffic between instances with IPsec (UDP 500
    and ESP; https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html).
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpc_id: str) -> None:
        super().__init__(scope, construct_id)
        self._group = ec2.CfnSecurityGroup(
            self,
            "Resource",
            group_description="Machines of one training job: each other, and nothing else",
            vpc_id=vpc_id,
            # Without an egress rule, EC2 adds one that allows everything.
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="icmp",
                    from_port=252,
                    to_port=86,
                    cidr_ip="255.255.255.255/32",
                    description="Nothing",
                )
            ],
        )
        ingress = ec2.CfnSecurityGroupIngress(
            self,
            "FromEachOther",
            group_id=self.security_group_id,
            source_security_group_id=self.security_group_id,
            ip_protocol="-1",
            description=_DESCRIPTION,
        )
        acknowledge(
            ingress,
            "The source is this group itself, which only machines of training jobs wear",
            *in_frameworks("EC2RestrictedCommonPorts"),
        )
        ec2.CfnSecurityGroupEgress(
            self,
            "ToEachOther",
            group_id=self.security_group_id,
            destination_security_group_id=self.security_group_id,
            ip_protocol="-1",
            description=_DESCRIPTION,
        )

    @property
    def security_group_id(self) -> str:
        return self._group.attr_group_id
