from typing import Any

import pytest

from cfn.live.network import template_rule
from tests.cfn.live.answers import read


def test_a_vpc_is_read_with_the_attributes_that_are_calls_of_their_own() -> None:
    found = read(
        "AWS::EC2::VPC",
        "vpc-1",
        describe_vpcs={"Vpcs": [{"CidrBlock": "10.0.0.0/16"}]},
        describe_vpc_attribute=[
            {"EnableDnsSupport": {"Value": True}},
            {"EnableDnsHostnames": {"Value": False}},
        ],
    )

    assert found == {
        "CidrBlock": "10.0.0.0/16",
        "EnableDnsSupport": True,
        "EnableDnsHostnames": False,
    }


def test_a_subnet_that_gives_public_addresses_is_read_so() -> None:
    subnet = {"CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": True, "State": "available"}

    found = read("AWS::EC2::Subnet", "subnet-1", describe_subnets={"Subnets": [subnet]})

    assert found == {"CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": True}


@pytest.mark.parametrize(
    ("route", "added"),
    [
        ({"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}, []),
        ({"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"}, []),
        ({"DestinationPrefixListId": "pl-1", "DestinationCidrBlock": "10.9.0.0/16"}, []),
        ({"DestinationCidrBlock": "52.216.0.0/15", "GatewayId": "vpce-1"}, []),
        ({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}, ["0.0.0.0/0"]),
        ({"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"}, ["0.0.0.0/0"]),
        ({"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"}, ["::/0"]),
        ({"GatewayId": "igw-1"}, []),
    ],
)
def test_a_route_that_leads_out_was_added(route: dict[str, str], added: list[str]) -> None:
    table = {"VpcId": "vpc-1", "Routes": [route]}

    found = read("AWS::EC2::RouteTable", "rtb-1", describe_route_tables={"RouteTables": [table]})

    assert found == {"VpcId": "vpc-1", "Routes": added}


@pytest.mark.parametrize(
    ("peers", "line"),
    [
        ({"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, "tcp 443-444 10.0.0.0/8"),
        ({"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}, "tcp 443-444 ::/0"),
        ({"UserIdGroupPairs": [{"GroupId": "sg-2"}]}, "tcp 443-444 sg-2"),
        ({"PrefixListIds": [{"PrefixListId": "pl-1"}]}, "tcp 443-444 pl-1"),
    ],
)
def test_a_rule_is_one_line_for_each_peer(peers: dict[str, Any], line: str) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 444, **peers}
    group = {"Description": "d", "IpPermissions": [rule], "IpPermissionsEgress": []}

    found = read(
        "AWS::EC2::SecurityGroup", "sg-1", describe_security_groups={"SecurityGroups": [group]}
    )

    assert found == {
        "GroupDescription": "d",
        "SecurityGroupIngress": [line],
        "SecurityGroupEgress": [],
    }


@pytest.mark.parametrize(
    "peer",
    [
        "CidrIp",
        "CidrIpv6",
        "SourceSecurityGroupId",
        "DestinationSecurityGroupId",
        "SourcePrefixListId",
        "DestinationPrefixListId",
    ],
)
def test_a_rule_of_a_template_is_the_line_of_its_live_one(peer: str) -> None:
    assert template_rule({"IpProtocol": "-1", "FromPort": 1, peer: "x"}) == "-1 x"
    assert (
        template_rule({"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, peer: "x"}) == "tcp 1-2 x"
    )


def test_a_rule_without_a_peer_is_a_line_without_one() -> None:
    assert template_rule({"IpProtocol": "-1"}) == "-1 "


@pytest.mark.parametrize(
    ("kind", "private", "read_as"),
    [
        ("Interface", True, True),
        ("Interface", False, False),
        ("Gateway", True, False),
        ("Gateway", False, False),
    ],
)
def test_only_an_interface_endpoint_has_a_private_name(
    kind: str, private: bool, read_as: bool
) -> None:
    endpoint = {
        "State": "available",
        "VpcEndpointType": kind,
        "PrivateDnsEnabled": private,
        "PolicyDocument": '{"Statement": []}',
        "SubnetIds": ["subnet-2", "subnet-1"],
        "RouteTableIds": ["rtb-2", "rtb-1"],
        "Groups": [{"GroupId": "sg-2"}, {"GroupId": "sg-1"}],
    }

    found = read(
        "AWS::EC2::VPCEndpoint", "vpce-1", describe_vpc_endpoints={"VpcEndpoints": [endpoint]}
    )

    assert found == {
        "PolicyDocument": {"Statement": []},
        "PrivateDnsEnabled": read_as,
        "SubnetIds": ["subnet-1", "subnet-2"],
        "RouteTableIds": ["rtb-1", "rtb-2"],
        "SecurityGroupIds": ["sg-1", "sg-2"],
    }


@pytest.mark.parametrize(
    ("kind", "operation", "answer"),
    [
        ("AWS::EC2::VPCEndpoint", "describe_vpc_endpoints", {"VpcEndpoints": []}),
        (
            "AWS::EC2::VPCEndpoint",
            "describe_vpc_endpoints",
            {"VpcEndpoints": [{"State": "Deleted"}]},
        ),
        ("AWS::EC2::FlowLog", "describe_flow_logs", {"FlowLogs": []}),
    ],
)
def test_what_is_gone_does_not_exist(kind: str, operation: str, answer: dict[str, Any]) -> None:
    with pytest.raises(LookupError, match="gone-1 does not exist"):
        read(kind, "gone-1", **{operation: answer})


def test_a_flow_log_is_read() -> None:
    log = {"TrafficType": "REJECT", "LogGroupName": "flows", "FlowLogStatus": "ACTIVE"}

    found = read("AWS::EC2::FlowLog", "fl-1", describe_flow_logs={"FlowLogs": [log]})

    assert found == {"TrafficType": "REJECT", "LogGroupName": "flows"}
