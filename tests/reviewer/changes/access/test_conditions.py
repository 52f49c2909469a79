"""A condition is implied only when every request that meets the others meets it, too."""

import pytest

from reviewer.changes.access.conditions import is_confined, is_implied
from reviewer.changes.access.patterns import includes

LIKE, EQUALS, ARN = "StringLike", "StringEquals", "aws:SourceArn"


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ((LIKE, ["data/*"]), (LIKE, ["data/a*"])),
        ((LIKE, ["data/*"]), (EQUALS, ["data/a", "data/b"])),
        ((EQUALS, ["a", "b"]), (EQUALS, ["b"])),
        (("StringEqualsIgnoreCase", ["A"]), (EQUALS, ["a"])),
        (("ArnLike", ["arn:aws:s3:::*"]), (EQUALS, ["arn:aws:s3:::data"])),
        (("StringNotEquals", ["a"]), ("StringNotEquals", ["a", "b"])),
        (("StringNotEquals", ["a"]), ("StringNotLike", ["a*"])),
        (("StringEqualsIfExists", ["a"]), (EQUALS, ["a"])),
        (("IpAddress", ["10.0.0.0/8"]), ("IpAddress", ["10.1.0.0/16"])),
        (("IpAddress", ["10.0.0.0/8", "::1/128"]), ("IpAddress", ["::1/128"])),
        (("NotIpAddress", ["10.1.0.0/16"]), ("NotIpAddress", ["10.0.0.0/8"])),
        (("NumericLessThan", ["3600"]), ("NumericLessThan", ["60"])),
        (("NumericLessThan", ["3600"]), ("NumericLessThanEquals", ["3599"])),
        (("NumericLessThanEquals", ["3600"]), ("NumericLessThan", ["3600"])),
        (("NumericGreaterThan", ["1"]), ("NumericEquals", ["2"])),
        (("DateLessThan", ["2030-01-01T00:00:00Z"]), ("DateLessThan", ["2029-01-01T00:00:00Z"])),
        (("Null", ["false"]), (EQUALS, ["a"])),
        (("ForAnyValue:StringEquals", ["a", "b"]), ("ForAnyValue:StringEquals", ["a"])),
        (("ForAllValues:StringLike", ["a*"]), ("ForAllValues:StringEquals", ["ab"])),
    ],
)
def test_a_narrower_condition_implies_the_wider_one_and_not_the_other_way(
    wide: tuple[str, list[str]], narrow: tuple[str, list[str]]
) -> None:
    large, small = ((name, ARN, tuple(values)) for name, values in (wide, narrow))

    assert is_implied(large, [small])
    assert is_implied(large, [large])
    assert not is_implied(small, [large])


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        (LIKE, EQUALS, "data"),
        ("ArnLike", "ArnEquals", "arn:aws:s3:::data/*"),
        ("ArnLike", EQUALS, "arn:aws:s3:::data"),
        ("StringNotEquals", "StringNotEqualsIfExists", "data"),
        ("Bool", "Bool", "true"),
    ],
)
def test_operators_that_say_the_same_of_a_value_imply_each_other(
    one: str, other: str, value: str
) -> None:
    sides = [(name, ARN, (value,)) for name in (one, other)]

    assert is_implied(sides[0], [sides[1]])
    assert is_implied(sides[1], [sides[0]])


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ((EQUALS, ["a"]), ("ForAllValues:StringEquals", ["a"])),
        (("ForAllValues:StringEquals", ["a"]), ("ForAnyValue:StringEquals", ["a"])),
        (("Null", ["false"]), ("StringNotEquals", ["a"])),
        (("Null", ["false"]), ("StringEqualsIfExists", ["a"])),
        (("Null", ["true"]), (EQUALS, ["a"])),
        (("ForAnyValue:StringNotEquals", ["a"]), ("ForAnyValue:StringNotEquals", ["a", "b"])),
        (("NumericLessThan", ["x"]), ("NumericLessThan", ["y"])),
        (("IpAddress", ["10.0.0.0/8"]), ("IpAddress", ["fd00::/8"])),
        (("IpAddress", ["10.0.0.0/8"]), ("IpAddress", ["elsewhere"])),
        ((EQUALS, ["a"]), ("Bool", ["a"])),
    ],
)
def test_what_is_not_proved_is_not_implied(
    wanted: tuple[str, list[str]], given: tuple[str, list[str]]
) -> None:
    assert not is_implied((wanted[0], ARN, tuple(wanted[1])), [(given[0], ARN, tuple(given[1]))])
    assert not is_implied((EQUALS, "other:Key", ("a",)), [(EQUALS, ARN, ("a",))])


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a/*", "a/b/c", True),
        ("a/?", "a/b", True),
        ("a/?", "a/bc", False),
        ("a/?", "a/*", False),
        ("a/?", "a/?", True),
        ("a/*", "a/?", True),
        ("*a*b", "xaxbxb", True),
        ("*a*b", "xaxbxc", False),
        ("a/*", "a/${aws:username}", True),
        ("a/" + "?" * 15, "a/${aws:username}", False),
        ("a/${aws:username}/*", "a/${aws:username}/b", True),
        ("a/${aws:username}", "a/${aws:userid}", False),
        ("${*}", "b", False),
        ("*", "EXCEPT a", True),
        ("a*", "EXCEPT a", False),
        ("EXCEPT iam:*", "s3:getobject", True),
        ("EXCEPT iam:*", "iam:createuser", False),
        ("EXCEPT iam:*", "*", False),
        ("EXCEPT iam:*", "i*", False),
        ("EXCEPT iam:*", "EXCEPT iam:*, sts:*", True),
        ("EXCEPT iam:*, sts:*", "EXCEPT iam:*", False),
        ("EXCEPT iam:createuser", "EXCEPT iam:*", True),
        ("EXCEPT arn:aws:s3:::data/*", "arn:aws:s3:::{Storage/Data}/x", False),
    ],
)
def test_a_pattern_includes_what_it_surely_stands_for(
    pattern: str, text: str, expected: bool
) -> None:
    assert includes(pattern, text) is expected


def test_a_long_pattern_of_wildcards_ends_soon() -> None:
    assert not includes("*a" * 400 + "b", "a" * 4000)


@pytest.mark.parametrize(
    ("name", "key", "value", "expected"),
    [
        (EQUALS, "aws:PrincipalOrgID", "o-1", True),
        (EQUALS, "AWS:PrincipalOrgId", "o-1", True),
        (LIKE, "aws:PrincipalOrgPaths", "o-1/*", True),
        (LIKE, "aws:PrincipalOrgID", "o-*", False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::data", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*", False),
        ("StringNotEquals", "aws:PrincipalOrgID", "o-1", False),
        ("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-1/r", False),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/r", True),
        (EQUALS, "aws:RequestedRegion", "eu-west-1", False),
    ],
)
def test_a_condition_that_names_who_asks_keeps_strangers_out(
    name: str, key: str, value: str, expected: bool
) -> None:
    assert is_confined([(name, key, (value,))]) is expected
