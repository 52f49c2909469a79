"""What can be reached from where: buckets, security groups, networks, notebooks."""

from collections.abc import Iterator
from typing import Any

from reviewer.assembly import Resource
from reviewer.changes.finding import Finding
from reviewer.changes.pairs import Pair, Revision
from reviewer.sheets.network import peer, ports, security_rules

_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
# What a bucket gains with it: somebody else who gets its objects.
_SHARED = {
    "CorsConfiguration": ("cors-added", "pages of other sites may read it"),
    "ReplicationConfiguration": ("replicated-elsewhere", "its objects are copied elsewhere"),
    "WebsiteConfiguration": ("website", "it is served as a website"),
}
_WAYS_OUT = {
    "AWS::IAM::AccessKey": "a key that never ends",
    "AWS::IAM::Group": "a group of people with stored keys",
    "AWS::IAM::User": "a user with stored keys",
    "AWS::Lambda::Permission": "somebody who may call a function",
    "AWS::EC2::EIP": "a public address",
    "AWS::EC2::InternetGateway": "a gateway to the internet",
    "AWS::EC2::NatGateway": "a way out to the internet",
    "AWS::EC2::TransitGatewayAttachment": "a way into other networks",
    "AWS::EC2::VPCPeeringConnection": "a way into another network",
    "AWS::Lambda::Url": "an address on the internet",
}
# Property, safe value, what the other value means.
_SWITCHES: dict[str, tuple[tuple[str, Any, str, str], ...]] = {
    "AWS::EC2::Subnet": (
        ("MapPublicIpOnLaunch", False, "public-address", "machines get public addresses"),
    ),
    "AWS::SageMaker::NotebookInstance": (
        ("DirectInternetAccess", "Disabled", "direct-internet", "reaches the internet directly"),
        ("RootAccess", "Disabled", "root-access", "its users may become root"),
    ),
    "AWS::SageMaker::Model": (
        ("EnableNetworkIsolation", True, "isolation-off", "the container may reach the network"),
    ),
    "AWS::EC2::VPCEndpoint": (
        ("PrivateDnsEnabled", True, "private-dns-off", "names lead past the endpoint"),
    ),
    "AWS::ECR::Repository": (
        ("ImageTagMutability", "IMMUTABLE", "mutable-tags", "an image may change under its tag"),
        (
            "ImageScanningConfiguration/ScanOnPush",
            True,
            "scan-off",
            "images are not scanned when pushed",
        ),
    ),
    "AWS::CodeBuild::Project": (
        ("Environment/PrivilegedMode", False, "privileged-build", "builds run privileged"),
    ),
}


def exposure_changes(before: Revision, after: Revision, found: list[Pair]) -> Iterator[Finding]:
    """Everything that opens a way in or out."""
    for pair in found:
        if pair.after is None:
            continue
        if pair.before is None and pair.type in _WAYS_OUT:
            yield _finding("way-out-added", pair.path, f"{_WAYS_OUT[pair.type]} is added")
        if pair.type == "AWS::EC2::Route":
            yield from _route(pair)
        yield from _switches(pair)
        if pair.type == "AWS::S3::Bucket":
            yield from _bucket(pair)
        if pair.stays:
            yield from _moved_out(pair)
    yield from _security_groups(before, after)


def _finding(rule: str, at: str, said: str, before: str = "", after: str = "") -> Finding:
    return Finding(rule, "exposure", at, said, before, after)


def _switches(pair: Pair) -> Iterator[Finding]:
    for path, safe, rule, said in _SWITCHES.get(pair.type, ()):
        old, new = pair.both(path)
        was_safe = old == safe or (old is None and safe is False)
        is_safe = new == safe or (new is None and safe is False)
        if was_safe and not is_safe and pair.before is not None:
            yield _finding(rule, pair.path, said, str(old), str(new))


def _bucket(pair: Pair) -> Iterator[Finding]:
    old, new = pair.both("PublicAccessBlockConfiguration")
    shut = {key for key, value in (old or {}).items() if value is True}
    still = {key for key, value in (new or {}).items() if value is True}
    if pair.before is None and len(still) < 4:
        yield _finding("public-access-block-off", pair.path, "a new bucket that may be public")
    elif lost := sorted(shut - still):
        said = f"public access is no longer blocked: {', '.join(lost)}"
        yield _finding("public-access-block-off", pair.path, said, "blocked", "open")
    for key, (rule, said) in _SHARED.items():
        was, now = pair.both(key)
        if now and not was:
            yield _finding(rule, pair.path, said, "-", "there")
    if (acl := pair.both("AccessControl"))[0] != acl[1] and str(acl[1]).startswith("Public"):
        yield _finding("public-acl", pair.path, "anybody may read or write", str(acl[0]), acl[1])


def _route(pair: Pair) -> Iterator[Finding]:
    old, new = pair.both("DestinationCidrBlock")
    if new in _ANYWHERE and (old != new or pair.before is None):
        yield _finding("route-to-internet", pair.path, f"a route to {new} is added")


def _moved_out(pair: Pair) -> Iterator[Finding]:
    for path in ("VpcConfig", "SubnetId"):
        old, new = pair.both(path)
        if old and not new:
            yield _finding(
                "left-network", pair.path, "no longer runs in our network", "inside", "-"
            )
    if pair.type == "AWS::EC2::VPCEndpoint" and _policy(pair.before) and not _policy(pair.after):
        said = "everybody inside may use it for everything"
        yield _finding("endpoint-policy-removed", pair.path, said, "limited", "-")
    if pair.both("PermissionsBoundary")[0] and not pair.both("PermissionsBoundary")[1]:
        said = "nothing bounds its permissions any more"
        yield _finding("boundary-removed", pair.path, said, "bounded", "-")
    for path, (was, now) in pair.changed.items():
        if path.endswith("/EnableNetworkIsolation") and was is True and now is not True:
            state = path.split("/")[2] if path.startswith("DefinitionString") else path
            yield _finding("isolation-off", pair.path, f"{state}: the job may reach the network")


def _policy(item: Resource | None) -> object:
    return None if item is None else item.properties.get("PolicyDocument")


def _security_groups(before: Revision, after: Revision) -> Iterator[Finding]:
    old, new = _rules(before), _rules(after)
    groups = {item.path for item in before.assembly.resources("AWS::EC2::SecurityGroup")}
    for rule in sorted(new - old):
        group, direction, other, port = rule
        if other in _ANYWHERE and direction == "in":
            yield _finding("open-to-internet", group, f"everybody may come in: {port}", "-", other)
        elif group in groups:
            word = "may come in" if direction == "in" else "may be reached"
            name = "ingress-added" if direction == "in" else "egress-added"
            yield _finding(name, group, f"`{other}` {word}: {port}", "-", other)


def _rules(side: Revision) -> set[tuple[str, str, str, str]]:
    return {
        (group.path, direction, peer(group.stack, rule, side.speller), ports(rule))
        for group, direction, rule in security_rules(side.assembly, side.speller)
    }
