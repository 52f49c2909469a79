"""Markdown of the rules by area, each with what it says; read from where the rules are made."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reviewer.changes.finding import AREAS
from reviewer.changes.judgements.rows import all_rows

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "review-rules.md"
_HEAD = """\
# Rules of a review

Every name that a finding of a [review](reviews.md) may have in `review.json`, and what it says. A
rule of several sentences has one meaning: what follows depends on the type and the direction of the
change. A finding that says it is harmless asks nobody. Made by `python -m tools.review_rules`.
"""

Rules = dict[str, dict[str, list[str]]]
_Rule = tuple[str, str, str]


def text() -> str:
    """Return the whole page."""
    found = rules()
    parts = [_HEAD]
    for area, title in AREAS.items():
        lines = [
            f"| `{name}` | {'; '.join(says[area])} |"
            for name, says in sorted(found.items())
            if area in says
        ]
        parts.append("\n".join([f"## {title}\n", "| rule | what it says |", "|---|---|", *lines]))
    return "\n".join(f"{part.rstrip()}\n" for part in parts)


def rules() -> Rules:
    """Return what each rule says, by its name and area, each sentence once."""
    found: Rules = {}
    for name, area, says in (*_of_code(), *_of_tables(), *_of_catalogue(), *_of_files()):
        sentences = found.setdefault(name, {}).setdefault(area, [])
        if says not in sentences:
            sentences.append(says)
    return found


def _of_code() -> Iterator[_Rule]:
    for name, (area, says) in read("tools/review_rules/in_code.toml").items():
        yield name, area, says


def _of_tables() -> Iterator[_Rule]:
    for row in all_rows():
        if row.rule:
            yield row.rule, row.area, row.says


def _of_catalogue() -> Iterator[_Rule]:
    for facts in read("cfn/catalogue.toml").values():
        for switch in facts.get("switches", ()):
            yield switch["rule"], "exposure", switch["says"]
        if removal := facts.get("removal"):
            yield removal["rule"], "safety", removal["says"]
        if (lifetime := facts.get("lifetime")) and "rule" in lifetime:
            yield lifetime["rule"], "data", f"{lifetime['of']} are kept shorter"


def _of_files() -> Iterator[_Rule]:
    for row in read("reviewer/sources/file_rows.toml")["rows"]:
        if "rule" in row:
            yield row["rule"], "review", row["says"]


def read(path: str) -> Mapping[str, Any]:
    """Return the content of a TOML file of the project."""
    return tomllib.loads((PROJECT / path).read_text(encoding="utf-8"))
