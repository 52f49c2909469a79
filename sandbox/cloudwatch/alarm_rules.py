"""The rule of a composite alarm: states of other alarms, joined by AND, OR and NOT.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_TOKEN = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"(?P<quoted>[^\"]*)\"|"
    r"(?P<bare>[^()\"\s]+))\s*\)|(?P<word>AND|OR|NOT|TRUE|FALSE|\(|\)))"
)
_DEEPEST = 50


class RuleError(Exception):
    """A rule that cannot be read; the text is one line."""


def _tokens(rule: str) -> Iterator[tuple[str, str]]:
    """Return words, and states with the name or ARN of their alarm."""
    at, text = 0, rule.strip()
    while at < len(text):
        matched = _TOKEN.match(text, at)
        if matched is None:
            raise RuleError(f"AlarmRule is not valid at {text[at : at + 40].strip()!r}")
        named = matched["quoted"] if matched["quoted"] is not None else matched["bare"]
        yield (matched["state"], named) if matched["state"] else (matched["word"], "")
        at = matched.end()


def alarms_of(rule: str) -> list[str]:
    """Return the names of the alarms that a rule is about."""
    return [_name(named) for _, named in _tokens(rule) if named]


def _name(named: str) -> str:
    return named.rpartition(":alarm:")[2] if named.startswith("arn:") else named


class _Reader:
    def __init__(self, rule: str, state_of: Callable[[str], str]) -> None:
        self.left, self._state_of, self._depth = [*_tokens(rule)], state_of, 0

    def next(self) -> str:
        return self.left[0][0] if self.left else ""

    def either(self) -> bool:
        """AND binds closer than OR."""
        found = self._both()
        while self.next() == "OR":
            self.left.pop(0)
            found = self._both() or found
        return found

    def _both(self) -> bool:
        found = self._one()
        while self.next() == "AND":
            self.left.pop(0)
            found = self._one() and found
        return found

    def _one(self) -> bool:
        if not self.left:
            raise RuleError("AlarmRule ends too early")
        word, named = self.left.pop(0)
        if word == "NOT":
            return not self._deeper(self._one)
        if word == "(":
            found = self._deeper(self.either)
            if self.next() != ")":
                raise RuleError("AlarmRule has an open parenthesis")
            self.left.pop(0)
            return found
        if named:
            return self._state_of(_name(named)) == word
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        raise RuleError(f"AlarmRule is not valid at {word!r}")

    def _deeper(self, read: Callable[[], bool]) -> bool:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RuleError(f"sandbox: AlarmRule is nested over {_DEEPEST} deep")
        found = read()
        self._depth -= 1
        return found


def is_true(rule: str, state_of: Callable[[str], str]) -> bool:
    """Return whether a rule holds; `state_of(name)` is the state of an alarm. Raises RuleError."""
    reader = _Reader(rule, state_of)
    found = reader.either()
    if reader.left:
        raise RuleError(f"AlarmRule is not valid at {reader.next()!r}")
    return found
