"""Definitions of state machines in templates, as Amazon States Language that was read."""

from collections.abc import Iterator, Mapping
from typing import Any

PROPERTIES = ("DefinitionString", "Definition")
STOPS_NOTEBOOK = "stopNotebookInstance"
"""The call of SageMaker that a schedule makes to stop a notebook."""


def definition_name(tree: Mapping[str, Any]) -> str:
    """Return the property that holds the definition; empty where none is readable."""
    return next((name for name in PROPERTIES if isinstance(tree.get(name), dict)), "")


def definition(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition; empty where there is none to read, as when it lies in S3."""
    found: dict[str, Any] = tree.get(definition_name(tree)) or {}
    return found


def states(body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the states of a definition that are objects, by name."""
    found = body.get("States")
    if not isinstance(found, dict):
        return {}
    return {name: state for name, state in found.items() if isinstance(state, dict)}


def resources_of(body: Any) -> Iterator[str]:
    """Yield what the tasks of a definition call, in branches, too."""
    if isinstance(body, list):
        for item in body:
            yield from resources_of(item)
    elif isinstance(body, dict):
        if body.get("Type") == "Task" and isinstance(body.get("Resource"), str):
            yield body["Resource"]
        for value in body.values():
            yield from resources_of(value)


def reachable(body: Mapping[str, Any]) -> set[str]:
    """Return the names of the states to which some way leads from the first."""
    there = states(body)
    names, seen = [body.get("StartAt")], set[str]()
    while names:
        name = names.pop()
        if not isinstance(name, str) or name in seen or name not in there:
            continue
        seen.add(name)
        state = there[name]
        names += [state.get("Next"), state.get("Default")]
        names += [
            one.get("Next")
            for key in ("Choices", "Catch")
            for one in listed(state.get(key))
            if isinstance(one, dict)
        ]
    return seen


def listed(value: Any) -> list[Any]:
    """Return a list; an empty one for what is none."""
    return value if isinstance(value, list) else []
