"""Each route is named by what it reaches and by which way; one that reaches less is not."""

from typing import Any

import pytest

from reviewer.changes.finding import Finding
from reviewer.resolver import Resolver
from reviewer.sheets.network import network as sheet
from tests.reviewer.handmade import environment, findings, one, stack

ROUTE = "AWS::EC2::Route"
EVERYWHERE = {"DestinationCidrBlock": "0.0.0.0/0"}
EVERYWHERE_6 = {"DestinationIpv6CidrBlock": "::/0"}
NEAR = {"DestinationCidrBlock": "10.9.0.0/16"}


def found(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[Finding]:
    return findings(one(ROUTE, old), one(ROUTE, new), "exposure")


def asked(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[str]:
    return [finding.rule for finding in found(old, new) if finding.needs_person]


@pytest.mark.parametrize(
    ("goal", "way", "rule"),
    [
        (EVERYWHERE, {"GatewayId": "g"}, "route-to-internet"),
        ({"DestinationCidrBlock": "0.0.0.0/1"}, {"NatGatewayId": "g"}, "route-to-internet"),
        (EVERYWHERE_6, {"EgressOnlyInternetGatewayId": "g"}, "route-to-internet"),
        (EVERYWHERE, {"TransitGatewayId": "g"}, "route-to-internet"),
        ({"DestinationPrefixListId": "pl-1"}, {"GatewayId": "g"}, "route-to-prefix-list"),
        (NEAR, {"VpcPeeringConnectionId": "p"}, "route-to-network"),
        (NEAR, {"TransitGatewayId": "t"}, "route-to-network"),
        (NEAR, {"NetworkInterfaceId": "e"}, "route-added"),
    ],
)
def test_a_new_route_is_named_by_what_it_reaches(
    goal: dict[str, str], way: dict[str, str], rule: str
) -> None:
    (route,) = found(None, {**goal, **way})

    assert (route.rule, route.before, route.needs_person) == (rule, "-", True)
    assert next(iter(goal.values())) in route.said
    assert asked({**goal, **way}, None) == []
    assert found({**goal, **way}, {**goal, **way, "RouteTableId": "t"}) == []


def test_a_route_that_reaches_more_or_by_another_way_asks_and_less_does_not() -> None:
    wide, narrow = (
        {"DestinationCidrBlock": goal, "GatewayId": "g"} for goal in ("10.0.0.0/8", "10.1.0.0/16")
    )

    assert asked(narrow, wide) == ["route-added"]
    assert asked(wide, narrow) == []
    assert [one.rule for one in found(wide, narrow)] == ["route-narrowed"]
    assert asked(wide, {**wide, "GatewayId": "other"}) == ["route-added"]
    assert asked(wide, {"DestinationCidrBlock": "10.0.0.0/8", "InstanceId": "i"}) == ["route-added"]
    assert asked(wide, {**wide, "DestinationCidrBlock": "0.0.0.0/0"}) == ["route-to-internet"]


def test_a_sheet_says_of_a_network_only_what_its_routes_prove() -> None:
    def summary(**more: dict[str, Any]) -> str:
        network = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
        assembly = environment(stack({"Net": network, **more}))
        return sheet(assembly, Resolver(assembly))

    def route(**properties: str) -> dict[str, Any]:
        return {"Type": ROUTE, "Properties": properties}

    without = "1 network without any route to or from the internet."
    assert without in summary()
    assert without in summary(R=route(DestinationCidrBlock="10.9.0.0/16", InstanceId="i"))
    for goal in ({"DestinationIpv6CidrBlock": "::/0"}, {"DestinationPrefixListId": "pl-1"}):
        text = summary(R=route(**goal, InstanceId="i"))
        assert "1 network with 1 way to the internet." in text
        assert f"`{next(iter(goal.values()))}`" in text
    peering = {"Type": "AWS::EC2::VPCPeeringConnection", "Properties": {}}
    assert "1 network with 1 way to other networks" in summary(P=peering)
