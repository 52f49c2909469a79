"""Templates as a caller sends them: read from JSON or YAML, refused in CloudFormation's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlparse

import yaml  # type: ignore[import-untyped]  # ships no types

from cfn.template import CircularDependency, Template, creation_order, unresolved_references
from sandbox.cloudformation.errors import TemplateError
from sandbox.state import clients, context

_LANGUAGE_EXTENSIONS = ("AWS::LanguageExtensions", ["AWS::LanguageExtensions"])


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
    if template.get("Transform", "AWS::LanguageExtensions") not in _LANGUAGE_EXTENSIONS:
        raise _not_emulated("section Transform is not emulated but for AWS::LanguageExtensions")
    if "Hooks" in template:
        raise _not_emulated("section Hooks is not emulated")
    if any(str(name).startswith("Fn::ForEach::") for name in template["Resources"]):
        raise _not_emulated("function Fn::ForEach is not emulated")
    return template


def _not_emulated(what: str) -> TemplateError:
    return TemplateError(f"sandbox: template {what}; synthesise a template without it")


def check_references(template: Template) -> None:
    """Raise TemplateError naming every reference to something the template does not have."""
    for section in ("Resources", "Outputs"):
        if unknown := unresolved_references(template, section):
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{', '.join(unknown)}] "
                f"in the {section} block of the template"
            )


def ordered(declared: Mapping[str, Any], wanted: set[str]) -> list[str]:
    """Return the order in which resources are made; raises TemplateError for a circle."""
    try:
        return creation_order(declared, wanted)
    except CircularDependency as error:
        raise TemplateError(str(error)) from None


def download(url: str, account: str) -> str:
    """Return a template from S3 as `account` reads it; the path of `url` is bucket and key."""
    bucket, _, key = unquote(urlparse(url).path).lstrip("/").partition("/")
    here = context.current()
    s3 = clients.client("s3", url=here.url, region=here.region, account=account)
    return str(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode())
