"""Templates with outputs that show what the properties of each resource resolve to."""

from __future__ import annotations

import copy
import json
from collections.abc import Container
from pathlib import Path
from typing import Any

from cfn.assembly import stacks_in_order

Template = dict[str, Any]
# Both emulators have this type; it takes the place of a resource that one of them refuses.
STAND_IN = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "stand-in"}}
# How the names of these outputs begin.
SHOWN = "Shown"


def templates(assembly: Path) -> dict[str, Template]:
    """The templates of an assembly by the names of their stacks, in the order of deployment."""
    return {stack.stack_name: stack.template() for stack in stacks_in_order(assembly)}


def shown(template: Template, replaced: Container[str]) -> Template:
    """The template with an output for the properties of every resource.

    The resources of `replaced` become stand-ins, and what refers to them gets a name in braces, so
    that it is the same everywhere.
    """
    made: Template = _named(copy.deepcopy(template), replaced)
    # Fn::ToJsonString is part of it.
    made["Transform"] = "AWS::LanguageExtensions"
    outputs = made.setdefault("Outputs", {})
    for name, resource in made["Resources"].items():
        condition = {key: resource[key] for key in ("Condition",) if key in resource}
        value = {"Fn::ToJsonString": resource.get("Properties", {})}
        outputs[f"{SHOWN}{name}"] = {"Value": value, **condition}
        if name in replaced:
            kept = {key: resource[key] for key in ("Condition", "DependsOn") if key in resource}
            made["Resources"][name] = {**STAND_IN, **kept}
    return made


def _named(node: Any, gone: Container[str]) -> Any:
    """A part of a template in which references to the resources of `gone` are names."""
    match node:
        case list():
            return [_named(item, gone) for item in node]
        case {"Ref": str(name)} if name in gone:
            return f"{{{name}}}"
        case {"Fn::GetAtt": [str(name), attribute]} if name in gone:
            return f"{{{name}.{attribute}}}"
        case dict():
            return {key: _named(value, gone) for key, value in node.items()}
    return node


def leaves(node: Any, path: str = "") -> dict[str, str]:
    """The values of a JSON document by their paths."""
    if isinstance(node, dict) and node:
        inside = [leaves(value, f"{path}/{key}") for key, value in node.items()]
    elif isinstance(node, list) and node:
        inside = [leaves(value, f"{path}/{number}") for number, value in enumerate(node)]
    else:
        return {path: json.dumps(node)}
    return {key: value for part in inside for key, value in part.items()}
