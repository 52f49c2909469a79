"""Patterns of IAM policies: `*`, `?` and policy variables such as `${aws:PrincipalTag/team}`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_SPECIAL = ("*", "?", "$")
# A character that a variable's value brings along is itself: no wildcard, no variable.
_LITERAL = {"*": "\ue000", "?": "\ue001", "$": "\ue002", ":": "\ue003"}
_BACK = {mark: character for character, mark in _LITERAL.items()}
_TO_MARKS, _TO_CHARACTERS = str.maketrans(_LITERAL), str.maketrans(_BACK)


class Unresolved(Exception):
    """A policy variable whose key is absent or not known, and that has no default."""


def resolve(
    pattern: str, values: Mapping[str, tuple[str, ...] | None], *, has_variables: bool
) -> str:
    """Return `pattern` with the values of its variables; raises Unresolved.

    Policies without the version 2012-10-17 have no variables: theirs are text as it stands.
    """
    if not has_variables or "${" not in pattern:
        return pattern

    def value_of(found: re.Match[str]) -> str:
        name, _, default = (part.strip() for part in found.group(1).partition(","))
        if name in _SPECIAL:
            return name.translate(_TO_MARKS)
        given = values.get(name.lower()) or ()
        if len(given) == 1:
            return given[0].translate(_TO_MARKS)
        if default.startswith("'") and default.endswith("'") and not given:
            return default.strip("'").translate(_TO_MARKS)
        raise Unresolved(name)

    return _VARIABLE.sub(value_of, pattern)


def plain(pattern: str) -> str:
    """Return a resolved pattern as text, its wildcards as they stand."""
    return pattern.translate(_TO_CHARACTERS)


def matches(pattern: str, value: str) -> bool:
    """Tell whether `value` is of the form of a resolved pattern."""
    return _compiled(pattern, False).fullmatch(value) is not None


def matches_any_case(pattern: str, value: str) -> bool:
    """Tell the same in any case: of actions, and of SageMaker's ARNs, which are lower case."""
    return _compiled(pattern, True).fullmatch(value) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignores_case: bool) -> re.Pattern[str]:
    # Several stars in a row would be tried in every combination.
    shorter = re.sub(r"\*+", "*", pattern)
    escaped = re.escape(shorter).replace(r"\*", ".*").replace(r"\?", ".")
    flags = re.DOTALL | (re.IGNORECASE if ignores_case else 0)
    return re.compile(escaped.translate(_ESCAPED), flags)


# Private characters stand for themselves in a pattern, escaped.
_ESCAPED = {ord(mark): re.escape(character) for mark, character in _BACK.items()}
