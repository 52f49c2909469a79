"""Regular expressions of JSONata, which end after a while: `/(a+)+$/` would stop the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import regex
from jsonata.regex_engine import RegexFlags

SECONDS = 5.0
"""Processor time of one search; see sandbox/refusals/constraints.py."""


class BoundedRegex:
    """A regular expression with the methods that JSONata uses; they raise TimeoutError."""

    def __init__(self, pattern: str, flags: RegexFlags) -> None:
        chosen = regex.IGNORECASE if flags.case_insensitive else 0
        chosen |= regex.MULTILINE if flags.multiline else 0
        self._compiled: Any = regex.compile(pattern, chosen)

    def search(self, string: str) -> Any:
        """Return the first match, or None."""
        return self._compiled.search(string, timeout=SECONDS)

    def finditer(self, string: str) -> Iterator[Any]:
        """Yield every match."""
        found: Iterator[Any] = self._compiled.finditer(string, timeout=SECONDS)
        return found

    def sub(self, repl: str | Callable[[Any], str], string: str, count: int = 0) -> str:
        """Return `string` with every match replaced, or the first `count` of them."""
        return str(self._compiled.sub(repl, string, count=count, timeout=SECONDS))

    def split(self, string: str, maxsplit: int = 0) -> list[str]:
        """Return what stands between the matches."""
        return list(self._compiled.split(string, maxsplit=maxsplit, timeout=SECONDS))
