"""`network.md`: what is inside a network of ours, what may come in, and what may go out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cfn.catalogue import row
from cfn.values import mapping, mappings
from reviewer.addresses import is_public, is_range
from reviewer.jobs import jobs
from reviewer.markdown import code, counted, page, table
from reviewer.resolver import Resolver

if TYPE_CHECKING:
    from reviewer.assembly import Assembly, Resource

_ISOLATED = "none: isolated"
_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})


def network(assembly: Assembly, resolver: Resolver) -> str:
    """The whole sheet."""
    return page(
        f"Network of {assembly.stage}",
        [*_summary(assembly), ""],
        ["## Who runs where", ""],
        table(["what", "network", "internet"], _residents(assembly, resolver)),
        *_networks(assembly, resolver),
        ["## Security groups", ""] if list(assembly.resources("AWS::EC2::SecurityGroup")) else [],
        table(["group", "direction", "with", "ports"], _rules(assembly, resolver)),
    )


def _summary(assembly: Assembly) -> Iterator[str]:
    networks = list(assembly.resources("AWS::EC2::VPC"))
    ways, joined = _ways(assembly), _joined(assembly)
    if not networks:
        yield "No network of its own: machines run in networks that SageMaker and CodeBuild manage."
    elif ways:
        number = counted(len(ways), "way")
        yield f"{counted(len(networks), 'network')} with {number} to the internet."
    elif joined:
        number = counted(len(joined), "way")
        yield f"{counted(len(networks), 'network')} with {number} to other networks, and what lies"
        yield "behind those is not in these templates."
    else:
        yield f"{counted(len(networks), 'network')} without any route to or from the internet."


def _ways(assembly: Assembly) -> list[Resource]:
    """What leads to the internet, and the routes that may."""
    found = [item for item in assembly.resources() if row(item.type).leads_to_internet]
    return found + [item for item in assembly.resources("AWS::EC2::Route") if _is_public(item)]


def _joined(assembly: Assembly) -> list[Resource]:
    return [item for item in assembly.resources() if _joins_networks(item)]


def _reach_of_network(assembly: Assembly) -> str:
    """What is proved of the way to the internet of whatever lies in our network."""
    if not list(assembly.resources("AWS::EC2::VPC")):
        return "as that network allows, which is not in these templates"
    return "**as its routes say**" if _ways(assembly) or _joined(assembly) else "none"


def _is_public(route: Resource) -> bool:
    """Whether a route reaches the internet, or addresses that a list or a function names."""
    goal = _goal(route)
    return is_public(goal) or not is_range(goal)


def _joins_networks(item: Resource) -> bool:
    names = ("TransitGateway", "VPCPeering", "VPN", "ClientVpn", "CoreNetwork", "VpcAttachment")
    return item.type.startswith(("AWS::EC2::", "AWS::NetworkManager::")) and any(
        name in item.type for name in names
    )


def _goal(route: Resource) -> str:
    names = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    return next((str(route.properties[name]) for name in names if name in route.properties), "?")


def _residents(assembly: Assembly, resolver: Resolver) -> Iterator[tuple[str, str, str]]:
    inside_reach = _reach_of_network(assembly)
    for item in sorted(assembly.resources(), key=lambda one: one.path):
        match item.type:
            case "AWS::SageMaker::Model":
                inside = "VpcConfig" in item.properties
                reach = inside_reach if inside else "out only"
                if item.properties.get("EnableNetworkIsolation") is True:
                    reach = _ISOLATED
                yield code(item.path), _home(inside), reach
            case "AWS::SageMaker::NotebookInstance":
                inside = "SubnetId" in item.properties
                shut = item.properties.get("DirectInternetAccess") == "Disabled"
                reach = inside_reach if inside else "none"
                yield code(item.path), _home(inside), reach if shut else "**direct**"
            case "AWS::CodeBuild::Project":
                inside = "VpcConfig" in item.properties
                yield code(item.path), _home(inside), inside_reach if inside else "out only"
            case "AWS::StepFunctions::StateMachine":
                for job in jobs(item, resolver):
                    reach = inside_reach if job.is_in_vpc else "out only"
                    where = code(f"{item.path}: {job.state}")
                    yield where, _home(job.is_in_vpc), _ISOLATED if job.is_isolated else reach


def _home(inside: bool) -> str:
    return "ours" if inside else "managed by AWS"


def _networks(assembly: Assembly, resolver: Resolver) -> Iterator[list[str]]:
    for vpc in assembly.resources("AWS::EC2::VPC"):
        yield [
            f"## {vpc.path}",
            "",
            f"Addresses: {code(str(vpc.properties.get('CidrBlock', 'given later')))}.",
            "",
        ]
        yield table(
            ["subnet", "zone", "addresses", "public addresses"], _subnets(assembly, resolver)
        )
    routes = [_route(item, resolver) for item in assembly.resources("AWS::EC2::Route")]
    yield table(["route", "to", "by"], routes)
    yield table(["endpoint", "service", "kind", "who may use it"], _endpoints(assembly, resolver))


def _subnets(assembly: Assembly, resolver: Resolver) -> Iterator[tuple[str, str, str, str]]:
    for item in assembly.resources("AWS::EC2::Subnet"):
        public = item.properties.get("MapPublicIpOnLaunch") is True
        yield (
            code(item.path),
            resolver.text(item.stack, item.properties.get("AvailabilityZone", "any")),
            code(resolver.text(item.stack, item.properties.get("CidrBlock", "any"))),
            "**given**" if public else "none",
        )


def _route(item: Resource, resolver: Resolver) -> tuple[str, str, str]:
    by = next((key for key in item.properties if key.endswith(("GatewayId", "InstanceId"))), "")
    goal = _goal(item)
    return (
        code(item.path),
        code(goal),
        code(resolver.text(item.stack, item.properties.get(by, "?"))),
    )


def _endpoints(assembly: Assembly, resolver: Resolver) -> Iterator[tuple[str, str, str, str]]:
    for item in assembly.resources("AWS::EC2::VPCEndpoint"):
        service = resolver.text(item.stack, item.properties.get("ServiceName", "any"))
        kind = str(item.properties.get("VpcEndpointType", "Gateway")).lower()
        policy = item.properties.get("PolicyDocument")
        yield code(item.path), code(service.split(".", 3)[-1]), kind, _admitted(policy)


def _admitted(policy: Any) -> str:
    if policy is None:
        return "**everybody inside, for everything**"
    found = list(mappings(mapping(policy).get("Statement")))
    if not found:
        return "**as `iam.md` says**"
    names = [str(one.get("Sid", "")) for one in found]
    limited = all(one.get("Condition") or one.get("Resource") != "*" for one in found)
    return ("" if limited else "**everybody**: ") + ", ".join(name for name in names if name)


def _rules(assembly: Assembly, resolver: Resolver) -> Iterator[tuple[str, str, str, str]]:
    for group, direction, rule in security_rules(assembly, resolver):
        other = peer(group.stack, rule, resolver)
        shown = f"**{other}**" if other in _ANYWHERE and direction == "in" else code(other)
        yield code(group.path), direction, shown, ports(rule)


def security_rules(
    assembly: Assembly, resolver: Resolver
) -> Iterator[tuple[Resource, str, dict[str, Any]]]:
    """Every rule with its group and direction; those that let nothing through are left out."""
    found: list[tuple[Resource, str, dict[str, Any]]] = []
    for item in assembly.resources("AWS::EC2::SecurityGroup"):
        if not item.properties.get("SecurityGroupEgress"):
            # Without any rule EC2 lets everything out.
            found.append((item, "out", {"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}))
        for key, direction in (("SecurityGroupIngress", "in"), ("SecurityGroupEgress", "out")):
            found += [(item, direction, rule) for rule in mappings(item.properties.get(key))]
    for kind, direction in (("Ingress", "in"), ("Egress", "out")):
        for item in assembly.resources(f"AWS::EC2::SecurityGroup{kind}"):
            group = resolver.target(item.stack, item.properties.get("GroupId"))
            found.append((group or item, direction, item.properties))
    # The CDK writes "nothing goes out" as a rule about the broadcast address.
    return iter([one for one in found if one[2].get("CidrIp") != "255.255.255.255/32"])


def peer(stack: str, rule: dict[str, Any], resolver: Resolver) -> str:
    """Whom a rule lets through."""
    names = ("CidrIp", "CidrIpv6", "SourceSecurityGroupId", "DestinationSecurityGroupId")
    prefixes = ("SourcePrefixListId", "DestinationPrefixListId")
    for key in (*names, *prefixes):
        if key in rule:
            # A group of another account has its number beside it.
            owner = rule.get("SourceSecurityGroupOwnerId")
            of = f" of {resolver.text(stack, owner)}" if owner and "Group" in key else ""
            return resolver.text(stack, rule[key]) + of
    return "0.0.0.0/0"


def ports(rule: dict[str, Any]) -> str:
    """`tcp 443`, `tcp 1024-2048`, `everything`."""
    protocol = str(rule.get("IpProtocol", "-1"))
    if protocol == "-1":
        return "everything"
    first, last = rule.get("FromPort", "any"), rule.get("ToPort", "any")
    return f"{protocol} {first}" if first == last else f"{protocol} {first}-{last}"
