"""Regular expressions of callers, matched in a process of their own that is ended after a while.

`(a+)+$` takes `re` longer than the sandbox lives, and no thread can be stopped in it. An engine of
linear time would be one more compiled package, which understands fewer patterns.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence

SECONDS = 2.0
"""Processor time of a match, whatever else the machine does meanwhile."""
_WAITED_SECONDS = 60.0

_PROGRAM = """
import json, re, signal, sys
asked = json.load(sys.stdin)
signal.setitimer(signal.ITIMER_VIRTUAL, asked["seconds"])
try:
    found = [
        [m.groups() or [m[0]] for m in map(find, asked["texts"]) if m]
        for find in (getattr(re.compile(p), asked["how"]) for p in asked["patterns"])
    ]
except (re.error, RecursionError, OverflowError) as error:
    found = str(error)
json.dump(found, sys.stdout)
"""


class PatternRefused(Exception):
    """A pattern that is none, or that takes too long; the text is one line."""


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; raises PatternRefused."""
    return bool(_found("fullmatch", [pattern], [text])[0])


def found_in_each(patterns: Sequence[str], texts: Sequence[str]) -> list[list[list[str]]]:
    """Return, for each pattern, its groups in every text that has it; raises PatternRefused."""
    return _found("search", patterns, texts)


def _found(how: str, patterns: Sequence[str], texts: Sequence[str]) -> list[list[list[str]]]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _PROGRAM],
            input=json.dumps(
                {"how": how, "patterns": patterns, "texts": texts, "seconds": SECONDS}
            ),
            capture_output=True,
            text=True,
            timeout=_WAITED_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PatternRefused(f"no answer in {_WAITED_SECONDS:g} seconds") from None
    if done.returncode == -signal.SIGVTALRM:
        raise PatternRefused(f"it takes longer than {SECONDS:g} seconds")
    done.check_returncode()
    found: list[list[list[str]]] | str = json.loads(done.stdout)
    if isinstance(found, str):
        raise PatternRefused(found)
    return found
