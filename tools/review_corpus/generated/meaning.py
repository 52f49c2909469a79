"""Meaning of mutations: which of them are harmless, and which nobody can tell without asking."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from tools.review_corpus.generated.mutation import Mutation

_TABLE = Path(__file__).parent / "meaning.toml"
Verdict = Literal["asks", "quiet", "either"]


@dataclass(frozen=True)
class Row:
    """What a kind of mutation of a property means; `either` says that both answers are right."""

    property: str
    verdict: Verdict
    why: str
    types: tuple[str, ...] = ("*",)
    mutations: tuple[str, ...] = ()
    at: str = "*"

    def fits(self, kind: str, path: str, mutation: Mutation) -> bool:
        """Whether it speaks of a mutation of a resource of that type and path."""
        return (
            any(fnmatchcase(kind, one) for one in self.types)
            and fnmatchcase(path, self.at)
            and fnmatchcase(mutation.pattern, self.property)
            and (not self.mutations or mutation.kind in self.mutations)
        )


@dataclass(frozen=True)
class Meaning:
    """The rows, the first that fits counts, and other values of enumerations."""

    rows: tuple[Row, ...]
    values: dict[str, list[str]] = field(hash=False)

    def of(self, kind: str, path: str, mutation: Mutation) -> Row:
        """Return the row of a mutation; whatever none speaks of asks a person."""
        for row in self.rows:
            if row.fits(kind, path, mutation):
                return row
        return _ASKS


_ASKS = Row("*", "asks", "")


def read_meaning() -> Meaning:
    """Read the table."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return Meaning(tuple(_rows(table["rows"])), table["values"])


def _rows(rows: list[dict[str, Any]]) -> Iterator[Row]:
    for row in rows:
        lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
        yield Row(**{**row, **lists})
