"""A regular expression of JSONata finds what JavaScript's finds, and ends."""

from __future__ import annotations

from typing import Any

import pytest
from moto.stepfunctions.parser.asl.jsonata.jsonata import JSONataException

from sandbox.stepfunctions import bounded_regex, queries

ENDLESS = f'"{"x" * 5_000}", /(x|xx|xxx)+(.*y){{20}}/'


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('$match("ababc", /(a)(b)/).index', [0, 2]),
        ('$match("ab", /(a)(b)/).groups', ["a", "b"]),
        ('$replace("abc", /B/i, "[$0]")', "a[b]c"),
        ('$replace("john smith", /(\\w+)\\s(\\w+)/, "$2, $1")', "smith, john"),
        ('$replace("aaa", /a/, "b", 2)', "bba"),
        ('$split("a,b;c", /[,;]/)', ["a", "b", "c"]),
        ('$contains("a\\nb", /^b/m)', True),
        ('$contains("a\\nb", /^b/)', False),
    ],
)
def test_it_finds_what_step_functions_finds(expression: str, value: Any) -> None:
    assert queries.evaluate(expression) == value


@pytest.mark.parametrize(
    "function", ["$match({})", "$contains({})", "$split({})", "$replace({}, '')"]
)
def test_one_that_takes_too_long_is_an_error_of_the_query(
    function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_regex, "SECONDS", 0.05)

    with pytest.raises(JSONataException, match="regex timed out"):
        queries.evaluate(function.format(ENDLESS))


def test_an_expression_without_an_end_is_an_error_of_the_query(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "_MILLISECONDS", 50)

    with pytest.raises(JSONataException, match="Evaluation timeout after 50 milliseconds"):
        queries.evaluate("($f := function($n){$f($n + 1)}; $f(0))")


@pytest.mark.parametrize("expression", ['$match("x", /[/)', '$match("x", /(?<)/)'])
def test_one_that_cannot_be_read_is_told_when_the_state_machine_is_made(expression: str) -> None:
    assert queries.syntax_error(expression)
    with pytest.raises(JSONataException):
        queries.evaluate(expression)
