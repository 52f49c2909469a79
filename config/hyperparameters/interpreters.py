"""Interpreters of the container's table: types that read a text, and rules between the values."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Kind = Mapping[str, Any]
Value = bool | int | float | str
Values = Mapping[str, str]

# As the container reads them: Python converts no thousands of digits.
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_MOST_DIGITS = 99
_SHOWN_CHARACTERS = 100


def as_text(value: Value) -> str:
    """Return a hyperparameter as SageMaker's text; booleans as XGBoost writes them."""
    return json.dumps(value) if isinstance(value, bool) else str(value)


def read_text(kind: Kind, text: str) -> str | None:
    """Return a value in XGBoost's spelling, or None where the container would refuse it."""
    return READERS[str(kind["kind"])](kind, text)


def is_in(interval: str, number: float) -> bool:
    """Return whether a number lies in an interval as one writes it on paper, as in `(0, 1]`."""
    low, high = (float(edge) for edge in interval[1:-1].split(","))
    above = number >= low if interval[0] == "[" else number > low
    return above and (number <= high if interval[-1] == "]" else number < high)


def _whole(kind: Kind, text: str) -> str | None:
    if not _WHOLE.fullmatch(text.strip()) or len(text) > _MOST_DIGITS:
        return None
    return str(int(text)) if _fits(kind, int(text)) else None


def _real(kind: Kind, text: str) -> str | None:
    return text.strip() if _fits(kind, _number(kind, text)) else None


def _reals(kind: Kind, text: str) -> str | None:
    numbers = sorted(_number(kind, word) for word in text.strip().strip("[]").split(","))
    inside = all(is_in(kind["interval"], number) for number in numbers)
    return json.dumps(numbers) if inside and len(set(numbers)) == len(numbers) else None


def _choice(kind: Kind, text: str) -> str | None:
    return text.strip() if text.strip() in kind["words"] else None


def _word_list(kind: Kind, text: str) -> str | None:
    chosen = [word.strip() for word in text.split(",")]
    return ",".join(chosen) if set(chosen) <= set(kind["words"]) else None


def _names(kind: Kind, text: str) -> str | None:
    return ",".join(dict.fromkeys(split_names(text))) or None


def _monotone(kind: Kind, text: str) -> str | None:
    return text.strip() if re.fullmatch(kind["pattern"], text.strip()) else None


def _interaction(kind: Kind, text: str) -> str | None:
    try:
        groups = json.loads(text)
    except (ValueError, RecursionError):
        return None
    whole = isinstance(groups, list) and all(_is_group(group) for group in groups)
    return json.dumps(groups) if whole else None


def _is_group(group: object) -> bool:
    return isinstance(group, list) and all(type(item) is int and item >= 0 for item in group)


def _fits(kind: Kind, number: float) -> bool:
    """Return whether a number lies in the interval and is not larger than what is read."""
    largest = kind.get("largest")
    return is_in(kind["interval"], number) and (largest is None or abs(number) <= largest)


def _number(kind: Kind, text: str) -> float:
    """Return a finite number, or NaN, which lies in no interval."""
    if kind["ascii"] and not text.isascii():
        return math.nan
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) and "_" not in text else math.nan


def split_names(text: str) -> Sequence[str]:
    """Return the names between commas, without blanks and without empty ones."""
    return [word.strip() for word in text.split(",") if word.strip()]


READERS: Mapping[str, Callable[[Kind, str], str | None]] = {
    "Whole": _whole,
    "Real": _real,
    "Reals": _reals,
    "Choice": _choice,
    "WordList": _word_list,
    "Names": _names,
    "MonotoneConstraints": _monotone,
    "InteractionConstraints": _interaction,
}

_TESTS: Mapping[str, Callable[[str, Sequence[str]], bool]] = {
    "absent": lambda text, words: False,
    "given": lambda text, words: True,
    "in": lambda text, words: text in words,
    "not in": lambda text, words: text not in words,
    "has": lambda text, words: not set(words).isdisjoint(text.split(",")),
    "has other": lambda text, words: not set(words).issuperset(text.split(",")),
    "has not one": lambda text, words: len(set(words).intersection(text.split(","))) != 1,
    "begins otherwise": lambda text, words: text.partition(",")[0] not in words,
    "outside": lambda text, words: not is_in(words[0], float(text)),
}


class _Shown(dict[str, str]):
    """Values as a message shows them."""

    def __missing__(self, name: str) -> str:
        return "none"


def broken_rule(rules: Sequence[Mapping[str, Any]], values: Values) -> str | None:
    """Return the line of the first rule that the values break, or None."""
    for rule in rules:
        if all(_holds(condition, values) for condition in rule["conditions"]):
            shown = _Shown({name: shorten(text) for name, text in values.items()})
            return str(rule["message"]).format_map(shown)
    return None


def _holds(condition: Mapping[str, Any], values: Values) -> bool:
    text = values.get(condition["name"])
    if text is None:
        return condition["test"] in ("absent", "not in")
    return _TESTS[condition["test"]](text, condition["words"])


def shorten(text: str) -> str:
    """Return at most as much of a value as a line shows."""
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
