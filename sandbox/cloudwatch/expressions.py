"""Metric math: arithmetic, comparisons, IF, FILL and a few functions over series of datapoints.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence

Series = dict[int, float]
Value = float | Series


_DEEPEST = 20


class ExpressionError(Exception):
    """An expression that is not understood here; the text is one line."""


_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<sign>&&|\|\||[<>=!]=|[-+*/^<>(),]))"
)


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        matched = _TOKEN.match(text, at)
        if matched is None:
            raise ExpressionError(f"sandbox: {text!r} is not understood at {text[at:]!r}")
        found.append(matched[0].strip())
        at = matched.end()
    return found


def _divide(one: float, other: float) -> float:
    # No datapoint there, as on AWS.
    return one / other if other else math.nan


def _power(one: float, other: float) -> float:
    try:
        found = one**other
    except (OverflowError, ZeroDivisionError):
        return math.nan
    return found if isinstance(found, float) else math.nan


_BINARY: tuple[dict[str, Callable[[float, float], float]], ...] = (
    {"||": lambda a, b: float(bool(a) or bool(b)), "OR": lambda a, b: float(bool(a) or bool(b))},
    {"&&": lambda a, b: float(bool(a) and bool(b)), "AND": lambda a, b: float(bool(a) and bool(b))},
    {"==": operator.eq, "!=": operator.ne, "<=": operator.le, ">=": operator.ge}
    | {"<": operator.lt, ">": operator.gt},
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": _divide},
    {"^": _power},
)
_EACH: dict[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}
_ALL: dict[str, Callable[[Sequence[float]], float]] = {
    "AVG": lambda values: sum(values) / len(values),
    "MAX": max,
    "MIN": min,
    "SUM": math.fsum,
}


class _Evaluation:
    """One evaluation over `grid`, the periods of a window: from the weakest operator inwards."""

    def __init__(self, text: str, series: Mapping[str, Value], grid: Sequence[int]) -> None:
        self._text, self._series, self._grid = text, series, grid
        self._left, self._depth = _tokens(text), 0

    def run(self) -> Value:
        value = self._binary(0)
        if self._left:
            raise self._error(self._left[0])
        return value

    def _error(self, token: str) -> ExpressionError:
        return ExpressionError(f"sandbox: {token!r} in {self._text!r} is not evaluated here")

    def _next(self) -> str:
        return self._left[0] if self._left else ""

    def _take(self, wanted: str = "") -> str:
        token = self._left.pop(0) if self._left else ""
        if not token or wanted not in ("", token):
            raise self._error(token or "its end")
        return token

    def _binary(self, level: int) -> Value:
        if level == len(_BINARY):
            return self._unary()
        self._depth += level == 0
        if self._depth > _DEEPEST:
            raise ExpressionError(f"sandbox: {self._text!r} is nested over {_DEEPEST} deep")
        value = self._binary(level + 1)
        while self._next() in _BINARY[level]:
            sign = self._take()
            value = _combine(_BINARY[level][sign], value, self._binary(level + 1))
        self._depth -= level == 0
        return value

    def _unary(self) -> Value:
        sign = 1.0
        while self._next() == "-":
            self._take()
            sign = -sign
        value = self._operand()
        return value if sign > 0 else _combine(operator.mul, sign, value)

    def _operand(self) -> Value:
        token = self._take()
        if token == "(":
            value = self._binary(0)
            self._take(")")
            return value
        if token[0].isdigit():
            return float(token)
        if self._next() == "(":
            return self._call(token)
        if token not in self._series:
            raise self._error(token)
        return self._series[token]

    def _call(self, name: str) -> Value:
        self._take("(")
        given: list[Value] = []
        way = ""
        while self._next() != ")":
            if name == "FILL" and self._next() in ("REPEAT", "LINEAR"):
                way = self._take()
            else:
                given.append(self._binary(0))
            if self._next() == ",":
                self._take()
        self._take(")")
        return self._apply(name, given, way)

    def _apply(self, name: str, given: list[Value], way: str) -> Value:
        first = given[0] if given else {}
        if name == "IF" and len(given) in (2, 3):
            return self._choose(given[0], given[1], given[2] if len(given) == 3 else {})
        if name == "FILL" and isinstance(first, dict) and way != "LINEAR":
            return self._fill(first, None if way else given[1])
        if name in _EACH and len(given) == 1:
            return _combine(lambda one, _: float(_EACH[name](one)), first, 0.0)
        if name in _ALL and isinstance(first, dict) and len(given) == 1:
            return float(_ALL[name](list(first.values()))) if first else {}
        raise self._error(name)

    def _choose(self, condition: Value, then: Value, otherwise: Value) -> Value:
        if not isinstance(condition, dict):
            return then if condition else otherwise
        chosen = {at: then if is_so else otherwise for at, is_so in condition.items()}
        return {
            at: found
            for at, value in chosen.items()
            if (found := value.get(at) if isinstance(value, dict) else value) is not None
        }

    def _fill(self, series: Series, filling: Value | None) -> Series:
        filled: Series = {}
        last: float | None = None
        for at in self._grid:
            last = series.get(at, last)
            other = filling.get(at) if isinstance(filling, dict) else filling
            value = series.get(at, last if filling is None else other)
            if value is not None:
                filled[at] = value
        return filled


def _combine(act: Callable[[float, float], float], one: Value, other: Value) -> Value:
    """Act on two numbers, or on each moment that has a value on both sides."""
    if not isinstance(one, dict) and not isinstance(other, dict):
        return float(act(one, other))
    moments = [at for side in (one, other) if isinstance(side, dict) for at in side]
    found: Series = {}
    for at in sorted(set(moments)):
        left = one.get(at) if isinstance(one, dict) else one
        right = other.get(at) if isinstance(other, dict) else other
        if left is not None and right is not None:
            value = float(act(left, right))
            if not math.isnan(value):
                found[at] = value
    return found


def evaluate(text: str, series: Mapping[str, Value], grid: Sequence[int]) -> Value:
    """Return the value of an expression; ExpressionError names what is not evaluated here.

    `series` has the inputs by their ids, `grid` the second that each period begins with.
    """
    return _Evaluation(text, series, grid).run()


def names(text: str) -> set[str]:
    """Return every word of an expression: ids of others, and functions."""
    return {token for token in _tokens(text) if token[0].isalpha()}
