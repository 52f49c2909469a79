import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewer.assembly import Assembly, Resource, SynthesisedStack, read_assembly

Edit = Callable[[Any], object]


@pytest.fixture(scope="session")
def prod(synthesis: Path) -> Assembly:
    """The shipped production environment."""
    return read_assembly(synthesis, "prod")


def edited(assembly: Assembly, stack: str, change: Edit) -> Assembly:
    """The assembly after `change` was applied to a copy of one stack."""
    stacks = []
    for one in assembly.stacks:
        if one.label == stack:
            one = replace(one, template=copy.deepcopy(one.template))
            change(one)
            # Once more, for whatever was worked out before the change.
            one = replace(one)
        stacks.append(one)
    return replace(assembly, stacks=tuple(stacks), open_findings=())


def only(stack: SynthesisedStack, kind: str, part: str = "") -> Resource:
    """The only resource of a type whose name contains `part`."""
    found = [item for item in stack.resources if item.type == kind and part in item.name]
    assert len(found) == 1, f"{len(found)} of {kind} with {part!r}"
    return found[0]


def rewritten(path: Path, change: Edit) -> None:
    """Apply `change` to a JSON file."""
    body = json.loads(path.read_text())
    change(body)
    path.write_text(json.dumps(body))
