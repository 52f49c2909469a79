"""The table of what differs between the other emulator and ours, and who is right."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("differences.toml")
JUDGEMENTS = ("theirs", "ours", "both", "neither")


@dataclass(frozen=True)
class Difference:
    """One row: what differs, what each does, who is right by AWS's documentation, what follows.

    `theirs` is what a test sees of the other emulator, word by word.
    """

    part: str
    subject: str
    theirs: str
    ours: str
    right: str
    source: str
    consequence: str


def table() -> list[Difference]:
    """Every row of the table, in its order."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["difference"]
    return [Difference(**row) for row in rows]


def unexplained(part: str, found: Mapping[str, str]) -> list[str]:
    """What the table does not say of `found`, and what it says that is no longer so.

    `found` has what the other emulator does where it differs, by subject.
    """
    known = {row.subject: row.theirs for row in table() if row.part == part}
    new = [f"not in the table: {one}: {found[one]}" for one in sorted(found.keys() - known.keys())]
    old = [f"no longer differs: {one}" for one in sorted(known.keys() - found.keys())]
    other = [
        f"{one}: the table says {known[one]!r}, it is {found[one]!r}"
        for one in sorted(found.keys() & known.keys())
        if found[one] != known[one]
    ]
    return [*new, *old, *other]
