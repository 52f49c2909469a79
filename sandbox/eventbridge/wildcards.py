"""Wildcards of event patterns, matched in linear time: as a regular expression some never end.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

import re
from typing import Any

# A backslash escapes a star and itself; elsewhere it stands for itself.
_PARTS = re.compile(r"\\([\\*])|(\*)|(.)", re.DOTALL)


def matches(item: Any, pattern: str) -> bool:
    """Whether the whole of a text is what a pattern says; each star stands for any text."""
    if not isinstance(item, str):
        return False
    first, *others = _texts(pattern)
    if not others:
        return item == first
    last = others.pop()
    if len(item) < len(first) + len(last) or not item.startswith(first):
        return False
    if not item.endswith(last):
        return False
    position, end = len(first), len(item) - len(last)
    for text in others:
        found = item.find(text, position, end)
        if found < 0:
            return False
        position = found + len(text)
    return True


def _texts(pattern: str) -> list[str]:
    """Return what stands between the stars."""
    texts = [""]
    for escaped, star, plain in _PARTS.findall(pattern):
        if star:
            texts.append("")
        else:
            texts[-1] += escaped or plain
    return texts
