"""`python -m compare dev prod`: the comparison of two environments as JSON."""

import gc
import json
import sys
from functools import partial
from typing import Any

from app import add_stacks
from compare.comparison import EnvironmentComparison, Explained, compare
from compare.synthesis import in_parallel
from config.loader import ConfigError, load_environment

UNEXPLAINED = 1
WRONG_INPUT = 2


def main(arguments: list[str]) -> int:
    """Print the comparison; 1 when a difference has no cause, 2 when a file is wrong."""
    # What is imported stays: the collector would search all of it with every synthesis.
    gc.freeze()
    try:
        first, second = (load_environment(name) for name in arguments)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    found = compare(first, second, partial(in_parallel, add_stacks=add_stacks))
    json.dump(document(found), sys.stdout, indent=2)
    return UNEXPLAINED if found.unexplained else 0


def document(found: EnvironmentComparison) -> dict[str, Any]:
    """A comparison for programs: settings, and places with the settings that cause them."""
    return {
        "settings": [
            {"setting": one.name, "first": one.first, "second": one.second} for one in found.changes
        ],
        "differences": [_place(one, found) for one in found.explained],
        "unexplained": [_place(one, found) for one in found.unexplained],
    }


def _place(one: Explained, found: EnvironmentComparison) -> dict[str, Any]:
    stack, *rest = one.difference.location
    resource = rest[1] if rest[:1] == ["Resources"] and len(rest) > 1 else ""
    kind = found.templates[stack]["Resources"].get(resource, {}).get("Type", "")
    return {
        "stack": stack,
        "resource": resource,
        "type": kind or _type_of(one.difference.second),
        "path": ".".join(rest[2:] if resource else rest),
        "first": one.difference.first,
        "second": one.difference.second,
        "settings": list(one.settings),
    }


def _type_of(body: Any) -> str:
    return str(body.get("Type", "")) if isinstance(body, dict) else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
