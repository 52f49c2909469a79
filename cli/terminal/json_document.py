"""JSON on standard output: one document for each command with `--json`, its error included."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

OPTION = "--json"
_NOTHING = object()


class JsonDocument:
    """Document of one command: its result, which waits for the command's end, or its error."""

    def __init__(self) -> None:
        self._value: Any = _NOTHING
        self._is_written = False

    def give(self, value: Any) -> None:
        """Keep the result of the command."""
        self._value = value

    def write_now(self, value: Any) -> None:
        """Write a line of a stream, which does not wait for the command's end."""
        self._is_written = True
        _write(value, indent=None)
        sys.stdout.flush()

    def finish(self, code: int, message: str) -> None:
        """Write the document; a `message` is that of an error, and joins what was found before."""
        error = {"error": {"exit_code": code, "message": message}} if message else {}
        found = self._value
        if self._is_written:
            if error:
                _write(error, indent=None)
        elif found is not _NOTHING and not error:
            _write(found)
        elif error:
            _write({**(found if isinstance(found, dict) else {}), **error})
        sys.stdout.flush()


_current: JsonDocument | None = None


def is_wanted() -> bool:
    """Return whether the command that runs was given `--json`."""
    return _current is not None


@contextmanager
def document_of(words: Sequence[str]) -> Iterator[JsonDocument | None]:
    """Yield the document of a command line, None for one without `--json`."""
    global _current
    options = words[: words.index("--")] if "--" in words else words
    _current = JsonDocument() if OPTION in options else None
    try:
        yield _current
    finally:
        _current = None


def give(value: Any) -> None:
    """Make `value` the result of the command; outside of one it is written at once."""
    if _current is None:
        _write(value)
    else:
        _current.give(value)


def write_line(value: Any) -> None:
    """Write `value` at once on a line of its own, for a command that goes on."""
    (_current or JsonDocument()).write_now(value)


def _write(value: Any, indent: int | None = 2) -> None:
    sys.stdout.write(json.dumps(value, indent=indent, default=_json) + "\n")


def _json(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
