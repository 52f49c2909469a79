"""Statements of IAM policies: whether one applies to a request, and whom it names.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sandbox.iam.policy_language import conditions, wildcards

_VERSION = "2012-10-17"


@dataclass(frozen=True)
class Principal:
    """Who asks: a role or root by its ARN, or a service or identity provider by its name.

    `session` is the ARN of the role's session, where there is one.
    """

    name: str
    kind: str = "AWS"
    session: str = ""

    @property
    def account(self) -> str:
        """The principal's account; none of a service."""
        is_arn = self.kind == "AWS" and self.name.count(":") > 4
        return self.name.split(":")[4] if is_arn else ""

    @property
    def is_root(self) -> bool:
        """Whether it is a person here: the account itself, which needs no policy of its own."""
        return self.kind == "AWS" and self.name.endswith(":root")


@dataclass(frozen=True)
class Request:
    """One action that somebody asks for; one of `resources` must be allowed.

    Without resources the request does not name them, and every pattern fits.
    """

    principal: Principal
    action: str
    resources: tuple[str, ...]
    values: conditions.Values


@dataclass(frozen=True)
class Statement:
    """One statement of a policy."""

    document: dict[str, Any]
    has_variables: bool

    @property
    def is_deny(self) -> bool:
        """Whether it denies."""
        return str(self.document["Effect"]) == "Deny"

    def applies(self, request: Request) -> bool | None:
        """Tell whether it covers the request, principal aside; None where that is not known."""
        if not self._names("Action", (request.action,), request.values):
            return False
        try:
            covered = not request.resources or self._covers(request)
        except wildcards.Unresolved:
            return None
        if not covered:
            return False
        block = self.document.get("Condition") or {}
        return conditions.holds(block, request.values, has_variables=self.has_variables)

    def admits(self, principal: Principal) -> str:
        """Return `itself` or `account` for how it names the principal, or nothing.

        A statement that names the account leaves it to the account's own policies.
        """
        named = self.document.get("Principal")
        if named is None:
            return ""
        if named == "*":
            # A token comes from a provider that the role has to name.
            return "" if principal.kind == "Federated" else "itself"
        wanted = _listed(named.get(principal.kind, []))
        if principal.kind != "AWS":
            return "itself" if principal.name in wanted else ""
        if "*" in wanted or {principal.name, principal.session} & set(wanted):
            return "itself"
        root = f"arn:aws:iam::{principal.account}:root"
        return "account" if {root, principal.account} & set(wanted) else ""

    def excludes(self, principal: Principal) -> bool:
        """Tell whether a Deny is meant for the principal; NotPrincipal names who is spared.

        With `*`, also as {"AWS": "*"}, it is meant for services too.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
        """
        spared = self.document.get("NotPrincipal")
        if spared is None:
            named = self.document.get("Principal")
            every = isinstance(named, dict) and "*" in _listed(named.get("AWS", []))
            return every or bool(self.admits(principal))
        names = _listed(spared.get(principal.kind, [])) if isinstance(spared, dict) else ["*"]
        return not {principal.name, principal.session, "*"} & set(names)

    def _covers(self, request: Request) -> bool:
        if "Resource" not in self.document and "NotResource" not in self.document:
            return True
        return self._names("Resource", request.resources, request.values)

    def _names(self, element: str, texts: Iterable[str], values: conditions.Values) -> bool:
        """Tell whether Action or Resource, or their opposites, name one of `texts`."""
        is_opposite = element not in self.document
        patterns = [
            wildcards.resolve(str(one), values, has_variables=self.has_variables)
            for one in _listed(self.document["Not" + element if is_opposite else element])
        ]
        found = any(wildcards.matches_any_case(one, text) for one in patterns for text in texts)
        return found is not is_opposite


def parse(document: Any) -> tuple[Statement, ...]:
    """Return the statements of a policy document, a dictionary or its JSON."""
    return _parse(document if isinstance(document, str) else json.dumps(document))


@lru_cache(maxsize=2048)
def _parse(text: str) -> tuple[Statement, ...]:
    document = json.loads(text) or {}
    has_variables = document.get("Version") == _VERSION
    rows = _listed(document.get("Statement", []))
    return tuple(Statement(row, has_variables) for row in rows)


def is_denied(statements: Iterable[Statement], request: Request, *, names: bool = False) -> bool:
    """Tell whether a Deny applies, or may: one whose condition is not known counts.

    With `names` it has to name the principal, as the policy of a resource does.
    """
    return any(
        one.is_deny
        and (not names or one.excludes(request.principal))
        and one.applies(request) is not False
        for one in statements
    )


def is_allowed(statements: Iterable[Statement], request: Request) -> bool:
    """Tell whether an Allow applies; one whose condition is not known does not."""
    return any(not one.is_deny and one.applies(request) is True for one in statements)


def admission(statements: Iterable[Statement], request: Request) -> str:
    """Return how a resource's policy allows the request: `itself`, `account`, or not at all."""
    found = {
        one.admits(request.principal)
        for one in statements
        if not one.is_deny and one.applies(request) is True
    }
    return "itself" if "itself" in found else "account" if "account" in found else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
