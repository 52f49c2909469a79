"""Values of a template as the kind that a reader needs, whatever stands there."""

import math
from collections.abc import Iterator
from typing import Any


def mapping(value: Any) -> dict[str, Any]:
    """Return an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list, or the one that stands for a list, on both sides of Fn::If."""
    match value:
        case {"Fn::If": [_, if_true, if_false]}:
            yield from mappings(if_true)
            yield from mappings(if_false)
        case dict():
            yield value
        case list():
            for one in value:
                yield from mappings(one)


def number(value: Any) -> float | None:
    """Return a number, which CloudFormation takes as a text, too; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def whole(value: Any) -> int | None:
    """Return a number without a fraction; None for anything else."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None


def at(tree: Any, path: str) -> Any:
    """Return the value at a path of keys, as in `Target/Arn`; None where there is none."""
    for key in path.split("/"):
        tree = mapping(tree).get(key)
    return tree
