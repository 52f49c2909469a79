"""Hyperparameter ranges: which values each has, on which scale, as text and as numbers in 0..1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from sandbox.state.stores import Document

# "spans several orders of magnitude", as AWS advises for a logarithmic scale; what Auto really
# looks at is not documented.
_WIDE = 100.0


class RangeRefused(ValueError):
    """A range that has no values; the text is one line."""


@dataclass(frozen=True)
class NumberRange:
    """Numbers between two bounds, both included."""

    name: str
    low: float
    high: float
    scaling: str
    is_integer: bool = False

    @property
    def size(self) -> float:
        """How many values there are."""
        if self.is_integer:
            return self.high - self.low + 1
        return math.inf if self.low < self.high else 1

    @property
    def values(self) -> Iterable[str]:
        """Every value, of a range that has an end."""
        if self.is_integer:
            return map(str, range(int(self.low), int(self.high) + 1))
        return [repr(self.low)]

    def draw(self, chance: Random) -> str:
        """Return any value, each part of the scale as likely as another."""
        return self._at(chance.random())

    def draw_near(self, text: str, chance: Random) -> str:
        """Return a value near another."""
        (place,) = self.encode(text)
        return self._at(min(1.0, max(0.0, chance.gauss(place, 0.1))))

    def encode(self, text: str) -> tuple[float, ...]:
        """Return where on the scale a value lies."""
        low, high = self._edges
        return ((self._scaled(float(text)) - low) / (high - low) if low < high else 0.0,)

    @property
    def _edges(self) -> tuple[float, float]:
        # The first and the last integer are as likely as those between.
        margin = 0.5 if self.is_integer else 0.0
        return self._scaled(self.low - margin), self._scaled(self.high + margin)

    def _at(self, place: float) -> str:
        low, high = self._edges
        value = self._unscaled(low + place * (high - low))
        value = min(self.high, max(self.low, round(value) if self.is_integer else value))
        return str(int(value)) if self.is_integer else repr(float(value))

    def _scaled(self, value: float) -> float:
        if self.scaling == "Logarithmic":
            return math.log(value)
        return -math.log1p(-value) if self.scaling == "ReverseLogarithmic" else value

    def _unscaled(self, value: float) -> float:
        if self.scaling == "Logarithmic":
            return math.exp(value)
        return -math.expm1(-value) if self.scaling == "ReverseLogarithmic" else value


@dataclass(frozen=True)
class CategoryRange:
    """A list of values without an order."""

    name: str
    values: tuple[str, ...]

    @property
    def size(self) -> float:
        """How many values there are."""
        return len(self.values)

    def draw(self, chance: Random) -> str:
        """Return any value."""
        return chance.choice(self.values)

    def draw_near(self, text: str, chance: Random) -> str:
        """Return a value, mostly the same."""
        return text if chance.random() < 0.8 else self.draw(chance)

    def encode(self, text: str) -> tuple[float, ...]:
        """Return a coordinate for each value: no two are nearer than others."""
        return tuple(float(value == text) for value in self.values)


Range = NumberRange | CategoryRange


def read_ranges(given: Document) -> list[Range]:
    """Return what ParameterRanges names; raises RangeRefused."""
    found: list[Range] = [
        _number(one, is_integer=True) for one in given.get("IntegerParameterRanges") or []
    ]
    found += [
        _number(one, is_integer=False) for one in given.get("ContinuousParameterRanges") or []
    ]
    found += [
        CategoryRange(one["Name"], tuple(dict.fromkeys(one["Values"])))
        for one in given.get("CategoricalParameterRanges") or []
    ]
    names = [one.name for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RangeRefused(f"{twice[0]} has more than one range")
    return found


def _number(given: Document, *, is_integer: bool) -> NumberRange:
    name = str(given["Name"])
    low, high = (_bound(given, bound, is_integer) for bound in ("MinValue", "MaxValue"))
    if low > high:
        raise RangeRefused(f"{name}: MinValue {given['MinValue']} is above {given['MaxValue']}")
    scaling = given.get("ScalingType", "Auto")
    if scaling == "Auto":
        scaling = "Logarithmic" if 0 < low <= high / _WIDE else "Linear"
    # https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
    if scaling == "Logarithmic" and low <= 0:
        raise RangeRefused(
            f"{name}: Logarithmic scaling works only for ranges that have only values greater "
            "than 0"
        )
    if scaling == "ReverseLogarithmic" and is_integer:
        raise RangeRefused(f"{name}: reverse logarithmic scaling is not supported for integers")
    if scaling == "ReverseLogarithmic" and not 0 <= low <= high < 1:
        raise RangeRefused(
            f"{name}: Reverse logarithmic scaling works only for ranges that are entirely within "
            "the range 0<=x<1.0"
        )
    return NumberRange(name, low, high, scaling, is_integer)


def _bound(given: Document, bound: str, is_integer: bool) -> float:
    text: Any = given[bound]
    try:
        value = float(int(text)) if is_integer else float(text)
    except ValueError:
        kind = "integer" if is_integer else "number"
        raise RangeRefused(f"{given['Name']}: {bound} {text!r} is no {kind}") from None
    if not math.isfinite(value):
        raise RangeRefused(f"{given['Name']}: {bound} {text!r} is not finite")
    return value
