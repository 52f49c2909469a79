"""Reads a state machine's definition out of a template, as graph and as API calls."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

State = dict[str, Any]

EXPRESSION = re.compile(r"^\{%(.*)%\}$", re.DOTALL)
# What CloudFormation fills in; the name says that no literal is known.
TOKEN = "cloudformation-value"


class Call(NamedTuple):
    """One API call that a Task makes."""

    state: str
    service: str
    operation: str
    arguments: Any


def definition(properties: dict[str, Any]) -> State:
    """The machine's definition with every CloudFormation value replaced by a word."""
    parsed: State = json.loads(_text(properties["DefinitionString"]))
    return parsed


def machines(node: State, name: str = "") -> Iterator[tuple[str, State]]:
    """`node` and every machine inside it (Map, Parallel), by a path of names."""
    yield name, node
    for state_name, state in node["States"].items():
        inner = [*state.get("Branches", [])]
        inner += [state[key] for key in ("ItemProcessor", "Iterator") if key in state]
        for one in inner:
            yield from machines(one, f"{name}/{state_name}")


def successors(state: State) -> set[str]:
    """Every state that may come next."""
    rules = [*state.get("Choices", []), *state.get("Catch", [])]
    names = [state.get("Next"), state.get("Default"), *(rule.get("Next") for rule in rules)]
    return {name for name in names if name is not None}


def reachable(machine: State) -> set[str]:
    """Every state that some path from the start visits."""
    seen: set[str] = set()
    waiting = [machine["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += successors(machine["States"].get(name, {}))
    return seen


def calls(machine: State) -> Iterator[Call]:
    """The API calls of a machine's own Tasks."""
    for name, state in machine["States"].items():
        if state["Type"] == "Task":
            resource = state["Resource"].split(":states:::")[1]
            parts = resource.removeprefix("aws-sdk:").split(":")
            operation = parts[1].split(".")[0]
            yield Call(name, parts[0], operation, state.get("Arguments", state.get("Parameters")))


def expressions(node: Any) -> Iterator[str]:
    """The text inside every `{% … %}` of a definition."""
    if isinstance(node, dict):
        for value in node.values():
            yield from expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)
    elif isinstance(node, str) and (match := EXPRESSION.match(node)):
        yield match[1]


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(_text(part) for part in parts)
        case _:
            return TOKEN
