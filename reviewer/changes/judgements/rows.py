"""Rows of the tables: what a change of one property means, or why it cannot hurt.

A row fits a type, the path of a property, and the way in which its value changes. Of the rows that
fit a difference the first counts, in the order of the files' names and then of the lines; a
difference that none fits asks for a person.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from reviewer.changes.finding import Area

Change = Literal[
    "changed",
    "exchanged",
    "added",
    "removed",
    "higher",
    "lower",
    "to",
    "from",
    "more",
    "fewer",
    "default",
]

ADDED, REMOVED = "@added", "@removed"
"""The paths under which a whole resource comes or goes."""


@dataclass(frozen=True)
class Row:
    """A finding with `rule`, `area` and `says`, or the reason why the change is `harmless`.

    `property` is a path as in `ResourceDiff.differences`; `*` stands for a part of one segment,
    `**` for any rest, `{A,B}` for one of both. What differs inside of a path that ends in `**` is
    one finding. `value` is what `to` and `from` compare with: one value or a list of them;
    `default` is a value that comes or goes and that AWS takes anyway; `exchanged` is a value on
    either side. `pattern` is what the text of the new value has to match as a whole. `absent` is
    what AWS takes where the property is not there. `beside` names what stands in the
    same object and is said by the same finding, as the model of a new variant; `*` is everything.
    """

    types: tuple[str, ...]
    property: str
    when: Change
    example: Mapping[str, Any]
    value: Any = None
    pattern: str = ""
    absent: Any = None
    beside: Sequence[str] = ()
    rule: str = ""
    area: Area = "safety"
    says: str = ""
    harmless: str = ""
    file: str = field(default="", compare=False)

    def is_about(self, kind: str) -> bool:
        """Return whether this row is about a type."""
        return any(one.fullmatch(kind) for one in self._types)

    def takes(self, path: str, value: Any) -> bool:
        """Return whether `value` at `path` is one to which this row says something changes."""
        now = self.absent if value is None else value
        return bool(self._path.fullmatch(path)) and now is not None and now in self._values

    def fits(self, path: str, old: Any, new: Any) -> bool:
        """Return whether this row is about the change of `path` from `old` to `new`."""
        if not self._path.fullmatch(path):
            return False
        if self.pattern and not (isinstance(new, str) and re.fullmatch(self.pattern, new)):
            return False
        was = self.absent if old is None else old
        now = self.absent if new is None else new
        return was != now and _CHANGES[self.when](was, now, self._values)

    def part(self, path: str) -> str:
        """Return the part of `path` of which one finding speaks."""
        found = self._before_rest.match(path) if self.property.endswith("**") else None
        return found[0] if found else path

    def tells(self, path: str, other: str) -> bool:
        """Return whether a finding about `path`, which this row fits, says `other`, too."""
        parent = path.rpartition("/")[0]
        name = other.removeprefix(f"{parent}/")
        return name != other and ("*" in self.beside or name.partition("/")[0] in self.beside)

    @cached_property
    def _before_rest(self) -> re.Pattern[str]:
        return _glob(self.property.removesuffix("**").removesuffix("/"), "/")

    @cached_property
    def _types(self) -> tuple[re.Pattern[str], ...]:
        return tuple(_glob(one, "::") for one in self.types)

    @cached_property
    def _path(self) -> re.Pattern[str]:
        # What stands for any property stands for nothing that a resource has beside them.
        beside = "(?!@)" if self.property.startswith("*") else ""
        return re.compile(beside + _glob(self.property, "/").pattern, re.DOTALL)

    @cached_property
    def _values(self) -> list[Any]:
        return self.value if isinstance(self.value, list) else [self.value]


@cache
def all_rows() -> tuple[Row, ...]:
    """Return every row, in the order in which they are asked."""
    files = sorted(Path(__file__).with_name("tables").glob("*.toml"))
    return tuple(row for file in files for row in _read(file))


@cache
def rows_of(kind: str) -> tuple[Row, ...]:
    """Return the rows about a type, in the order in which they are asked."""
    return tuple(row for row in all_rows() if row.is_about(kind))


def first_row(kind: str, path: str, old: Any, new: Any) -> Row | None:
    """Return the first row that fits, None when nothing is known of the change."""
    return next((row for row in rows_of(kind) if row.fits(path, old, new)), None)


def unsafe_rows(kind: str, new: Mapping[str, Any]) -> Iterator[tuple[Row, str, Any]]:
    """Yield what the rows name of something new, with path and value: each value that is not safe.

    `new` has its values by their paths. What AWS takes where a property is absent counts, too.
    """
    rows = [row for row in rows_of(kind) if row.when == "to"]
    for path, value in new.items():
        found = next((row for row in rows if row.takes(path, value)), None)
        if found is not None and not found.harmless:
            yield found, path, value
    for row in rows:
        path = row.property
        is_there = any(f"{one}/".startswith(f"{path}/") for one in new)
        if not (row.harmless or is_there or set("*{") & set(path)) and row.takes(path, None):
            yield row, path, None


def _read(file: Path) -> Iterator[Row]:
    for facts in tomllib.loads(file.read_text(encoding="utf-8"))["rows"]:
        yield Row(**{**facts, "types": tuple(facts["types"]), "file": file.name})


def _glob(text: str, separator: str) -> re.Pattern[str]:
    """Return a pattern: `*` does not cross a separator, `**` does, and `{A,B}` is either."""
    one = f"[^{separator[0]}]*"
    escaped = re.escape(text).replace(r"\*\*", ".*").replace(r"\*", one)
    either = re.sub(r"\\\{([^{}]*)\\\}", lambda found: f"(?:{found[1].replace(',', '|')})", escaped)
    return re.compile(either, re.DOTALL)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(value: Any) -> float | None:
    if _is_number(value):
        return float(value)
    try:
        # CloudFormation takes a number as text, too.
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _higher(old: Any, new: Any, _: list[Any]) -> bool:
    was, now = _numbers(old), _numbers(new)
    return was is not None and now is not None and now > was


def _contains(large: Any, small: Any) -> bool:
    """Whether the list `large` has every item of `small`; a list that is not there is empty."""
    lists = [[] if one is None else one for one in (large, small)]
    return all(isinstance(one, list) for one in lists) and all(one in lists[0] for one in lists[1])


_CHANGES: Mapping[Change, Callable[[Any, Any, list[Any]], bool]] = {
    "changed": lambda old, new, values: True,
    "exchanged": lambda old, new, values: old is not None and new is not None,
    "added": lambda old, new, values: old is None,
    "removed": lambda old, new, values: new is None,
    "higher": _higher,
    "lower": lambda old, new, values: _higher(new, old, values),
    "to": lambda old, new, values: new in values,
    "from": lambda old, new, values: old in values,
    "more": lambda old, new, values: _contains(new, old),
    "fewer": lambda old, new, values: _contains(old, new),
    "default": lambda old, new, values: (
        None in (old, new) and (new if old is None else old) in values
    ),
}
