"""Findings about security groups: traffic that no rule let through before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewer.addresses import contains, is_everything, is_public
from reviewer.changes.finding import Finding
from reviewer.sheets.network import peer, ports, security_rules

if TYPE_CHECKING:
    from reviewer.changes.pairs.alike import Alike, SecurityRule
    from reviewer.changes.resource_diff import Revision

_PORTS = re.compile(r"(?P<first>-?\d+|any)(?:-(?P<last>-?\d+|any))?")
_EVERY_PORT = (-1, 65_535)


def security_group_changes(before: Revision, after: Revision, alike: Alike) -> Iterator[Finding]:
    """Yield every rule that lets through what no single rule of its group did before.

    Of a new group only what the internet may reach, and what reaches the internet, is said.
    """
    old, new = _rules(before), _rules(after)
    old |= alike.rules(old)
    fresh = {item.path for item in after.assembly.resources("AWS::EC2::SecurityGroup")}
    fresh -= {item.path for item in before.assembly.resources("AWS::EC2::SecurityGroup")}
    for rule in sorted(new - old):
        if any(_is_within(rule, one) for one in old):
            continue
        group, direction, other, port = rule
        if direction == "in" and is_public(other):
            who = "everybody" if is_everything(other) else f"addresses of the internet, `{other}`,"
            yield _finding("open-to-internet", group, f"{who} may come in: {_words(port)}", other)
        elif group not in fresh and direction == "in":
            yield _finding("ingress-added", group, f"`{other}` may come in: {_words(port)}", other)
        elif group not in fresh or is_public(other):
            yield _finding(
                "egress-added", group, f"`{other}` may be reached: {_words(port)}", other
            )


def _finding(rule: str, at: str, said: str, other: str) -> Finding:
    return Finding(rule, "exposure", at, said, "-", other)


def _words(port: str) -> str:
    return "every protocol and port" if port == "everything" else port


def _rules(side: Revision) -> set[SecurityRule]:
    # A network's own range, which a rule may name by a reference to the network.
    ranges = {
        f"{{{item.path}.CidrBlock}}": str(item.properties.get("CidrBlock", ""))
        for item in side.assembly.resources("AWS::EC2::VPC", "AWS::EC2::Subnet")
    }
    found = (
        (group, direction, peer(group.stack, rule, side.resolver), ports(rule))
        for group, direction, rule in security_rules(side.assembly, side.resolver)
    )
    return {
        (group.path, direction, ranges.get(other, other), port)
        for group, direction, other, port in found
    }


def _is_within(small: SecurityRule, large: SecurityRule) -> bool:
    """Whether one rule lets through nothing that another does not."""
    return (
        small[:2] == large[:2]
        and contains(large[2], small[2])
        and _are_ports_within(small[3], large[3])
    )


def _are_ports_within(small: str, large: str) -> bool:
    if large in ("everything", small):
        return True
    (protocol, first), (other, second) = _parsed(small), _parsed(large)
    if protocol != other or protocol == "everything":
        return False
    return second[0] <= first[0] and first[1] <= second[1]


def _parsed(text: str) -> tuple[str, tuple[int, int]]:
    """Return the protocol and the ports of `tcp 1024-2048`."""
    protocol, _, rest = text.partition(" ")
    found = _PORTS.fullmatch(rest)
    if found is None:
        return text, (1, 0)
    first, last = found["first"], found["last"] or found["first"]
    if "any" in (first, last) or first == "-1":
        return protocol, _EVERY_PORT
    # Of ICMP the first number is a type and the second a code, of which -1 is every one.
    is_message = protocol.startswith("icmp")
    return (f"{protocol} {first}/{last}" if is_message else protocol), (int(first), int(last))
