"""Query languages of a state machine's states: which fields each has, and JSONata that is none.

What Step Functions says was measured on AWS: floci-io/floci#2968 and floci-io/floci#2745.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sandbox.stepfunctions import queries

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_PATH, _JSONATA = "JSONPath", "JSONata"
_ONLY = {
    _JSONATA: ("Arguments", "Items", "Output"),
    _PATH: ("InputPath", "ItemsPath", "OutputPath", "Parameters", "ResultPath", "ResultSelector"),
}
_EXPRESSION = re.compile(r"\s*\{%(.*)%\}\s*", re.DOTALL)
_INNER = ("ItemProcessor", "Iterator")


def problems(machine: Document) -> Iterator[str]:
    """Return what Step Functions refuses of a definition, with its place."""
    missing = [name for name in ("States", "StartAt") if name not in machine]
    if missing:
        yield f"These fields are required: [{', '.join(missing)}] at /"
        return
    language = str(machine.get("QueryLanguage", _PATH))
    for where, state in _states(machine, ""):
        yield from _problems_of(state, where, language)


def _problems_of(state: Document, where: str, language: str) -> Iterator[str]:
    own = str(state.get("QueryLanguage", language))
    if language == _JSONATA and own == _PATH:
        yield (
            "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at "
            f"{where}"
        )
    other = _PATH if own == _JSONATA else _JSONATA
    for field in _ONLY[other]:
        if field in state:
            yield (
                f"The QueryLanguage is set to '{own}', but field '{field}' is only supported for "
                f"the '{other}' QueryLanguage at {where}/{field}"
            )
    for inner in _INNER:
        if "QueryLanguage" in state.get(inner, {}):
            yield f"Field 'QueryLanguage' is not supported at {where}/{inner}"
    if own == _JSONATA:
        yield from _broken(state, where)


def _states(part: Document, where: str) -> Iterator[tuple[str, Document]]:
    for name, state in part.get("States", {}).items():
        here = f"{where}/States/{name}"
        yield here, state
        for inner in _INNER:
            yield from _states(state.get(inner, {}), f"{here}/{inner}")
        for number, branch in enumerate(state.get("Branches", [])):
            yield from _states(branch, f"{here}/Branches[{number}]")


def _broken(node: Any, where: str) -> Iterator[str]:
    """Return the expressions below `node` that do not parse; states inside are looked at alone."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in (*_INNER, "Branches"):
                yield from _broken(value, f"{where}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _broken(value, f"{where}[{number}]")
    elif isinstance(node, str):
        found = _EXPRESSION.fullmatch(node)
        if found and (problem := queries.syntax_error(found[1])):
            yield f"{problem} at {where}"
