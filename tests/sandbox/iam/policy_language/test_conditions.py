"""Condition blocks: every operator, absent keys, keys and operators that are not known."""

from typing import Any

import pytest

from sandbox.iam.policy_language.conditions import holds

VALUES: dict[str, Any] = {
    "k": ("Value",),
    "many": ("a", "b"),
    "arn": ("arn:aws:s3:us-east-1:123456789012:x/y",),
    "number": ("10",),
    "time": ("2026-11-30T06:00:00Z",),
    "yes": ("true",),
    "ip": ("10.0.0.7",),
    "team": ("red*",),
    "gone": None,
}


def judged(operator: str, key: str, value: Any, **more: Any) -> bool | None:
    return holds({operator: {key: value}}, VALUES, **more)


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("StringEquals", "K", "Value", True),
        ("StringEquals", "k", "value", False),
        ("StringEquals", "k", "Val*", False),
        ("StringEquals", "k", ["x", "Value"], True),
        ("StringNotEquals", "k", "Value", False),
        ("StringNotEquals", "k", ["x", "Value"], False),
        ("StringNotEquals", "k", "x", True),
        ("StringEqualsIgnoreCase", "k", "VALUE", True),
        ("StringNotEqualsIgnoreCase", "k", "VALUE", False),
        ("StringLike", "k", "V?l*", True),
        ("StringLike", "k", "v*", False),
        ("StringNotLike", "k", "V*", False),
        ("StringNotLike", "k", "x*", True),
        ("ArnEquals", "arn", "arn:aws:s3:*:123456789012:x/*", True),
        ("ArnLike", "arn", "arn:aws:s3:us-*:*:x/y", True),
        ("ArnLike", "arn", "arn:aws:s3:*:x/y", False),
        ("ArnLike", "arn", "*", False),
        ("ArnNotLike", "arn", "arn:aws:sqs:*:*:*", True),
        ("ArnNotEquals", "arn", "arn:aws:s3:*:*:*", False),
        ("NumericEquals", "number", 10, True),
        ("NumericEquals", "number", "10.0", True),
        ("NumericNotEquals", "number", "10", False),
        ("NumericLessThan", "number", "10", False),
        ("NumericLessThan", "number", "11", True),
        ("NumericLessThanEquals", "number", "10", True),
        ("NumericGreaterThan", "number", "9", True),
        ("NumericGreaterThan", "number", "10", False),
        ("NumericGreaterThanEquals", "number", "10", True),
        ("DateEquals", "time", "2026-11-30T06:00:00+00:00", True),
        ("DateNotEquals", "time", "2026-11-30T06:00:00Z", False),
        ("DateLessThan", "time", "2026-12-01", True),
        ("DateGreaterThan", "time", "2026-12-01T00:00:00Z", False),
        ("DateGreaterThanEquals", "time", "0", True),
        ("DateLessThanEquals", "time", "2026-11-30T06:00:00Z", True),
        ("Bool", "yes", "true", True),
        ("Bool", "yes", True, True),
        ("Bool", "yes", "false", False),
        ("BinaryEquals", "k", "Value", True),
        ("IpAddress", "ip", "10.0.0.0/8", True),
        ("IpAddress", "ip", ["192.168.0.0/16", "10.0.0.7"], True),
        ("NotIpAddress", "ip", "10.0.0.0/8", False),
        ("IpAddress", "ip", "::/0", False),
        ("Null", "k", "true", False),
        ("Null", "k", "false", True),
    ],
)
def test_an_operator_compares_as_iam_does(
    operator: str, key: str, value: Any, expected: bool
) -> None:
    assert judged(operator, key, value) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringLike", False),
        ("NumericLessThan", False),
        ("Bool", False),
        ("IpAddress", False),
        ("StringNotEquals", True),
        ("StringNotLike", True),
        ("ArnNotLike", True),
        ("NotIpAddress", True),
        ("StringEqualsIfExists", True),
        ("NumericLessThanEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringEqualsIfExists", False),
        ("ForAnyValue:StringNotEquals", False),
    ],
)
def test_a_key_that_is_absent_fits_only_what_says_so(operator: str, expected: bool) -> None:
    assert judged(operator, "gone", "1") is expected


def test_null_asks_for_absence() -> None:
    assert judged("Null", "gone", "true") is True
    assert judged("Null", "gone", True) is True
    assert judged("Null", "gone", "false") is False


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b", "c"], True),
        ("ForAllValues:StringEquals", ["a"], False),
        ("ForAnyValue:StringEquals", ["a"], True),
        ("ForAnyValue:StringEquals", ["c"], False),
        ("ForAllValues:StringNotEquals", ["a"], False),
        ("ForAllValues:StringNotEquals", ["c"], True),
        ("ForAnyValue:StringNotEquals", ["a"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], False),
        ("StringEquals", ["a", "b"], None),
    ],
)
def test_a_key_of_several_values_needs_a_qualifier(
    operator: str, value: list[str], expected: bool | None
) -> None:
    assert judged(operator, "many", value) is expected


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "unheard:of", "x"),
        ("StringEqualsIfExists", "unheard:of", "x"),
        ("StringNotEquals", "unheard:of", "x"),
        ("Null", "unheard:of", "true"),
        ("StringMatches", "k", "Value"),
        ("stringequals", "k", "Value"),
        ("NumericNotLessThan", "number", "3"),
        ("ForEveryValue:StringEquals", "k", "Value"),
        ("NullIfExists", "k", "true"),
        ("NumericEquals", "number", "ten"),
        ("NumericEquals", "k", "10"),
        ("DateLessThan", "time", "tomorrow"),
        ("Bool", "yes", "maybe"),
        ("IpAddress", "ip", "here"),
    ],
)
def test_what_is_not_known_is_neither_true_nor_false(operator: str, key: str, value: Any) -> None:
    assert judged(operator, key, value) is None


def test_all_conditions_must_hold_and_a_false_one_decides() -> None:
    good, bad = {"StringEquals": {"k": "Value"}}, {"Bool": {"yes": "false"}}
    unknown = {"StringLike": {"unheard:of": "x"}}

    assert holds({}, VALUES) is True
    assert holds({**good, **bad}, VALUES) is False
    assert holds({"StringEquals": {"k": "Value", "ip": "x"}}, VALUES) is False
    assert holds({**good, **unknown}, VALUES) is None
    assert holds({**unknown, **bad}, VALUES) is False


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("${k}", True),
        ("V${*}", False),
        ("Val${gone, 'ue'}", True),
        ("${gone}", None),
        ("${unheard:of}", None),
        ("${many}", None),
        ("${gone, ue}", None),
    ],
)
def test_a_policy_variable_has_the_value_of_its_key(pattern: str, expected: bool | None) -> None:
    assert judged("StringLike", "k", pattern) is expected


def test_a_variables_value_brings_no_wildcard_along_and_old_policies_have_no_variables() -> None:
    assert holds({"StringLike": {"team": "${team}"}}, VALUES) is True
    assert holds({"StringLike": {"k": "${team}"}}, {**VALUES, "k": ("redder",)}) is False
    assert judged("StringEquals", "k", "${k}", has_variables=False) is False
    assert holds({"StringEquals": {"star": "${*}"}}, {"star": ("*",)}) is True
    assert holds({"StringEquals": {"dollar": "${$}"}}, {"dollar": ("$",)}) is True
