"""Holds JSON documents of the command line to their rows in docs/commands.md."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
SHAPES = ("an object", "a list", "by name", "lines")


@dataclass(frozen=True)
class Row:
    """What the page says of one command's document; `fields` is empty for one by name."""

    shape: str
    fields: frozenset[str]


def documented() -> dict[str, Row]:
    """The rows of the table, by the words of the command."""
    rows = re.findall(r"^\| `([a-z -]+)` \| ([a-z ]+) \| (.+) \|$", PAGE.read_text(), re.M)
    # What stands in brackets explains a field.
    return {
        command: Row(shape, frozenset(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", fields))))
        for command, shape, fields in rows
    }


def row_of(words: Sequence[str]) -> Row:
    """The row of a command line: of its first words, with an option if the page has it so."""
    rows = documented()
    plain = [" ".join(words[:count]) for count in (2, 1) if " ".join(words[:count]) in rows]
    with_option = [
        name
        for name in rows
        if " --" in name and plain and name.split(" --")[0] == plain[0]
        if f"--{name.split(' --')[1]}" in words
    ]
    return rows[(with_option or plain)[0]]


def require_documented(words: Sequence[str], output: str) -> Any:
    """Return the one document on standard output, which has the fields that the page lists."""
    found = json.loads(output)
    if isinstance(found, dict) and isinstance(found.get("error"), dict):
        assert found["error"].keys() == {"exit_code", "message"}, found
        del found["error"]
        if not found:
            return found
    row = row_of(words)
    if row.shape == "an object":
        assert found.keys() == row.fields, words
    elif row.shape == "a list":
        assert isinstance(found, list), words
        assert {frozenset(one) for one in found} <= {row.fields}, words
    else:
        assert isinstance(found, dict), words
    return found
