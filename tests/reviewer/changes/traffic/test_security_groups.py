"""A rule of a security group asks when it lets through what no other one did before."""

from typing import Any

import pytest

from reviewer.assembly import Assembly
from tests.reviewer.handmade import environment, findings, stack

GROUP = "AWS::EC2::SecurityGroup"
NOTHING = [{"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp"}]


def tcp(first: int, last: int, **peer: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **peer}


def inline(*rules: dict[str, Any]) -> Assembly:
    given = {"SecurityGroupEgress": NOTHING, "SecurityGroupIngress": [*rules]}
    return environment(stack({"It": {"Type": GROUP, "Properties": given}, **NETWORK}))


def own(rule: dict[str, Any], group: Any = None) -> Assembly:
    """The same rule as a resource of its own."""
    given = {"GroupId": group or {"Ref": "It"}, **rule}
    return environment(
        stack(
            {
                "It": {"Type": GROUP, "Properties": {"SecurityGroupEgress": NOTHING}},
                "Rule": {"Type": f"{GROUP}Ingress", "Properties": given},
                **NETWORK,
            }
        )
    )


NETWORK = {"Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.40.0.0/16"}}}
WIDE = tcp(1, 1024, CidrIp="10.0.0.0/8")


def asked(old: Assembly, new: Assembly) -> list[str]:
    return [one.rule for one in findings(old, new) if one.needs_person]


@pytest.mark.parametrize(
    "narrow",
    [
        tcp(1, 1024, CidrIp="10.1.0.0/16"),
        tcp(22, 22, CidrIp="10.0.0.0/8"),
        tcp(22, 22, CidrIp="10.0.0.1/32", Description="only me"),
        tcp(22, 22, CidrIp={"Fn::GetAtt": ["Net", "CidrBlock"]}),
        WIDE | {"Description": "in other words"},
    ],
)
def test_a_rule_that_lets_less_through_asks_nobody(narrow: dict[str, Any]) -> None:
    assert asked(inline(WIDE), inline(narrow)) == []
    assert asked(own(WIDE), own(narrow)) == []
    assert asked(inline(WIDE), own(narrow)) == []
    assert asked(inline(WIDE, WIDE), inline(narrow)) == []


@pytest.mark.parametrize(
    "other",
    [
        tcp(1, 1025, CidrIp="10.0.0.0/8"),
        tcp(1, 1024, CidrIp="10.0.0.0/7"),
        tcp(1, 1024, CidrIp="11.0.0.0/8"),
        tcp(1, 1024, CidrIpv6="fd00::/8"),
        tcp(1, 1024, SourceSecurityGroupId="sg-1"),
        {"IpProtocol": "udp", "FromPort": 1, "ToPort": 1024, "CidrIp": "10.0.0.0/8"},
        {"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"},
        {"IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"},
    ],
)
def test_a_rule_that_lets_anything_else_through_asks(other: dict[str, Any]) -> None:
    for before, after in ((inline(WIDE), inline(other)), (own(WIDE), own(other))):
        assert asked(before, after) != []
    # Without the smaller rule nothing is left of it.
    assert asked(inline(WIDE, other), inline(WIDE)) == []


def test_everything_includes_each_protocol_and_port() -> None:
    everything = {"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}

    for rule in (WIDE, {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "CidrIp": "10.0.0.0/8"}):
        assert asked(inline(everything), inline(rule)) == []
        assert asked(inline(rule), inline(everything)) == ["ingress-added"]


def test_a_rule_for_a_group_that_is_in_no_template_asks_at_itself() -> None:
    before = environment(stack({"It": {"Type": GROUP, "Properties": {}}, **NETWORK}))

    (found,) = [one for one in findings(before, own(WIDE, "sg-9")) if one.rule == "ingress-added"]
    assert found.at == "Storage/Rule"


def test_a_range_of_the_internet_is_said_as_such() -> None:
    (found,) = findings(inline(), inline(tcp(22, 22, CidrIp="3.0.0.0/8")), "exposure")

    assert found.rule == "open-to-internet"
    assert found.said == "addresses of the internet, `3.0.0.0/8`, may come in: tcp 22"


def test_a_group_of_another_account_is_another_group() -> None:
    ours = tcp(22, 22, SourceSecurityGroupId="sg-1")

    theirs = ours | {"SourceSecurityGroupOwnerId": "444455556666"}
    assert asked(inline(ours), inline(theirs)) == ["ingress-added"]
