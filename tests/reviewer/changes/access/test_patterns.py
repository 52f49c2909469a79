"""A pattern of IAM includes what it includes on AWS, whatever the text, and soon."""

import pytest

from reviewer.changes.access.patterns import includes


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("*", "EXCEPT s3:*", True),
        ("s3:*", "s3:", True),
        ("s3:*", "s3", False),
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:*", False),
        ("s3:*Object", "s3:GetObject", True),
        ("s3:*Object", "s3:GetObjectTagging", False),
        ("a*b*c", "abc", True),
        ("a*b*c", "acb", False),
        ("a*bc*c", "abc", False),
        ("ab*ba", "aba", False),
        ("a?c*", "abcd", True),
        ("a?c*", "a*c", False),
        ("*?b", "ab", True),
        ("*a?*z", "xa-yz", True),
        ("*a?*z", "xaz", False),
        ("EXCEPT s3:*", "EXCEPT s3:Get", False),
        ("E*", "EXCEPT s3:Get", False),
    ],
)
def test_what_a_pattern_includes(pattern: str, text: str, expected: bool) -> None:
    assert includes(pattern, text) is expected


def test_a_pattern_of_many_wildcards_takes_no_time() -> None:
    assert not includes("*a" * 40 + "b", "a" * 4000)
    assert not includes("*a?" * 40 + "b", "a" * 4000)
