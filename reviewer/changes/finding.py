"""Finding: one thing that a revision changes for better or worse, in one sentence."""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

Area = Literal[
    "review", "permissions", "exposure", "data", "encryption", "safety", "cost", "resources"
]
AREAS: dict[Area, str] = {
    "review": "The review itself, and what no template shows",
    "permissions": "Permissions broadened",
    "exposure": "Network and exposure opened",
    "data": "Data kept shorter or lost",
    "encryption": "Encryption weakened",
    "safety": "Safety nets weakened",
    "cost": "Cost",
    "resources": "Resources",
}


@dataclass(frozen=True)
class Finding:
    """`rule` is its name for machines; `at` the path of what it is about.

    `covers` are the properties of `at`, with all that is inside them, of which it says enough: no
    other finding has to ask about them. One that needs no person has proved them harmless.
    """

    rule: str
    area: Area
    at: str
    said: str
    before: str = ""
    after: str = ""
    needs_person: bool = True
    covers: tuple[str, ...] = ()


# The states of a workflow stand in its definition, whose own name says nothing to a reader.
_STATES = re.compile(r"^Definition(?:String)?/States/")
NOT_SET = "not set"
"""The side of a finding about something new that lacks a property."""


def place(path: str) -> str:
    """Return the path of a property as a sentence names it: `Train/Arguments/RoleArn`."""
    return _STATES.sub("", path).removeprefix("@")


def text(value: Any) -> str:
    """Return a value as a report shows it: "-" where there is none."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
