"""JSON within bounds, and the files of a cloud assembly that hold it, each part with its type."""

import json
import math
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

AGAIN = "synthesise again with: make synth"
_MOST_OF_A_FILE = 64 * 2**20
# The CDK puts every file beside the manifest; what lies elsewhere is of another assembly.
_FILE_NAME = re.compile(r"(?!\.+$)[\w.-]+")
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


class AssemblyError(Exception):
    """A folder that is no cloud assembly; the message is one line: where, what and do."""


@dataclass(frozen=True)
class Part:
    """One object of a file; what is missing has a default, what has another type is refused."""

    where: str
    facts: dict[str, Any]

    def text(self, key: str, default: str = "") -> str:
        """Return a text; raises AssemblyError, as the others do, for another type."""
        return str(self._one(key, default, str))

    def file_name(self, key: str) -> str:
        """Return the name of a file or folder that lies in the assembly's own; it must be there."""
        found = self.text(key)
        if not _FILE_NAME.fullmatch(found):
            raise self.error(f"{key} is {shortened(found)!r}, not the name of a file beside it")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        found = self._one(key, [], list)
        if not all(isinstance(one, str) for one in found):
            raise self.error(f"{key} holds something that is no text")
        return tuple(found)

    def mapping(self, key: str) -> dict[str, str]:
        """Return an object of texts."""
        part = self.part(key)
        return {name: part.text(name) for name in part.facts}

    def part(self, key: str) -> "Part":
        """Return an object inside of this one."""
        return Part(f"{self.where}: {shortened(key)}", self._one(key, {}, dict))

    def parts(self) -> Iterator[tuple[str, "Part"]]:
        """Yield every member, each of which has to be an object."""
        yield from ((name, self.part(name)) for name in self.facts)

    def objects(self, key: str) -> Iterator["Part"]:
        """Yield every object of a list."""
        for number, one in enumerate(self._one(key, [], list)):
            yield Part(f"{self.where}: {key}", {str(number): one}).part(str(number))

    def _one(self, key: str, default: Any, kind: type) -> Any:
        found = self.facts.get(key, default)
        if not isinstance(found, kind):
            raise self.error(f"{shortened(key)} is {worded(found)}, not {worded(kind())}")
        return found

    def error(self, said: str) -> AssemblyError:
        """Return the error that says so of this object."""
        return AssemblyError(f"{self.where}: {said}; {AGAIN}")


def read_json(path: Path, most: int = _MOST_OF_A_FILE) -> dict[str, Any]:
    """Return the JSON object in a file of an assembly; raises AssemblyError when there is none.

    A file of more than `most` bytes is none, and neither is a link: what it leads to is not what
    the synthesis wrote.
    """
    where = f"{path.parent.name}/{path.name}"
    try:
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode):
            what = "a link" if stat.S_ISLNK(facts.st_mode) else "no file"
            raise AssemblyError(f"{where}: is {what}; {AGAIN}")
        if facts.st_size > most:
            size = f"{facts.st_size / 2**20:,.1f} MiB"
            raise AssemblyError(f"{where}: has {size}; {most // 2**20} MiB at most; {AGAIN}")
        found = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AssemblyError(f"{where}: {str(error.strerror).lower()}; {AGAIN}") from error
    except ValueError as error:
        raise AssemblyError(f"{where}: is not JSON ({error}); {AGAIN}") from error
    if not isinstance(found, dict):
        raise AssemblyError(f"{where}: holds no JSON object; {AGAIN}")
    return found


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
