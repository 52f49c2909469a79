"""Judgement of all results by the table of differences: what it does not say, and what is stale."""

import ast
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from tools.differential.case import Result, run
from tools.differential.differences import Difference

PROJECT = Path(__file__).parents[2]


def faults(results: Sequence[Result], rows: Sequence[Difference]) -> list[str]:
    """Return what makes the table wrong, for results of all cases."""
    return [*faults_of_results(results, rows), *_faults_of_rows(results, rows)]


def faults_of_results(results: Sequence[Result], rows: Sequence[Difference]) -> list[str]:
    """Return what the table says otherwise of these results, which may be those of some cases."""
    return [fault for result in results for fault in _faults_of_result(result, rows)]


def _faults_of_result(result: Result, rows: Sequence[Difference]) -> Iterator[str]:
    told = [row for row in rows if _tells_of(row, result)]
    if result.differs and not told:
        yield f"not in the table: {result}"
    if len(told) > 1:
        yield f"in {len(told)} rows of the table: {result.case.name}"
    for row in told:
        if not result.differs:
            yield f"no longer differs: {result.case.name}, of the row {row.subject}"
        elif row.switch:
            name, _, value = row.switch.partition("=")
            switched = run(result.case, {name: value or "true"})
            if switched.differs:
                yield f"{row.switch} does not restore the original's: {switched}"


def _faults_of_rows(results: Sequence[Result], rows: Sequence[Difference]) -> Iterator[str]:
    names = [result.case.name for result in results if result.differs]
    for row in rows:
        if not row.cases and not row.tests:
            yield f"nothing shows the row {row.subject}: name cases or tests"
        for pattern in row.cases:
            if not any(fnmatchcase(name, pattern) for name in names):
                yield f"no case that differs is {pattern}, of the row {row.subject}"
        for test in row.tests:
            if not _exists(test):
                yield f"there is no test {test}, of the row {row.subject}"
        if not row.why:
            yield f"the row {row.subject} says no reason"


def _tells_of(row: Difference, result: Result) -> bool:
    return any(fnmatchcase(result.case.name, pattern) for pattern in row.cases)


def _exists(test: str) -> bool:
    """Return whether the file of `file::name` defines the test."""
    file, _, name = test.partition("::")
    path = PROJECT / file
    if not path.is_file():
        return False
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in ast.walk(tree))
