"""Shape of a template: what CloudFormation refuses at the request, before it knows any value.

Where AWS's own words are not documented, the message begins as AWS's do and names the place.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sandbox.cloudformation.errors import TemplateError

if TYPE_CHECKING:
    from cfn.template import Template

_SECTIONS = frozenset(
    {
        *("AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Mappings"),
        *("Conditions", "Resources", "Outputs", "Rules", "Transform", "Hooks"),
    }
)
_MAPPINGS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs", "Rules")
_NAMES = re.compile(r"[A-Za-z0-9]{1,255}")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
_PARAMETER = re.compile(
    r"String|Number|CommaDelimitedList|List<(Number|String)>"
    r"|AWS::SSM::Parameter::Name|(List<)?AWS::[A-Za-z0-9]+::[A-Za-z0-9:]+(>)?"
    r"|AWS::SSM::Parameter::Value<(List<)?[A-Za-z0-9:]+>{1,2}"
)
_TYPE = re.compile(r"[A-Za-z0-9]{1,64}::[A-Za-z0-9]{1,64}(::[A-Za-z0-9]{1,64}){0,2}")
_NUMBERS = ("MinLength", "MaxLength", "MinValue", "MaxValue")
_RESOURCE_TEXTS = ("Condition", "DeletionPolicy", "UpdateReplacePolicy")
_DEEPEST = 100


def check(template: Template) -> None:
    """Raise TemplateError for a template that CloudFormation would not take."""
    for path, value in _walk(template, ""):
        if value is None:
            raise _malformed(path, "'null' values are not allowed in templates")
    if wrong := sorted(set(map(str, template)) - _SECTIONS):
        raise TemplateError(f"Invalid template property or properties [{', '.join(wrong)}]")
    for section in _MAPPINGS:
        _check_section(section, template.get(section, {}))
    for name, spec in template["Resources"].items():
        _check_resource(f"/Resources/{name}", spec, template)
    for section, check_one in _MEMBERS.items():
        for name, spec in template.get(section, {}).items():
            check_one(f"/{section}/{name}", spec)


def _malformed(path: str, reason: str) -> TemplateError:
    return TemplateError(f"Template format error: [{path}] {reason}")


def _walk(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, node
    if path.count("/") > _DEEPEST:
        raise _malformed(path[:200], "is nested too deeply")
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _walk(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _walk(value, f"{path}/{index}")


def _check_section(section: str, found: Any) -> None:
    if not isinstance(found, dict):
        raise TemplateError(f"Template format error: {section} must be an object.")
    for name, value in found.items():
        if not _NAMES.fullmatch(str(name)):
            raise TemplateError(
                f"Template format error: {section} name '{name}' is non alphanumeric."
            )
        if not isinstance(value, dict):
            kind = f"Every {section} member must be an object."
            raise TemplateError(f"Template format error: [/{section}/{name}] {kind}")


def _check_parameter(path: str, spec: Mapping[str, Any]) -> None:
    kind = spec.get("Type")
    if kind is None:
        raise TemplateError(
            "Template format error: Every Parameters object must contain a Type member."
        )
    if not isinstance(kind, str) or not _PARAMETER.fullmatch(kind):
        raise TemplateError(f"Template format error: Unrecognized parameter type: {kind}")
    _require(path, spec, ("Default", "AllowedPattern", "ConstraintDescription"), _is_plain)
    _require(path, spec, _NUMBERS, _is_number)
    allowed = spec.get("AllowedValues", [])
    if not isinstance(allowed, list) or not all(map(_is_plain, allowed)):
        raise _malformed(f"{path}/AllowedValues", "must be a list of texts")


def _require(
    path: str, spec: Mapping[str, Any], names: tuple[str, ...], fits: Callable[[Any], bool]
) -> None:
    for name in names:
        if name in spec and not fits(spec[name]):
            raise _malformed(f"{path}/{name}", "is not of the kind that is expected here")


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _check_resource(path: str, spec: Mapping[str, Any], template: Template) -> None:
    if "Type" not in spec:
        raise _malformed(path, "Every Resources object must contain a Type member.")
    if not isinstance(spec["Type"], str) or not _TYPE.fullmatch(spec["Type"]):
        raise _malformed(f"{path}/Type", f"Unrecognized resource type: {spec['Type']}")
    if not isinstance(spec.get("Properties", {}), dict):
        raise _malformed(f"{path}/Properties", "Properties must be an object.")
    _require(path, spec, _RESOURCE_TEXTS, _is_text)
    needed = spec.get("DependsOn", [])
    names = [needed] if isinstance(needed, str) else needed
    if not isinstance(names, list) or not all(map(_is_text, names)):
        raise _malformed(f"{path}/DependsOn", "must be a text or a list of texts")
    unknown = sorted(set(names) - set(template["Resources"]))
    if unknown:
        raise TemplateError(
            f"Template format error: Unresolved resource dependencies [{', '.join(unknown)}] in "
            "the Resources block of the template"
        )


def _check_output(path: str, spec: Mapping[str, Any]) -> None:
    if "Value" not in spec:
        raise _malformed(path, "Every Outputs member must contain a Value object.")
    _require(path, spec, ("Condition", "Description"), _is_text)
    export = spec.get("Export", {"Name": ""})
    if not isinstance(export, dict) or "Name" not in export:
        raise _malformed(f"{path}/Export", "must be an object with a Name")


def _check_rule(path: str, rule: Mapping[str, Any]) -> None:
    assertions = rule.get("Assertions")
    if not isinstance(assertions, list) or not all(
        isinstance(one, dict) and "Assert" in one for one in assertions
    ):
        raise _malformed(f"{path}/Assertions", "must be a list of objects with an Assert")


_MEMBERS = {"Parameters": _check_parameter, "Outputs": _check_output, "Rules": _check_rule}
