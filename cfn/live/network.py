"""Readers of a private network."""

from collections.abc import Iterator
from typing import Any

from cfn.live.calls import Call, Properties, Reader, chosen, document

_PEERS = (
    ("IpRanges", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6"),
    ("UserIdGroupPairs", "GroupId"),
    ("PrefixListIds", "PrefixListId"),
)
_PEERS_OF_A_TEMPLATE = (
    "CidrIp",
    "CidrIpv6",
    "SourceSecurityGroupId",
    "DestinationSecurityGroupId",
    "SourcePrefixListId",
    "DestinationPrefixListId",
)


def vpc(call: Call, name: str) -> Properties:
    """Read a VPC."""
    found = call("ec2", "describe_vpcs", {"VpcIds": [name]})["Vpcs"][0]
    support = call(
        "ec2", "describe_vpc_attribute", {"VpcId": name, "Attribute": "enableDnsSupport"}
    )
    hosts = call(
        "ec2", "describe_vpc_attribute", {"VpcId": name, "Attribute": "enableDnsHostnames"}
    )
    return {
        "CidrBlock": found["CidrBlock"],
        "EnableDnsSupport": support["EnableDnsSupport"]["Value"],
        "EnableDnsHostnames": hosts["EnableDnsHostnames"]["Value"],
    }


def subnet(call: Call, name: str) -> Properties:
    """Read a subnet."""
    found = call("ec2", "describe_subnets", {"SubnetIds": [name]})["Subnets"][0]
    return chosen(found, "CidrBlock", "MapPublicIpOnLaunch")


def route_table(call: Call, name: str) -> Properties:
    """Read a route table with the routes that were added: those to gateways or instances."""
    found = call("ec2", "describe_route_tables", {"RouteTableIds": [name]})["RouteTables"][0]
    added = [
        route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
        for route in found["Routes"]
        if route.get("GatewayId") != "local"
        and not route.get("DestinationPrefixListId")
        # The route of a gateway endpoint is the endpoint's.
        and not str(route.get("GatewayId", "")).startswith("vpce-")
    ]
    return {"VpcId": found["VpcId"], "Routes": sorted(filter(None, added))}


def security_group(call: Call, name: str) -> Properties:
    """Read a security group, its rules each as one line."""
    found = call("ec2", "describe_security_groups", {"GroupIds": [name]})["SecurityGroups"][0]
    return {
        "GroupDescription": found["Description"],
        "SecurityGroupIngress": sorted(_rules(found["IpPermissions"])),
        "SecurityGroupEgress": sorted(_rules(found["IpPermissionsEgress"])),
    }


def _rules(permissions: Any) -> Iterator[str]:
    for one in permissions:
        for peers, member in _PEERS:
            yield from (_line(one, peer[member]) for peer in one.get(peers, []))


def template_rule(rule: Properties) -> str:
    """Return a rule as a template writes it, in the line that a live one becomes."""
    return _line(rule, next((rule[name] for name in _PEERS_OF_A_TEMPLATE if name in rule), ""))


def _line(rule: Any, peer: Any) -> str:
    """Return a rule of a security group as one line: protocol, ports and peer."""
    protocol = str(rule["IpProtocol"])
    ports = "" if protocol == "-1" else f" {rule.get('FromPort')}-{rule.get('ToPort')}"
    return f"{protocol}{ports} {peer}"


def vpc_endpoint(call: Call, name: str) -> Properties:
    """Read an endpoint of an AWS service."""
    found = call("ec2", "describe_vpc_endpoints", {"VpcEndpointIds": [name]})["VpcEndpoints"]
    if not found or found[0].get("State", "").lower() == "deleted":
        raise LookupError(f"{name} does not exist")
    one = found[0]
    return {
        "PolicyDocument": document(one.get("PolicyDocument")),
        "PrivateDnsEnabled": one.get("PrivateDnsEnabled") and one["VpcEndpointType"] != "Gateway",
        "SubnetIds": sorted(one.get("SubnetIds", [])),
        "RouteTableIds": sorted(one.get("RouteTableIds", [])),
        "SecurityGroupIds": sorted(group["GroupId"] for group in one.get("Groups", [])),
    }


def flow_log(call: Call, name: str) -> Properties:
    """Read a flow log."""
    found = call("ec2", "describe_flow_logs", {"FlowLogIds": [name]})["FlowLogs"]
    if not found:
        raise LookupError(f"{name} does not exist")
    return chosen(found[0], "TrafficType", "LogGroupName")


READERS: dict[str, Reader] = {
    "AWS::EC2::FlowLog": flow_log,
    "AWS::EC2::RouteTable": route_table,
    "AWS::EC2::SecurityGroup": security_group,
    "AWS::EC2::Subnet": subnet,
    "AWS::EC2::VPC": vpc,
    "AWS::EC2::VPCEndpoint": vpc_endpoint,
}
