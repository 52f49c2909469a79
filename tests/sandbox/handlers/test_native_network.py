"""Which calls make and change security groups, their rules and VPC endpoints."""

from typing import Any

import pytest

from sandbox.handlers.native_network import (
    SecurityGroup,
    SecurityGroupRule,
    VpcEndpoint,
    permission,
)
from sandbox.handlers.resource import ResourceError
from tests.sandbox.handlers.recorder import Recorder, made, resource

GROUP = {"create_security_group": {"GroupId": "sg-1"}}
ENDPOINT = {"create_vpc_endpoint": {"VpcEndpoint": {"VpcEndpointId": "vpce-1"}}}
RULE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 444}
HTTPS = {**RULE, "CidrIp": "10.0.0.0/8"}
ALLOWED = {**RULE, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}


@pytest.mark.parametrize(
    ("peer", "items", "member"),
    [
        ("CidrIp", "IpRanges", "CidrIp"),
        ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("SourceSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ("DestinationSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ("SourcePrefixListId", "PrefixListIds", "PrefixListId"),
        ("DestinationPrefixListId", "PrefixListIds", "PrefixListId"),
    ],
)
def test_a_peer_of_a_rule_is_said_in_the_words_of_the_api(
    peer: str, items: str, member: str
) -> None:
    assert permission({**RULE, peer: "x"}) == {**RULE, items: [{member: "x"}]}
    assert permission({"IpProtocol": "-1", peer: "x", "Description": "d", "Else": 1}) == {
        "IpProtocol": "-1",
        items: [{member: "x", "Description": "d"}],
    }


def test_a_group_without_rules_may_send_everywhere() -> None:
    aws, one = Recorder(**GROUP), resource(GroupName="g", GroupDescription="d")

    SecurityGroup().create(aws, one)

    assert aws.calls == [("create_security_group", {"GroupName": "g", "Description": "d"})]
    assert (one.physical_id, one.attributes) == ("sg-1", {"GroupId": "sg-1", "Id": "sg-1"})


def test_a_group_with_rules_sends_and_receives_by_these_alone() -> None:
    aws = Recorder(**GROUP)
    one = resource(
        GroupName="g",
        GroupDescription="d",
        VpcId="vpc-1",
        SecurityGroupIngress=[HTTPS],
        SecurityGroupEgress=[HTTPS],
    )

    SecurityGroup().create(aws, one)

    everywhere = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    rules = {"GroupId": "sg-1", "IpPermissions": [ALLOWED]}
    assert aws.calls == [
        ("create_security_group", {"GroupName": "g", "Description": "d", "VpcId": "vpc-1"}),
        ("revoke_security_group_egress", {"GroupId": "sg-1", "IpPermissions": everywhere}),
        ("authorize_security_group_ingress", rules),
        ("authorize_security_group_egress", rules),
    ]
    assert one.attributes["VpcId"] == "vpc-1"


def test_the_rules_of_a_group_change_in_place() -> None:
    aws = Recorder(**GROUP)
    new = resource(SecurityGroupIngress=[HTTPS])

    assert SecurityGroup().update(aws, new, made(SecurityGroupEgress=[HTTPS])) is False
    assert aws.operations() == ["revoke_security_group_egress", "authorize_security_group_ingress"]
    assert new.physical_id == "physical"


@pytest.mark.parametrize("change", [{"GroupName": "h"}, {"GroupDescription": "e"}, {"VpcId": "v"}])
def test_another_name_description_or_vpc_needs_another_group(change: dict[str, str]) -> None:
    aws, new = Recorder(**GROUP), resource(**{"GroupDescription": "d", **change})

    assert SecurityGroup().update(aws, new, made(GroupDescription="d")) is True
    assert aws.operations() == ["create_security_group"]


def test_a_group_with_a_typed_name_is_in_the_way_of_another() -> None:
    old, new = made(GroupName="g"), resource(GroupName="g", GroupDescription="e")

    with pytest.raises(ResourceError, match="Rename g and update the stack again"):
        SecurityGroup().update(Recorder(**GROUP), new, old)


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_of_its_own_is_taken_out_and_put_in_again(direction: str) -> None:
    aws, new = Recorder(), resource(GroupId="sg-1", **HTTPS)
    handler = SecurityGroupRule(direction)

    assert handler.update(aws, new, made(GroupId="sg-1", **HTTPS)) is False
    rule = {"GroupId": "sg-1", "IpPermissions": [ALLOWED]}
    assert aws.calls == [
        (f"revoke_security_group_{direction}", rule),
        (f"authorize_security_group_{direction}", rule),
    ]
    assert new.attributes["Id"] == "physical"


def test_a_vpc_endpoint_is_made_and_then_tagged() -> None:
    aws, one = Recorder(**ENDPOINT), resource(VpcId="v", Tags=[{"Key": "k"}])

    VpcEndpoint().create(aws, one)

    assert aws.calls == [
        ("create_vpc_endpoint", {"VpcId": "v"}),
        ("create_tags", {"Resources": ["vpce-1"], "Tags": [{"Key": "k"}]}),
    ]
    assert (one.physical_id, one.attributes) == ("vpce-1", {"Id": "vpce-1"})


@pytest.mark.parametrize("name", ["SubnetIds", "SecurityGroupIds", "RouteTableIds"])
def test_what_a_vpc_endpoint_gains_and_loses_is_said_once(name: str) -> None:
    aws = Recorder(**ENDPOINT)
    old, new = made(**{name: ["a", "b"]}), resource(PolicyDocument={"S": 1}, **{name: ["b", "c"]})

    assert VpcEndpoint().update(aws, new, old) is False
    assert aws.calls == [
        (
            "modify_vpc_endpoint",
            {
                "VpcEndpointId": "physical",
                f"Add{name}": ["c"],
                f"Remove{name}": ["a"],
                "PolicyDocument": {"S": 1},
            },
        )
    ]


@pytest.mark.parametrize("name", ["VpcId", "ServiceName", "VpcEndpointType", "PrivateDnsEnabled"])
def test_another_service_or_vpc_needs_another_endpoint(name: str) -> None:
    aws, new = Recorder(**ENDPOINT), resource(**{name: "other"})
    old: dict[str, Any] = {name: "one"}

    assert VpcEndpoint().update(aws, new, made(**old)) is True
    assert aws.operations() == ["create_vpc_endpoint"]
