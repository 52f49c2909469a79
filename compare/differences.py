"""Structural diff of two templates, place by place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Location = tuple[str, ...]
NOTHING = None


@dataclass(frozen=True)
class Difference:
    """One place of one template: `location` begins with the stack's part and the section."""

    location: Location
    first: Any
    second: Any


def differences(first: Any, second: Any, location: Location = ()) -> Iterator[Difference]:
    """Every place in which two documents differ, as deep as both still have the same shape.

    A resource that only one has is one place, and so is a list of another length.
    """
    if first is second:
        return
    if isinstance(first, dict) and isinstance(second, dict):
        for key in [*first, *(key for key in second if key not in first)]:
            yield from differences(
                first.get(key, NOTHING), second.get(key, NOTHING), (*location, key)
            )
    elif _same_length(first, second):
        for number, one in enumerate(first):
            yield from differences(one, second[number], (*location, str(number)))
    elif first != second:
        yield Difference(location, first, second)


def touches(location: Location, others: Iterable[Location]) -> bool:
    """Whether one of `others` is this place, lies in it or holds it."""
    return any(location[: len(one)] == one[: len(location)] for one in others)


def _same_length(first: Any, second: Any) -> bool:
    both_lists = isinstance(first, list) and isinstance(second, list)
    return both_lists and len(first) == len(second)
