"""Types of hyperparameters: SageMaker sends all of them as text."""

import json
import math
import re
from dataclasses import dataclass
from typing import Protocol

from container.contract.errors import InputError

WHERE = "input/config/hyperparameters.json"

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
# The built-in evaluates the text as Python, in which parentheses do not make a tuple.
_TUPLE = re.compile(r"(\()?\s*(-1|0|1)\s*(,\s*(-1|0|1)\s*)*,?\s*(?(1)\))")
_SHOWN_CHARACTERS = 100
# XGBoost's numbers have 32 bits.
_LARGEST_WHOLE = 2**31 - 1
_LARGEST_REAL = 3.4e38


class Kind(Protocol):
    """Reads one hyperparameter's text; `demand` completes the sentence `<name> must be …`."""

    @property
    def demand(self) -> str:
        """What the text must be."""

    def read(self, name: str, text: str) -> str:
        """Return the text in XGBoost's spelling; raises InputError for an invalid value."""


def wrong_value(name: str, text: str, demand: str) -> InputError:
    """Return the one line for a hyperparameter whose value is wrong."""
    shown = json.dumps(shortened(text), ensure_ascii=False)
    return InputError(f"{WHERE}: {name} must be {demand}; got {shown}")


def shortened(text: str) -> str:
    """Return a value as a message shows it."""
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


@dataclass(frozen=True)
class NumberRange:
    """A range as one writes it on paper: `[0, 1]`, `(0, 1]`, `[1, +inf)`."""

    text: str

    def __contains__(self, value: float) -> bool:
        low, high = (float(edge) for edge in self.text[1:-1].split(","))
        above = value >= low if self.text[0] == "[" else value > low
        below = value <= high if self.text[-1] == "]" else value < high
        return above and below


@dataclass(frozen=True)
class Whole:
    """An integer; "3.0" is not one."""

    interval: str

    @property
    def demand(self) -> str:
        """See Kind."""
        return f"a whole number in {self.interval}"

    def read(self, name: str, text: str) -> str:
        """Return the same integer without blanks and plus sign."""
        # Python refuses to convert thousands of digits; no hyperparameter has that many.
        fits = _WHOLE.fullmatch(text.strip()) and len(text) < _SHOWN_CHARACTERS
        if not fits or int(text) not in NumberRange(self.interval):
            raise wrong_value(name, text, self.demand)
        if abs(int(text)) > _LARGEST_WHOLE:
            raise wrong_value(name, text, f"{self.demand}, and no more than {_LARGEST_WHOLE}")
        return str(int(text))


@dataclass(frozen=True)
class Real:
    """A finite decimal number."""

    interval: str

    @property
    def demand(self) -> str:
        """See Kind."""
        return f"a number in {self.interval}"

    def read(self, name: str, text: str) -> str:
        """Return the same text without blanks."""
        number = _number(text)
        if number not in NumberRange(self.interval):
            raise wrong_value(name, text, self.demand)
        if abs(number) > _LARGEST_REAL:
            raise wrong_value(name, text, f"{self.demand}, and no more than {_LARGEST_REAL:g}")
        return text.strip()


@dataclass(frozen=True)
class Reals:
    """Some numbers, separated by commas, no two of them equal."""

    interval: str

    @property
    def demand(self) -> str:
        """See Kind."""
        return f"different numbers in {self.interval}, separated by commas"

    def read(self, name: str, text: str) -> str:
        """Return the numbers in ascending order, as a JSON list, which XGBoost reads."""
        numbers = sorted(_number(word) for word in text.strip().strip("[]").split(","))
        inside = all(number in NumberRange(self.interval) for number in numbers)
        if not inside or len(set(numbers)) < len(numbers):
            raise wrong_value(name, text, self.demand)
        return json.dumps(numbers)


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def demand(self) -> str:
        """See Kind."""
        return f"one of {', '.join(self.words)}" if len(self.words) > 1 else self.words[0]

    def read(self, name: str, text: str) -> str:
        """Return the word itself."""
        if text.strip() not in self.words:
            raise wrong_value(name, text, self.demand)
        return text.strip()


@dataclass(frozen=True)
class WordList:
    """Some of a few words, separated by commas."""

    words: tuple[str, ...]

    @property
    def demand(self) -> str:
        """See Kind."""
        return f"a comma-separated list of {', '.join(self.words)}"

    def read(self, name: str, text: str) -> str:
        """Return the words without blanks."""
        chosen = [word.strip() for word in text.split(",")]
        if not set(chosen) <= set(self.words):
            raise wrong_value(name, text, self.demand)
        return ",".join(chosen)


@dataclass(frozen=True)
class Names:
    """Names separated by commas, whose meaning is checked where they are used."""

    demand: str

    def read(self, name: str, text: str) -> str:
        """Return the names without blanks, each once."""
        names = [word.strip() for word in text.split(",") if word.strip()]
        if not names:
            raise wrong_value(name, text, self.demand)
        return ",".join(dict.fromkeys(names))


@dataclass(frozen=True)
class MonotoneConstraints:
    """A tuple of -1, 0 and 1, one for each feature."""

    demand: str = "a tuple of -1, 0 and 1 such as (1,0,-1)"

    def read(self, name: str, text: str) -> str:
        """Return the tuple in XGBoost's notation; it is matched, never evaluated."""
        if not _TUPLE.fullmatch(text.strip()):
            raise wrong_value(name, text, self.demand)
        return "(" + ",".join(re.findall(r"-1|0|1", text)) + ")"


@dataclass(frozen=True)
class InteractionConstraints:
    """Groups of feature numbers that may be used together in one tree."""

    demand: str = "a list of lists of feature numbers such as [[0, 2], [1, 3]]"

    def read(self, name: str, text: str) -> str:
        """Return the groups as JSON, which XGBoost reads."""
        try:
            groups = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise wrong_value(name, text, self.demand) from error
        if not isinstance(groups, list) or not all(_is_group(group) for group in groups):
            raise wrong_value(name, text, self.demand)
        return json.dumps(groups)


def _is_group(group: object) -> bool:
    return isinstance(group, list) and all(type(item) is int and item >= 0 for item in group)


def _number(text: str) -> float:
    """Return a finite number, or NaN, which lies in no interval."""
    try:
        value = float(text)
    except ValueError:
        return math.nan
    # XGBoost knows the digits of ASCII alone.
    return value if math.isfinite(value) and "_" not in text and text.isascii() else math.nan
