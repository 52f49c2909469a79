"""Samples of the network resources of private mode."""

from __future__ import annotations

from tests.sandbox.engine.sample import BUCKET, POLICY, Neighbours, Sample

VPC: Neighbours = {"Vpc": ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})}
GROUP: Neighbours = {
    **VPC,
    "Group": ("AWS::EC2::SecurityGroup", {"GroupDescription": "x", "VpcId": {"Ref": "Vpc"}}),
}
SUBNET: Neighbours = {
    **VPC,
    "Subnet": ("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}),
    "Table": ("AWS::EC2::RouteTable", {"VpcId": {"Ref": "Vpc"}}),
}
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}

NETWORK = [
    Sample(
        "AWS::EC2::FlowLog",
        {
            "ResourceId": {"Ref": "Vpc"},
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogDestinationType": "s3",
            "LogDestination": {"Fn::GetAtt": ["Bucket", "Arn"]},
        },
        beside={**VPC, **BUCKET},
    ),
    Sample("AWS::EC2::RouteTable", {"VpcId": {"Ref": "Vpc"}}, beside=VPC),
    Sample(
        "AWS::EC2::SecurityGroup",
        {"GroupDescription": "x", "VpcId": {"Ref": "Vpc"}, "SecurityGroupEgress": [HTTPS]},
        {"SecurityGroupIngress": [HTTPS]},
        beside=VPC,
    ),
    Sample(
        "AWS::EC2::SecurityGroupEgress",
        {"GroupId": {"Ref": "Group"}, **HTTPS},
        {"ToPort": 444},
        beside=GROUP,
    ),
    Sample(
        "AWS::EC2::SecurityGroupIngress",
        {
            "GroupId": {"Ref": "Group"},
            "IpProtocol": "-1",
            "SourceSecurityGroupId": {"Ref": "Group"},
        },
        {"Description": "among themselves"},
        beside=GROUP,
    ),
    Sample(
        "AWS::EC2::Subnet",
        {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24", "MapPublicIpOnLaunch": False},
        {"CidrBlock": "10.0.2.0/24"},
        replaces=True,
        beside=VPC,
    ),
    Sample(
        "AWS::EC2::SubnetRouteTableAssociation",
        {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
        beside=SUBNET,
    ),
    Sample(
        "AWS::EC2::VPC",
        {"CidrBlock": "10.0.0.0/16", "EnableDnsSupport": True},
        {"EnableDnsHostnames": True},
    ),
    Sample(
        "AWS::EC2::VPCEndpoint",
        {
            "VpcId": {"Ref": "Vpc"},
            "ServiceName": "com.amazonaws.us-east-1.sagemaker.api",
            "VpcEndpointType": "Interface",
            "SubnetIds": [{"Ref": "Subnet"}],
            "SecurityGroupIds": [{"Ref": "Group"}],
            "PrivateDnsEnabled": True,
        },
        {"PolicyDocument": POLICY},
        beside={**SUBNET, **GROUP},
    ),
]
