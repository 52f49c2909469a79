"""A wildcard of an event pattern matches what EventBridge's does, at once."""

import pytest

from sandbox.eventbridge.wildcards import matches


@pytest.mark.parametrize(
    ("pattern", "item", "is_match"),
    [
        ("a*c", "abc", True),
        ("a*c", "ac", True),
        ("a*c", "acd", False),
        ("*", "", True),
        ("", "", True),
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("*a*b*", "xxaxxbxx", True),
        ("*a*b*", "xxbxxaxx", False),
        ("ab*ba", "aba", False),
        ("a*b*a", "aba", True),
        (r"a\*c", "a*c", True),
        (r"a\*c", "abc", False),
        (r"a\\*c", "a\\bc", True),
        (r"\d*", r"\d1", True),
        ("a*b", "a\nb", True),
        ("a.c", "abc", False),
        ("*" * 40 + "b", "a" * 5_000, False),
        ("*a" * 40 + "b", "a" * 5_000, False),
    ],
)
def test_stars_stand_for_any_text(pattern: str, item: str, is_match: bool) -> None:
    assert matches(item, pattern) is is_match


@pytest.mark.parametrize("item", [1, None, ["a"], {"a": 1}])
def test_only_a_text_matches(item: object) -> None:
    assert not matches(item, "*")
