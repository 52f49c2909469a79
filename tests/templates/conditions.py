"""Conditions of IAM policies, evaluated against one request as IAM does it."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

Request = Mapping[str, Any]
"""Condition keys and their values; a key that a request does not have is absent."""


def holds(conditions: Mapping[str, Mapping[str, Any]], request: Request) -> bool:
    """Whether every operator holds for every one of its keys."""
    return all(
        _compare(operator, wanted, request.get(key))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _compare(operator: str, wanted: Any, given: Any) -> bool:
    expected = wanted if isinstance(wanted, list) else [wanted]
    match operator:
        case "Null":
            return bool((given is None) == (wanted == "true"))
        case "ForAllValues:StringEquals":
            return all(value in expected for value in given or [])
        case "NumericLessThanEqualsIfExists":
            return given is None or float(given) <= float(wanted)
        case "NumericLessThanEquals":
            return given is not None and float(given) <= float(wanted)
        case "ArnEquals" | "StringEquals" | "Bool":
            return bool(given in expected)
        case "StringLike":
            return given is not None and any(fnmatchcase(str(given), one) for one in expected)
        case _:
            raise AssertionError(f"no test needed {operator} yet")
