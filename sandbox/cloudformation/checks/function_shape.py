"""Shape of the functions in a template, its conditions, and circles among both and resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cfn.template import CircularDependency, creation_order
from sandbox.cloudformation.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfn.template import Template

_LISTS = {
    "Fn::Join": (2, 2),
    "Fn::Select": (2, 2),
    "Fn::Split": (2, 2),
    "Fn::If": (3, 3),
    "Fn::FindInMap": (3, 4),
    "Fn::Cidr": (2, 3),
    "Fn::Equals": (2, 2),
    "Fn::And": (2, 10),
    "Fn::Or": (2, 10),
    "Fn::Not": (1, 1),
    "Fn::Contains": (2, 2),
    "Fn::EachMemberIn": (2, 2),
}
_OTHERS = frozenset(
    {
        *("Fn::Base64", "Fn::GetAtt", "Fn::GetAZs", "Fn::ImportValue", "Fn::Length", "Fn::Sub"),
        *("Fn::ToJsonString", "Fn::GetStackOutput", "Fn::Transform"),
    }
)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
_EXTENSIONS = frozenset({"Fn::Length", "Fn::ToJsonString"})
_CONDITIONS = frozenset(
    {"Condition", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not", "Fn::Contains", "Fn::EachMemberIn"}
)
_INNER = frozenset({"Fn::And", "Fn::Or", "Fn::Not"})


def check(template: Template) -> None:
    """Raise TemplateError for a function that is none, or that has other arguments than AWS's."""
    declared = template.get("Conditions", {})
    for name, condition in declared.items():
        _check_condition(name, condition, declared)
    _check_circle(declared)
    is_extended = "Transform" in template
    for section in ("Resources", "Outputs", "Conditions", "Rules"):
        for function, argument in _functions(template.get(section, {})):
            if not is_extended:
                _check_plain(function, argument)
            _check_function(function, argument, declared)
    for section in ("Resources", "Outputs"):
        for spec in template.get(section, {}).values():
            _known(spec.get("Condition"), declared)
    resources = template["Resources"]
    try:
        creation_order(resources, set(resources))
    except CircularDependency as error:
        raise TemplateError(str(error)) from None


def _functions(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref" or str(name).startswith("Fn::"):
                yield str(name), argument
        for value in node.values():
            yield from _functions(value)
    elif isinstance(node, list):
        for value in node:
            yield from _functions(value)


def _check_function(name: str, argument: Any, conditions: Mapping[str, Any]) -> None:
    if name in _LISTS:
        low, high = _LISTS[name]
        if not isinstance(argument, list) or not low <= len(argument) <= high:
            raise TemplateError(
                f"Template error: {name} object requires a list of {low} to {high} parameters"
            )
        if name == "Fn::If":
            _known(argument[0], conditions)
    elif name == "Ref":
        if not isinstance(argument, str):
            raise TemplateError("Template format error: All Ref values must be of type String")
    elif name not in _OTHERS:
        raise _unsupported(name)
    else:
        _check_text_function(name, argument)


def _check_plain(name: str, argument: Any) -> None:
    """Refuse what CloudFormation only has with its language extensions.

    Seen at https://github.com/aws-cloudformation/cfn-language-discussion/issues/143
    """
    if name in _EXTENSIONS:
        raise _unsupported(name)
    if name == "Fn::FindInMap" and isinstance(argument, list) and len(argument) > 3:
        raise TemplateError(f"Template error: {name} object requires a list of 3 to 3 parameters")


def _unsupported(name: str) -> TemplateError:
    supported = ", ".join(sorted({*_LISTS, *_OTHERS} - _EXTENSIONS))
    return TemplateError(
        f"Template format error: Encountered unsupported function: {name} Supported functions "
        f"are: [{supported}]"
    )


def _check_text_function(name: str, argument: Any) -> None:
    if name == "Fn::GetAtt" and not _is_attribute(argument):
        raise TemplateError(
            "Template error: every Fn::GetAtt object requires two non-empty parameters, the "
            "resource name and the resource attribute"
        )
    if name == "Fn::Sub" and not _is_substitution(argument):
        raise TemplateError(
            "Template error: One or more Fn::Sub intrinsic functions don't specify expected "
            "arguments. Specify a string as first argument, and an optional second argument to "
            "specify a mapping of values to replace in the string"
        )


def _is_attribute(argument: Any) -> bool:
    if isinstance(argument, str):
        return all(argument.partition("."))
    return isinstance(argument, list) and len(argument) > 1 and isinstance(argument[0], str)


def _is_substitution(argument: Any) -> bool:
    match argument:
        case str() | [str()] | [str(), dict()]:
            return True
    return False


def _known(name: Any, conditions: Mapping[str, Any]) -> None:
    if name is not None and (not isinstance(name, str) or name not in conditions):
        raise TemplateError(
            f"Template format error: Unresolved condition dependency {name} in the Resources block "
            "of the template"
        )


def _check_condition(name: str, node: Any, declared: Mapping[str, Any]) -> None:
    if not isinstance(node, dict) or len(node) != 1 or not node.keys() <= _CONDITIONS:
        raise TemplateError(
            f"Template format error: Conditions can only be boolean operations on parameters and "
            f"other conditions; {name} is none"
        )
    ((function, argument),) = node.items()
    if function == "Condition":
        _known(argument, declared)
    if function in _INNER and isinstance(argument, list):
        for one in argument:
            _check_condition(name, one, declared)


def _uses(node: Any) -> set[str]:
    if isinstance(node, dict):
        named = {node["Condition"]} if isinstance(node.get("Condition"), str) else set()
        return named.union(*map(_uses, node.values()))
    return set().union(*map(_uses, node)) if isinstance(node, list) else set()


def _check_circle(declared: Mapping[str, Any]) -> None:
    left = {name: _uses(node) & declared.keys() for name, node in declared.items()}
    while ready := [name for name, uses in left.items() if not uses & left.keys()]:
        for name in ready:
            del left[name]
    if left:
        raise TemplateError(
            f"Template format error: Found circular condition dependency between "
            f"{' and '.join(sorted(left))}"
        )
