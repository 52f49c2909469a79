"""Conditions of IAM: whether every request that meets some of them meets another one, too.

What an operator does with several values, and when a key is missing:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network

from reviewer.changes.access.patterns import includes

Condition = tuple[str, str, tuple[str, ...]]

_SETS = ("ForAllValues:", "ForAnyValue:")
_IF_EXISTS = "IfExists"
# An operator that refuses what its opposite takes: it holds where the key is missing, too.
_OPPOSITES = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
# Keys that say who asks, or for which resource: a condition about one of them keeps strangers out.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_CONFINING = frozenset(
    f"aws:{name}"
    for name in (
        "principalaccount",
        "principalarn",
        "principalorgid",
        "principalorgpaths",
        "sourceaccount",
        "sourcearn",
        "sourceorgid",
        "sourceorgpaths",
        "sourceowner",
        "sourcevpc",
        "sourcevpce",
        "vpcesourceaccount",
        "vpcesourceorgid",
        "userid",
    )
) | {"kms:calleraccount"}
_CONFINING_OPERATORS = ("StringEquals", "StringLike", "ArnEquals", "ArnLike")


@dataclass(frozen=True)
class _Operator:
    """An operator in its parts, as in `ForAnyValue:StringLikeIfExists`."""

    over: str
    name: str
    if_exists: bool

    @property
    def opposite(self) -> str:
        return _OPPOSITES.get(self.name, "")

    @property
    def is_false_without_key(self) -> bool:
        is_true = self.over == _SETS[0] or self.if_exists or self.name == "Null"
        return not (is_true or self.opposite)


def is_implied(condition: Condition, others: Sequence[Condition]) -> bool:
    """Whether every request that meets all of `others` meets `condition`."""
    return any(_implies(other, condition) for other in others)


def is_confined(conditions: Sequence[Condition]) -> bool:
    """Whether conditions let only those through who belong to something that is named."""
    for name, key, values in conditions:
        operator = _parsed(name)
        if key.lower() not in _CONFINING or operator.if_exists or operator.over == _SETS[0]:
            continue
        if operator.name in _CONFINING_OPERATORS and all(_is_named(value) for value in values):
            return True
    return False


def _is_named(value: str) -> bool:
    """Whether a value names somebody: `*`, `arn:aws:iam::*:role/x` and `o-*` name nobody."""
    if value.startswith("arn:"):
        parts = value.split(":")
        account = parts[4] if len(parts) > 4 else "*"
        # A bucket's ARN has no account, and names the bucket.
        return "*" not in account if account else "*" not in parts[-1].split("/")[0]
    return not any(wildcard in value.split("/")[0] for wildcard in "*?")


def _implies(given: Condition, wanted: Condition) -> bool:
    if given[1].lower() != wanted[1].lower():
        return False
    one, other = _parsed(given[0]), _parsed(wanted[0])
    if one == other and set(given[2]) == set(wanted[2]):
        return True
    if other.name == "Null":
        return one.is_false_without_key and wanted[2] == ("false",)
    if one.over != other.over or bool(one.opposite) != bool(other.opposite):
        return False
    if other.opposite:
        # To refuse more is to let less through.
        return not one.over and _is_within(other.opposite, wanted[2], one.opposite, given[2])
    is_looser = one.if_exists and not other.if_exists
    return not is_looser and _is_within(one.name, given[2], other.name, wanted[2])


def _parsed(operator: str) -> _Operator:
    over = next((one for one in _SETS if operator.startswith(one)), "")
    name = operator.removeprefix(over)
    return _Operator(over, name.removesuffix(_IF_EXISTS), name.endswith(_IF_EXISTS))


def _is_within(one: str, narrow: Sequence[str], other: str, wide: Sequence[str]) -> bool:
    """Whether each value that `one` takes of `narrow` is one that `other` takes of `wide`."""
    for names, test in _FAMILIES.items():
        if one in names and other in names:
            return all(any(test(one, value, other, limit) for limit in wide) for value in narrow)
    return False


def _is_text_within(one: str, value: str, other: str, limit: str) -> bool:
    if other == "StringEquals":
        is_literal = one == "StringEquals" or not any(wildcard in value for wildcard in "*?")
        return value == limit and is_literal and one != "StringEqualsIgnoreCase"
    if other == "StringEqualsIgnoreCase":
        is_literal = one.startswith("StringEquals") or not any(w in value for w in "*?")
        return value.lower() == limit.lower() and is_literal
    return one != "StringEqualsIgnoreCase" and includes(limit, value)


def _is_address_within(one: str, value: str, other: str, limit: str) -> bool:
    try:
        return _holds(limit, value)
    except (ValueError, TypeError):
        return value == limit


def _holds(large: str, small: str) -> bool:
    outer, inner = ip_network(large, strict=False), ip_network(small, strict=False)
    if outer.version != inner.version:
        return False
    return outer.supernet_of(inner)  # type: ignore[arg-type] # both are of one version


def _is_truth_within(one: str, value: str, other: str, limit: str) -> bool:
    return value.lower() == limit.lower()


def _is_range_within(one: str, value: str, other: str, limit: str) -> bool:
    measure = _number if one.startswith("Numeric") else _moment
    given, bound = measure(value), measure(limit)
    if given is None or bound is None:
        return value == limit and one == other
    inner, outer = _range(one, given), _range(other, bound)
    return outer[0] <= inner[0] and inner[1] <= outer[1]


# A bound with a side: what is just below a number is less than the number itself.
_Bound = tuple[float, int]


def _range(operator: str, number: float) -> tuple[_Bound, _Bound]:
    lowest, highest = (float("-inf"), 0), (float("inf"), 0)
    for ending, (low, high) in {
        "LessThanEquals": (lowest, (number, 0)),
        "LessThan": (lowest, (number, -1)),
        "GreaterThanEquals": ((number, 0), highest),
        "GreaterThan": ((number, 1), highest),
    }.items():
        if operator.endswith(ending):
            return low, high
    return (number, 0), (number, 0)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _moment(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _number(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


_ENDINGS = ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_FAMILIES: Mapping[tuple[str, ...], Callable[[str, str, str, str], bool]] = {
    # "ArnEquals and ArnLike behave identically": both read wildcards.
    (
        "StringEquals",
        "StringLike",
        "StringEqualsIgnoreCase",
        "ArnEquals",
        "ArnLike",
    ): _is_text_within,
    ("IpAddress",): _is_address_within,
    ("Bool",): _is_truth_within,
    tuple(f"Numeric{ending}" for ending in _ENDINGS): _is_range_within,
    tuple(f"Date{ending}" for ending in _ENDINGS): _is_range_within,
}
