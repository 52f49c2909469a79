"""Number parsing: which texts are numbers, missing values, or neither, the same in all formats."""

import re

MISSING = frozenset({"", "NA", "nan", "NaN", "NAN"})
# A 64-bit number of this size or more is infinite as a 32-bit number.
TOO_LARGE = float.fromhex("0x1.ffffffp+127")

# Possessive, so that a long text is matched once and not once per character.
_NUMBER = re.compile(r"[+-]?(\d++(\.\d*+)?+|\.\d++)([eE][+-]?\d++)?+", re.ASCII)
_LONGEST = 400


class NotANumberError(ValueError):
    """What is wrong with a text that should be a number, as the end of a sentence."""


def read_number(text: str) -> float:
    """Return the number in a stripped field, NaN for a missing value; raises NotANumberError."""
    if text in MISSING:
        return float("nan")
    if not is_number(text):
        raise NotANumberError("is not a number")
    number = float(text)
    if not -TOO_LARGE < number < TOO_LARGE:
        raise NotANumberError("is too large for a 32-bit number")
    return number


def is_number(text: str) -> bool:
    """Return whether a stripped field is a number, however large; a missing value is none."""
    return len(text) <= _LONGEST and _NUMBER.fullmatch(text) is not None
