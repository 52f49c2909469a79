"""The table of what AWS refuses: no row twice or left out, and each with its test or its reason."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.gaps import GAPS

REPO = Path(__file__).parents[3]
TABLE = REPO / "sandbox" / "refusals" / "rows.toml"
# Numbers that the table of sources has no row for.
ABSENT = frozenset({43, 44, 129, 152})
LAST, FEWEST = 266, 60
STATES = {"refused", "accepted", "not-here"}


def rows() -> dict[str, dict[str, str]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def named_rows(file: str) -> dict[str, frozenset[str]]:
    """The rows that each test of a file names: in its decorators, or in a table that one names."""
    tree = ast.parse((REPO / file).read_text(encoding="utf-8"))
    tables = {}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(targets[0], ast.Name):
            tables[targets[0].id] = _constants(node)
    return {
        one.name: frozenset().union(*(_named(each, tables) for each in one.decorator_list))
        for one in tree.body
        if isinstance(one, ast.FunctionDef)
    }


def _named(decorator: ast.expr, tables: dict[str, frozenset[str]]) -> frozenset[str]:
    used = [node.id for node in ast.walk(decorator) if isinstance(node, ast.Name)]
    return _constants(decorator).union(*(tables.get(name, frozenset()) for name in used))


def _constants(tree: ast.AST) -> frozenset[str]:
    found: list[Any] = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return frozenset(
        value for value in found if isinstance(value, str) and re.fullmatch(r"R\d+", value)
    )


def test_each_row_of_the_sources_is_there_once() -> None:
    numbers = {f"R{number}" for number in range(1, LAST + 1) if number not in ABSENT}

    assert rows().keys() == numbers


def test_each_row_is_refused_or_taken_or_says_why_neither_is_so() -> None:
    text = TABLE.read_text(encoding="utf-8")
    reasons = set(re.findall(r"^# ([a-z ]+): ", text, re.MULTILINE))

    for number, row in rows().items():
        assert row.keys() - {"what"} <= STATES, number
        assert len(row) == 2, number
        assert row["what"], number
        assert row.get("not-here", next(iter(reasons))) in reasons, number
    assert reasons == {row["not-here"] for row in rows().values() if "not-here" in row}


def test_each_row_that_has_a_test_is_named_by_it() -> None:
    for number, row in rows().items():
        if "not-here" not in row:
            file, _, name = (row.get("refused") or row["accepted"]).partition("::")
            assert number in named_rows(file).get(name, frozenset()), (number, file, name)


def test_a_row_that_a_test_names_is_not_said_to_be_elsewhere() -> None:
    files = {
        str(path.relative_to(REPO)): path.read_text(encoding="utf-8")
        for path in (REPO / "tests").rglob("test_*.py")
    }
    found = [
        named_rows(file)
        for file, text in files.items()
        if "aws_row(" in text or "sandbox/refusals/" in file
    ]
    shown = {number for tests in found for numbers in tests.values() for number in numbers}

    assert shown == {number for number, row in rows().items() if "not-here" not in row}


def test_the_sandbox_refuses_most_of_what_aws_refuses() -> None:
    assert sum("refused" in row for row in rows().values()) >= FEWEST


def test_whoever_asks_what_the_sandbox_does_otherwise_is_shown_the_table() -> None:
    (gap,) = [gap for gap in GAPS if gap.name == "refusals"]

    assert "sandbox/refusals/rows.toml" in gap.here
