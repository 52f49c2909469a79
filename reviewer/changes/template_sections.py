"""Template parts beside the resources, compared as resources of types such as Template::Output."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reviewer.changes.finding import Finding
from reviewer.changes.resource_diff import ResourceDiff, Revision

if TYPE_CHECKING:
    from reviewer.assembly import Acknowledged, Assembly, Resource, SynthesisedStack
    from reviewer.changes.pairs.alike import Alike

# The sections that hold named entries, and what one entry is.
_SECTIONS = {
    "Conditions": "Condition",
    "Mappings": "Mapping",
    "Outputs": "Output",
    "Parameters": "Parameter",
    "Rules": "Rule",
}
_SECTION = "Template::Section"
_TABLES = (*_SECTIONS, "Hooks", "Metadata")
# What is for people alone, or for the console that shows it to them.
_TEXTS = {
    ("AWSTemplateFormatVersion", ""),
    ("Description", ""),
    ("Metadata", "AWS::CloudFormation::Interface"),
}


def diff_sections(before: Revision, after: Revision, alike: Alike) -> list[ResourceDiff]:
    """Return every entry of both sides, of the stacks that both have, in the order of paths.

    Of a new stack what acts without a resource is an entry, too, unless the stack of the model
    that it is compared with has the same.
    """
    old, new = _entries(before, after), _entries(after, before)
    there = {(item.path, json.dumps(_tree(before, item))) for item in _acting(before, set())}
    for item in _acting(after, {stack.label for stack in before.assembly.stacks}):
        same = json.dumps(alike.collapsed(_tree(after, item)))
        if (alike.renamed(item.path), same) not in there:
            new[(item.stack, item.logical_id)] = item
    return [
        ResourceDiff(
            old.get(key), new.get(key), _tree(before, old.get(key)), _tree(after, new.get(key))
        )
        for key in sorted({*old, *new})
    ]


def acknowledgment_changes(old: Assembly, new: Assembly, alike: Alike) -> Iterator[Finding]:
    """Every finding of a rule pack that the code answers now, or answers otherwise.

    What is answered for a new model as it is for the one that it is compared with is none.
    """
    known = _acknowledged(old)
    for one in _acknowledged(new):
        if one in known or alike.acknowledged(one) in known:
            continue
        same = [was.reason for was in known if (was.path, was.finding) == (one.path, one.finding)]
        before = "; ".join(same) or "stops a deployment"
        said = f"a finding of a rule pack is acknowledged: {one.finding}"
        at = re.sub(r"(?<=.)(/Resource)+$", "", one.path)
        yield Finding("acknowledgment-added", "safety", at, said, before, one.reason)


def _entries(side: Revision, other: Revision) -> dict[tuple[str, str], Resource]:
    """Return the entries of one side by stack and name."""
    there = {stack.label for stack in other.assembly.stacks}
    found = [
        *(_place(side)),
        *(
            item
            for stack in side.assembly.stacks
            if stack.label in there
            for item in _of_template(stack)
        ),
    ]
    return {(item.stack, item.logical_id): item for item in found}


def _acting(side: Revision, known: set[str]) -> Iterator[Resource]:
    """Yield the outputs, transforms and the like of every stack that is not known."""
    for stack in side.assembly.stacks:
        if stack.label not in known:
            found = _of_template(stack)
            yield from (one for one in found if one.type in ("Template::Output", _SECTION))


def _of_template(stack: SynthesisedStack) -> Iterator[Resource]:
    for section, content in stack.template.items():
        if section == "Resources":
            continue
        if not isinstance(content, dict) or section not in _TABLES:
            yield _entry(stack.label, _kind(section), section, {"Value": content})
            continue
        for name, value in content.items():
            kind = _kind(section, name)
            is_table = kind in ("Mapping", "Output", "Parameter") and isinstance(value, dict)
            if kind == "Condition" and _is_unused(stack.template, name):
                kind = "UnusedCondition"
            properties = value if is_table else {"Value": value}
            yield _entry(stack.label, kind, f"{section}/{name}", properties)


def _is_unused(template: dict[str, Any], name: str) -> bool:
    """Whether no text of a template is the name of a condition, but for the CDK's own notes.

    A macro may make a template that names it.
    """
    if "Transform" in template:
        return False
    resources = template.get("Resources")
    told = [
        body
        for body in (resources.values() if isinstance(resources, dict) else [resources])
        if not isinstance(body, dict) or body.get("Type") != "AWS::CDK::Metadata"
    ]
    others = {key: value for key, value in template.items() if key != "Resources"}
    # Its own entry is the one place where it stands.
    return json.dumps([told, others]).count(json.dumps(name)) <= 1


def _kind(section: str, name: str = "") -> str:
    """Return what an entry is; a section that is none of CloudFormation's tables is one itself."""
    if (section, name) in _TEXTS:
        return "Text"
    return _SECTIONS.get(section, "Section") if name else "Section"


def _acknowledged(side: Assembly) -> list[Acknowledged]:
    return [one for stack in side.stacks for one in stack.acknowledged]


def _place(side: Revision) -> Iterator[Resource]:
    """Yield where an environment is and what it is called; what a file leaves open is no text."""
    there = {"Account": side.assembly.account, "Region": side.assembly.region}
    for name, value in there.items():
        yield _entry(side.assembly.stage, "Place", name, {"Value": value})


def _entry(stack: str, kind: str, name: str, properties: dict[str, Any]) -> Resource:
    # The reader of assemblies is far up the chain of imports.
    from reviewer.assembly import Resource

    return Resource(stack, name, f"Template::{kind}", name, {"Properties": properties})


def _tree(side: Revision, item: Resource | None) -> dict[str, Any]:
    if item is None:
        return {}
    if item.type == "Template::Place":
        return item.properties
    return {key: side.resolver.tree(item.stack, value) for key, value in item.properties.items()}
