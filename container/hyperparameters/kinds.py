"""What the text of a hyperparameter must mean: SageMaker sends nothing but text."""

import json
import math
import re
from dataclasses import dataclass
from typing import Protocol

from container.contract.errors import InputError

WHERE = "input/config/hyperparameters.json"

_WHOLE = re.compile(r"[+-]?\d+")
_TUPLE = re.compile(r"\(\s*(-1|0|1)\s*(,\s*(-1|0|1)\s*)*,?\s*\)")


class Kind(Protocol):
    """Reads one hyperparameter's text."""

    def read(self, name: str, text: str) -> str:
        """The text as XGBoost wants it; raises InputError when it does not mean what it must."""


def refusal(name: str, text: str, demand: str) -> InputError:
    """The one line for a hyperparameter whose value is wrong."""
    shown = text if len(text) <= 100 else text[:100] + "…"
    return InputError(
        f"{WHERE}: {name} must be {demand}; got {json.dumps(shown, ensure_ascii=False)}"
    )


@dataclass(frozen=True)
class Interval:
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

    def read(self, name: str, text: str) -> str:
        """The same integer without blanks and plus sign."""
        if not _WHOLE.fullmatch(text.strip()) or int(text) not in Interval(self.interval):
            raise refusal(name, text, f"a whole number in {self.interval}")
        return str(int(text))


@dataclass(frozen=True)
class Real:
    """A finite decimal number."""

    interval: str

    def read(self, name: str, text: str) -> str:
        """The same text without blanks."""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value not in Interval(self.interval) or "_" in text:
            raise refusal(name, text, f"a number in {self.interval}")
        return text.strip()


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, name: str, text: str) -> str:
        """The word itself."""
        if text not in self.words:
            raise refusal(name, text, f"one of {', '.join(self.words)}")
        return text


@dataclass(frozen=True)
class Words:
    """Some of a few words, separated by commas."""

    words: tuple[str, ...]

    def read(self, name: str, text: str) -> str:
        """The words without blanks."""
        chosen = [word.strip() for word in text.split(",")]
        if not set(chosen) <= set(self.words):
            raise refusal(name, text, f"a comma-separated list of {', '.join(self.words)}")
        return ",".join(chosen)


@dataclass(frozen=True)
class Text:
    """Text whose meaning is checked where it is used."""

    def read(self, name: str, text: str) -> str:
        """The text without blanks around it."""
        if not text.strip():
            raise refusal(name, text, "not empty")
        return text.strip()


@dataclass(frozen=True)
class MonotoneConstraints:
    """A tuple of -1, 0 and 1, one for each feature."""

    def read(self, name: str, text: str) -> str:
        """The tuple in XGBoost's notation; it is matched, never evaluated."""
        if not _TUPLE.fullmatch(text.strip()):
            raise refusal(name, text, "a tuple of -1, 0 and 1 such as (1,0,-1)")
        return "(" + ",".join(re.findall(r"-1|0|1", text)) + ")"


@dataclass(frozen=True)
class InteractionConstraints:
    """Groups of feature numbers that may meet in one tree."""

    def read(self, name: str, text: str) -> str:
        """The groups as JSON, which XGBoost reads."""
        demand = "a list of lists of feature numbers such as [[0, 2], [1, 3]]"
        try:
            groups = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise refusal(name, text, demand) from error
        if not isinstance(groups, list) or not all(_is_group(group) for group in groups):
            raise refusal(name, text, demand)
        return json.dumps(groups)


def _is_group(group: object) -> bool:
    return isinstance(group, list) and all(type(item) is int and item >= 0 for item in group)
