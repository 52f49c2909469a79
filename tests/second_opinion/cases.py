"""Requests that policies are asked about: each statement's own, and what comes near them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.second_opinion.emulator import ACCOUNT, REGION
from tests.second_opinion.roles import Attached, Policies, Role

Keys = dict[str, list[str]]
_OTHER = "other"
# The one key of these that every request has.
_ALWAYS = "aws:SecureTransport"


@dataclass(frozen=True)
class Case:
    """A request of one caller, with the policies that decide on it."""

    caller: str
    kind: str
    action: str
    resource: str
    keys: Keys
    identity: tuple[str, ...] = ()
    policy: str = ""
    always_decides: bool = False
    account: str = ACCOUNT
    region: str = REGION

    def near(self) -> Iterator[Case]:
        """The request itself, and with each thing changed that a policy may look at."""
        yield self
        yield replace(self, resource=f"{self.resource}-{_OTHER}")
        yield replace(self, resource=f"{_OTHER}-{self.resource}")
        yield replace(self, action=f"{self.action}{_OTHER}")
        yield replace(self, action=self.action.swapcase())
        for key, values in self.keys.items():
            rest = {name: value for name, value in self.keys.items() if name != key}
            if key != _ALWAYS:
                yield replace(self, keys=rest)
            for changed in _changed(values):
                yield replace(self, keys={**rest, key: changed})


def _changed(values: list[str]) -> list[list[str]]:
    """Other values for a key: another truth, a higher and a lower number, another text."""
    one = values[0]
    if one in ("true", "false"):
        return [["false" if one == "true" else "true"]]
    if one.replace(".", "").isdigit() and len(one) < 12:
        return [[str(float(one) + 1)], [str(float(one) - 1)]]
    return [[_OTHER], [*values, _OTHER], [f"{one}-{_OTHER}"], [one.upper()]]


def of_roles(policies: Policies) -> Iterator[Case]:
    """What each statement of each role allows, and near it; and one of each action for others."""
    samples: dict[str, Case] = {}
    for role in policies.roles:
        for name in role.identity:
            for statement in _listed(policies.documents[name]["Statement"]):
                for case in _of_statement(statement):
                    samples.setdefault(case.action, case)
                    yield from _as_role(case, role, policies.attached).near()
    for role in policies.roles:
        for case in samples.values():
            yield _as_role(case, role, policies.attached)


def of_resources(policies: Policies) -> Iterator[Case]:
    """What the policies of resources say to services and to roles, and near it."""
    for attached in policies.attached:
        for statement in _listed(policies.documents[attached.name]["Statement"]):
            yield from _of_resource(statement, attached, policies.roles)


def of_trust(policies: Policies) -> Iterator[Case]:
    """Who may assume each role: the service that it names, as it asks, and near it."""
    services = {one for role in policies.roles for one in _services(policies, role)}
    for role in policies.roles:
        (statement,) = policies.documents[role.trust]["Statement"]
        own = {**statement, "Resource": role.arn}
        for service in sorted(services):
            for case in _of_statement(own):
                asked = replace(case, caller=service, kind="Service", policy=role.trust)
                yield from (one for one in asked.near() if one.resource == role.arn)


def _services(policies: Policies, role: Role) -> list[str]:
    (statement,) = policies.documents[role.trust]["Statement"]
    return _listed(statement["Principal"]["Service"])


def _of_resource(statement: Any, attached: Attached, roles: list[Role]) -> Iterator[Case]:
    principal = statement["Principal"]
    named = principal if isinstance(principal, dict) else {"AWS": principal}
    # Of these nobody needs a grant of its own, so the resource decides alone.
    services = [*_listed(named.get("Service", [])), "other.amazonaws.com"]
    for case in _of_statement({**statement, "Resource": _own(statement, attached)}):
        for service in services:
            asked = replace(case, caller=service, kind="Service", policy=attached.name)
            yield from asked.near()
        for role in roles[:3]:
            yield from _as_role(case, role, [attached]).near()


def _own(statement: Any, attached: Attached) -> list[str]:
    """The resources of a statement; a policy of a key has `*` for the key itself."""
    return [attached.resource if one == "*" else one for one in _listed(statement["Resource"])]


def _as_role(case: Case, role: Role, attached: list[Attached]) -> Case:
    found = next((one for one in attached if _covers(one.resource, case.resource)), None)
    asked = replace(case, caller=role.arn, kind="AWS", identity=role.identity)
    if found is None:
        return asked
    return replace(asked, policy=found.name, always_decides=found.always_decides)


def _covers(owner: str, resource: str) -> bool:
    return resource == owner or resource.startswith(f"{owner}/")


def _of_statement(statement: Any) -> Iterator[Case]:
    for action in _listed(statement["Action"]):
        for resource in _listed(statement["Resource"]):
            keys = _keys(statement.get("Condition", {}))
            yield Case("", "", _plain(action), _plain(resource), keys)


def _keys(block: Any) -> Keys:
    """Context keys with which a condition holds; it is the near ones that break it."""
    found: Keys = {_ALWAYS: ["true"]}
    for operator, pairs in block.items():
        for key, values in pairs.items():
            texts = [_plain(str(one)) for one in _listed(values)]
            if operator == "Null":
                found.setdefault(key, [_OTHER])
            else:
                found[key] = [texts[0].lower() if operator == "Bool" else texts[0]]
    return found


def _plain(pattern: str) -> str:
    """A text that a pattern matches."""
    return pattern.replace("*", "any").replace("?", "a")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
