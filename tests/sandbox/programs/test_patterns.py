"""A pattern of a caller is matched, or ended: it never stops the sandbox."""

import pytest

from sandbox.programs import patterns
from sandbox.programs.patterns import PatternRefused, found_in_each, matches


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        ("[a-z]+", "abc", True),
        ("[a-z]+", "abc1", False),
        ("a|b", "b", True),
        ("a|b", "ab", False),
        ("a", "a\n", False),
        ("", "", True),
        ("(?i)A", "a", True),
        ("^ü.$", "ü\U0001f600", True),
    ],
)
def test_a_whole_text_matches(pattern: str, text: str, is_match: bool) -> None:
    assert matches(pattern, text) is is_match


def test_groups_are_those_of_every_text_that_has_the_pattern() -> None:
    texts = ["none", "auc=0.5", "auc=0.7 loss=1"]

    assert found_in_each([r"auc=(\S+)", r"loss=(\S+)", "f1=(.)", "none"], texts) == [
        [["0.5"], ["0.7"]],
        [["1"]],
        [],
        [["none"]],
    ]


def test_a_pattern_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.3)

    with pytest.raises(PatternRefused, match=r"longer than 0\.3 seconds"):
        matches("(a+)+$", "a" * 40 + "b")


def test_what_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_PROGRAM", "import time; time.sleep(60)")
    monkeypatch.setattr(patterns, "_WAITED_SECONDS", 0.3)

    with pytest.raises(PatternRefused, match=r"no answer in 0\.3 seconds"):
        matches("a", "a")


@pytest.mark.parametrize("pattern", ["(", "[", "(?P<x", "*"])
def test_a_text_that_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        matches(pattern, "a")
