"""Metric math, and what of it is refused by name."""

from typing import Any

import pytest

from sandbox.cloudwatch import expressions

GRID = [0, 60, 120]
SERIES: dict[str, Any] = {
    "requests": {0: 10.0, 60: 0.0, 120: 4.0},
    "errors": {0: 5.0, 60: 0.0},
    "machines": {0: 1.0, 120: 1.0},
    "none": {},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("requests", SERIES["requests"]),
        ("2 + 3 * 4 - 6 / 3", 12.0),
        ("(2 + 3) * 4", 20.0),
        ("2 ^ 3 * 2", 16.0),
        ("-2 * 3", -6.0),
        ("--2", 2.0),
        ("1.5e1", 15.0),
        ("requests ^ 9999", {60: 0.0}),
        # A moment without both values has none; neither has one that was divided by zero.
        ("errors / requests", {0: 0.5}),
        ("requests / 2", {0: 5.0, 60: 0.0, 120: 2.0}),
        ("requests > 3", {0: 1.0, 60: 0.0, 120: 1.0}),
        ("requests > 3 AND requests < 5", {0: 0.0, 60: 0.0, 120: 1.0}),
        ("requests == 10 || requests == 4", {0: 1.0, 60: 0.0, 120: 1.0}),
        # Those of this platform.
        ("IF(requests > 0, 100 * errors / requests, 0)", {0: 50.0, 60: 0.0}),
        ("IF(machines >= 0, FILL(requests, 0))", {0: 10.0, 120: 4.0}),
        ("IF(machines >= 0, FILL(none, 0))", {0: 0.0, 120: 0.0}),
        ("FILL(errors, 7)", {0: 5.0, 60: 0.0, 120: 7.0}),
        ("FILL(errors, REPEAT)", {0: 5.0, 60: 0.0, 120: 0.0}),
        ("FILL(machines, requests)", {0: 1.0, 60: 0.0, 120: 1.0}),
        ("IF(1, 2, 3)", 2.0),
        ("IF(0, 2, requests)", SERIES["requests"]),
        ("SUM(requests)", 14.0),
        ("MAX(requests) - MIN(requests)", 10.0),
        ("AVG(errors)", 2.5),
        ("AVG(none)", {}),
        ("ABS(0 - requests)", SERIES["requests"]),
        ("CEIL(requests / 4)", {0: 3.0, 60: 0.0, 120: 1.0}),
        ("FLOOR(2.5)", 2.0),
    ],
)
def test_an_expression_has_a_value(text: str, expected: Any) -> None:
    assert expressions.evaluate(text, SERIES, GRID) == expected


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SEARCH(requests)", "'SEARCH'"),
        ("ANOMALY_DETECTION_BAND(requests, 2)", "'ANOMALY_DETECTION_BAND'"),
        ("FILL(requests, LINEAR)", "'FILL'"),
        ("unknown + 1", "'unknown'"),
        ("1 +", "'its end'"),
        ("(1", "'its end'"),
        ("1 2", "'2'"),
        ("", "'its end'"),
        ("SELECT 'a'", 'is not understood at "'),
        ("ABS(1, 2)", "'ABS'"),
        ("SUM(1)", "'SUM'"),
        ("(" * 1_000 + "1" + ")" * 1_000, "nested over 20 deep"),
    ],
)
def test_what_is_not_evaluated_is_named(text: str, named: str) -> None:
    with pytest.raises(expressions.ExpressionError) as refused:
        expressions.evaluate(text, SERIES, GRID)

    assert named in str(refused.value)


def test_many_signs_are_no_depth() -> None:
    assert expressions.evaluate("-" * 2_000 + "1", {}, GRID) == 1.0
    assert expressions.names("IF(a > 2, b1)") == {"IF", "a", "b1"}
