"""Table of what differs between the built-in and the container, kept in differences.toml."""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

TABLE = Path(__file__).with_name("differences.toml")
PARTS = ("training", "serving")


@dataclass(frozen=True)
class Difference:
    """One row: what the original does, what is done here and why, and what shows it.

    `switch` is the environment variable that brings the original's behaviour back. `cases` are
    patterns of case names; `tests` are tests, `file::name`, of what no case in one process shows.
    """

    part: str
    subject: str
    original: str
    here: str
    why: str = ""
    switch: str = ""
    cases: Sequence[str] = field(default_factory=tuple)
    tests: Sequence[str] = field(default_factory=tuple)


def table(path: Path = TABLE) -> list[Difference]:
    """Return every row, in the order of the file."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["difference"]
    return [Difference(**row) for row in rows]


def write_table(rows: Sequence[Difference], path: Path = TABLE) -> None:
    """Write the rows anew below the lines that stand before the first of them."""
    head = path.read_text(encoding="utf-8").partition("[[difference]]")[0]
    path.write_text(head + "\n".join(map(_written, rows)), encoding="utf-8")


def _written(row: Difference) -> str:
    lines = ["[[difference]]"]
    for name in (one.name for one in fields(row)):
        value = getattr(row, name)
        if isinstance(value, str):
            lines += [f"{name} = {_quoted(value)}"] if value else []
        elif len(value) == 1:
            lines.append(f"{name} = [{_quoted(value[0])}]")
        elif value:
            lines += [f"{name} = [", *(f"    {_quoted(one)}," for one in value), "]"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # What needs an escape is clearer in quotes that know none.
    is_plain = "\\" not in text and '"' not in text
    return json.dumps(text, ensure_ascii=False) if is_plain or "'" in text else f"'{text}'"
