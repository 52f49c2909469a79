"""Findings about routes: which addresses they reach, and by what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reviewer.addresses import contains, is_public
from reviewer.changes.finding import Finding

if TYPE_CHECKING:
    from reviewer.changes.resource_diff import ResourceDiff

_GOALS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html
_TARGETS = {
    "CarrierGatewayId": "a carrier's network",
    "CoreNetworkArn": "a core network",
    "EgressOnlyInternetGatewayId": "an egress-only internet gateway",
    "GatewayId": "a gateway",
    "InstanceId": "a machine",
    "LocalGatewayId": "a local gateway",
    "NatGatewayId": "a NAT gateway",
    "NetworkInterfaceId": "a network interface",
    "TransitGatewayId": "a transit gateway",
    "VpcEndpointId": "an endpoint",
    "VpcPeeringConnectionId": "a peering connection",
}


def route_changes(found: list[ResourceDiff]) -> Iterator[Finding]:
    """Yield every route that reaches more than before, or by another way."""
    for diff in found:
        if diff.type == "AWS::EC2::Route" and diff.after is not None:
            yield from _route(diff)


def _route(diff: ResourceDiff) -> Iterator[Finding]:
    (was, old), (goal, new) = _goal(diff.old), _goal(diff.new)
    by, way = _way(diff.new)
    if diff.before is not None and (was, old, by) == (goal, new, _way(diff.old)[0]):
        return
    covered = (*_GOALS, *_TARGETS)
    before = f"{old} by {_way(diff.old)[0]}" if diff.before is not None else "-"
    if diff.before is not None and by == _way(diff.old)[0] and contains(old, new):
        said = f"a route reaches less: {new}"
        yield Finding("route-narrowed", "exposure", diff.path, said, old, new, False, covered)
        return
    rule, what = _rule(goal, new, by)
    verb = "is added" if diff.before is None else "changes"
    said = f"a route to {what} {verb}, by {way}"
    yield Finding(rule, "exposure", diff.path, said, before, f"{new} by {by}", True, covered)


def _rule(goal: str, new: str, by: str) -> tuple[str, str]:
    if is_public(new):
        return "route-to-internet", f"{new}, which has addresses of the internet,"
    if goal == "DestinationPrefixListId":
        return "route-to-prefix-list", f"the addresses that the prefix list {new} names"
    if by.startswith(("TransitGatewayId", "VpcPeeringConnectionId", "CoreNetworkArn")):
        return "route-to-network", f"{new} in another network"
    return "route-added", new


def _goal(tree: dict[str, Any]) -> tuple[str, str]:
    """Return the property that says where a route leads, and its value."""
    return next(((name, str(tree[name])) for name in _GOALS if name in tree), ("", "anywhere"))


def _way(tree: dict[str, Any]) -> tuple[str, str]:
    """Return what a route leads by, and that in words."""
    for name, words in _TARGETS.items():
        if name in tree:
            return f"{name} {tree[name]}", words
    return "nothing that is named", "nothing that is named"
