"""JSON within bounds: what it reads is small enough, shallow enough and said once."""

import json
import math
from typing import Any

# A visitor takes up to four frames of Python's stack for each level, of 1,000 in all.
MOST_LEVELS = 100
# Of an integer: those of AWS's APIs have 64 bits.
_MOST_DIGITS = 30
_WORDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def parse(text: str) -> Any:
    """Return the value of a JSON text.

    Raises ValueError, with one line, for a text that is none and for one that two readers could
    read in two ways or that no reader can hold.
    """
    try:
        found = json.loads(
            text,
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_constant,
        )
    except RecursionError:
        raise ValueError(_too_deep()) from None
    _check_levels(found)
    if "\\ud" in text or "\\uD" in text:
        _check_letters(found)
    return found


def worded(value: Any) -> str:
    """Return what a value is, in the words of JSON."""
    return _WORDS.get(type(value), type(value).__name__)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {shortened(twice)} is there twice")
    return found


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits; {_MOST_DIGITS} are read")
    return int(digits)


def _finite(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise ValueError(f"the number {shortened(digits)} is too large")
    return found


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _check_levels(found: Any) -> None:
    level: list[Any] = [[found]]
    depth = 0
    while level := [
        item
        for one in level
        for item in (one.values() if isinstance(one, dict) else one)
        if isinstance(item, dict | list)
    ]:
        depth += 1
        if depth >= MOST_LEVELS:
            raise ValueError(_too_deep())


def _check_letters(found: Any) -> None:
    """Half of a pair of UTF-16 is no letter: no report could be written with it."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("half of a letter of UTF-16, which stands for nothing") from None


def _too_deep() -> str:
    return f"nested more than {MOST_LEVELS} levels deep"


def shortened(text: str, most: int = 60) -> str:
    """Return a text in one line of at most `most` letters, without what steers a terminal."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line if len(line) <= most else f"{line[: most - 1]}…"
