"""CloudFormation's template language: how it is read, what refers to what, and in which order."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import yaml  # type: ignore[import-untyped]  # ships no types

Template = dict[str, Any]

_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")
_UNSUPPORTED_SECTIONS = ("Transform", "Hooks")


class TemplateError(Exception):
    """A template that cannot be deployed; the message is one line for the person who wrote it."""


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it: short tags are functions, and a date stays text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the base class declares it so
        first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _short_tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        value = loader.construct_object(yaml.ScalarNode("tag:yaml.org,2002:str", node.value))
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)


def parse(text: str) -> Template:
    """Read a template from JSON or YAML.

    Raises TemplateError when it is neither, has no resources, or asks for a macro.
    """
    try:
        template = json.loads(text)
    except ValueError:
        try:
            template = yaml.load(text, Loader=_Loader)
        except yaml.YAMLError as error:
            line = str(error).replace("\n", " ")
            raise TemplateError(f"Template format error: neither JSON nor YAML: {line}") from error
    if not isinstance(template, dict) or not template.get("Resources"):
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    for section in _UNSUPPORTED_SECTIONS:
        if section in template:
            raise TemplateError(
                f"sandbox: template section {section} is not emulated; "
                "synthesise a template without it"
            )
    return template


def references(node: Any) -> Iterator[str]:
    """Yield every name that Ref, Fn::GetAtt and Fn::Sub mention below `node`."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _references_of(key, value)


def _references_of(key: str, value: Any) -> Iterator[str]:
    if key == "Ref" and isinstance(value, str):
        yield value
    elif key == "Fn::GetAtt" and isinstance(value, (str, list)):
        yield value.split(".")[0] if isinstance(value, str) else str(value[0])
    elif key == "Fn::Sub":
        text, own = (value, {}) if isinstance(value, str) else value
        for name in _PLACEHOLDER.findall(text):
            if name not in own:
                yield name.split(".")[0]
        yield from references(own)
    else:
        yield from references(value)


def dependencies(resource: Mapping[str, Any], wanted: Collection[str]) -> frozenset[str]:
    """Return the logical ids among `wanted` that must exist before `resource`."""
    explicit = resource.get("DependsOn", [])
    names = {explicit} if isinstance(explicit, str) else set(explicit)
    names.update(references(resource.get("Properties", {})))
    return frozenset(names.intersection(wanted))


def order(resources: Mapping[str, Mapping[str, Any]], wanted: Collection[str]) -> list[str]:
    """Return `wanted` so that every resource follows what it depends on.

    Raises TemplateError for a circle, naming it.
    """
    done: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = ", ".join(path[path.index(name) :])
            raise TemplateError(f"Circular dependency between resources: [{circle}]")
        if name in done:
            return
        for needed in sorted(dependencies(resources[name], wanted)):
            visit(needed, (*path, name))
        done[name] = None

    for name in resources:
        if name in wanted:
            visit(name, ())
    return list(done)


def check_references(template: Template) -> None:
    """Raise TemplateError naming every reference to something the template does not have."""
    known = set(template["Resources"]) | set(template.get("Parameters", {}))
    for section in ("Resources", "Outputs"):
        used = set(references(template.get(section) or {}))
        unknown = sorted(name for name in used - known if not name.startswith("AWS::"))
        if unknown:
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{', '.join(unknown)}] "
                f"in the {section} block of the template"
            )
