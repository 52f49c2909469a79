"""Line numbers of an environment file's keys, which the parser of TOML does not keep."""

import re
import tomllib
from typing import Any

KeyPath = tuple[str, ...]

_QUOTED = r'"(?:\\.|[^"\\])*"|\'[^\']*\''
_KEY = rf"(?:{_QUOTED}|[A-Za-z0-9_-]+)"
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER = re.compile(rf"[ \t]*\[[ \t]*({_KEYS})[ \t]*\]")
_SETTING = re.compile(rf"[ \t]*({_KEYS})[ \t]*=")
_SUBJECT = re.compile(_KEYS)


def with_line_number(message: str, text: str) -> str:
    """Return a message that begins with a key, and behind it the line of that key.

    A key that is missing has the line of the nearest table around it; without one there is none.
    """
    found = _SUBJECT.match(message)
    lines = _lines_by_key(text)
    path = _path(found[0]) if found else ()
    while path and path not in lines:
        path = path[:-1]
    return f"{message} (line {lines[path]})" if path else message


def _lines_by_key(text: str) -> dict[KeyPath, int]:
    """Return the first line of every table and setting; none for a text whose values have lines."""
    lines: dict[KeyPath, int] = {}
    if '"""' in text or "'''" in text:
        return lines
    table: KeyPath = ()
    for number, line in enumerate(text.split("\n"), start=1):
        header, setting = _HEADER.match(line), _SETTING.match(line)
        if header:
            table = _path(header[1])
        path = table if header else (*table, *_path(setting[1])) if setting else ()
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], number)
    return lines


def _path(keys: str) -> KeyPath:
    """Return the parts of a dotted key; empty for what is none after all."""
    try:
        found: Any = tomllib.loads(f"{keys} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while isinstance(found, dict):
        ((key, found),) = found.items()
        path.append(key)
    return tuple(path)
