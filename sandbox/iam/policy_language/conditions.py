"""Condition blocks of IAM policies: operators, set qualifiers and policy variables.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
No library for Python evaluates them: policy-sentry, parliament and iam-policy-validator read
policies without a request, moto compares StringEquals and StringLike of trust policies only.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sandbox.iam.policy_language import wildcards

if TYPE_CHECKING:
    from sandbox.state.stores import Document

Values = Mapping[str, tuple[str, ...] | None]
"""Values of context keys in lower case; none at all where a key is known to be absent."""

Comparison = Callable[[str, str], bool]


class Unknown(Exception):
    """A condition that cannot be judged here: its operator, key, value or variable is unknown."""


def holds(block: Document, values: Values, *, has_variables: bool = True) -> bool | None:
    """Tell whether every condition of `block` holds; None where one cannot be judged.

    None is no: an Allow must not count then, and a Deny must. One that is false decides before.
    """
    verdicts: list[bool | None] = []
    for operator, pairs in block.items():
        for key, wanted in pairs.items():
            try:
                listed = wanted if isinstance(wanted, list) else [wanted]
                texts = [_text(one) for one in listed]
                verdicts.append(_holds(operator, key, texts, values, has_variables))
            except (Unknown, wildcards.Unresolved):
                verdicts.append(None)
    if False in verdicts:
        return False
    return None if None in verdicts else True


def find(key: str, values: Values) -> tuple[str, ...]:
    """Return the values of a key, none when it is absent; raises Unknown for a key not known."""
    try:
        return values[key.lower()] or ()
    except KeyError:
        raise Unknown(key) from None


def _holds(operator: str, key: str, wanted: list[str], values: Values, has_variables: bool) -> bool:
    qualifier, _, name = operator.rpartition(":")
    given = find(key, values)
    if operator == "Null":
        return all(_boolean(one) is (not given) for one in wanted)
    base = name.removesuffix("IfExists")
    compare, is_negated, takes_patterns = _operator(base)
    if qualifier not in ("", "ForAllValues", "ForAnyValue"):
        raise Unknown(operator)
    if not given:
        return _holds_without(qualifier, is_negated, is_optional=base != name)
    if takes_patterns:
        wanted = [wildcards.resolve(one, values, has_variables=has_variables) for one in wanted]

    def fits(value: str) -> bool:
        return any(compare(one, value) for one in wanted) is not is_negated

    if qualifier == "ForAllValues":
        return all(fits(value) for value in given)
    if qualifier == "" and len(given) > 1:
        # AWS leaves open what an operator for one value makes of several.
        raise Unknown(key)
    return any(fits(value) for value in given)


def _holds_without(qualifier: str, is_negated: bool, *, is_optional: bool) -> bool:
    """Tell what a condition says of a key that is absent.

    ForAnyValue is false even then, with IfExists, too: https://repost.aws/questions/
    QU9HFmDzP0QGuU-fd7rS6B7w/foranyvalue-stringequalsifexists-behaving-unexpectedly
    """
    if qualifier == "ForAnyValue":
        return False
    return is_optional or is_negated or qualifier == "ForAllValues"


@lru_cache(maxsize=128)
def _operator(name: str) -> tuple[Comparison, bool, bool]:
    """Return how an operator compares, whether it is negated, whether it takes patterns."""
    if name in _NEGATED:
        compare, _, takes_patterns = _operator(_NEGATED[name])
        return compare, True, takes_patterns
    if name in _COMPARISONS:
        return _COMPARISONS[name], False, name.startswith(("String", "Arn"))
    for kind, read in (("Numeric", _number), ("Date", _moment)):
        order = _ORDERS.get(name.removeprefix(kind))
        if name.startswith(kind) and order is not None:
            return _ordered(read, order), False, False
    raise Unknown(name)


def _ordered(read: Callable[[str], Any], order: Callable[[Any, Any], bool]) -> Comparison:
    return lambda wanted, value: order(read(value), read(wanted))


def _arn(wanted: str, value: str) -> bool:
    """Compare ARNs part by part: no wildcard reaches over a colon of the first five.

    ArnEquals takes wildcards as ArnLike does.
    """
    patterns, parts = wanted.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) == 6 and all(
        wildcards.matches(pattern, part) for pattern, part in zip(patterns, parts, strict=True)
    )


def _in_network(wanted: str, value: str) -> bool:
    try:
        network = ipaddress.ip_network(wanted, strict=False)
        address = ipaddress.ip_address(value)
    except ValueError:
        raise Unknown(wanted) from None
    return address.version == network.version and address in network


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Unknown(text) from None


def _moment(text: str) -> float:
    """Return epoch seconds of an ISO 8601 time, or of epoch seconds."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unknown(text) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise Unknown(text)
    return text.lower() == "true"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_COMPARISONS: dict[str, Comparison] = {
    "StringEquals": lambda wanted, value: wildcards.plain(wanted) == value,
    "StringEqualsIgnoreCase": lambda wanted, value: (
        wildcards.plain(wanted).casefold() == value.casefold()
    ),
    "StringLike": wildcards.matches,
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": lambda wanted, value: _boolean(wanted) is _boolean(value),
    "BinaryEquals": lambda wanted, value: wanted == value,
    "IpAddress": _in_network,
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda value, wanted: value == wanted,
    "LessThan": lambda value, wanted: value < wanted,
    "LessThanEquals": lambda value, wanted: value <= wanted,
    "GreaterThan": lambda value, wanted: value > wanted,
    "GreaterThanEquals": lambda value, wanted: value >= wanted,
}
