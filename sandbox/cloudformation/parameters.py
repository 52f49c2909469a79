"""Stack parameters: which value counts, whether it is allowed, and what `Ref` gives for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sandbox.cloudformation.errors import TemplateError
from sandbox.programs import patterns

if TYPE_CHECKING:
    from cfn.template import Template

Declared = Mapping[str, Any]
_SSM = "AWS::SSM::Parameter::Value<"


def effective(
    template: Template, request: Sequence[Mapping[str, Any]], previous: Mapping[str, str]
) -> dict[str, str]:
    """Return every declared parameter's value: given, previous if asked for, else the Default.

    A parameter that an update leaves out goes back to its Default, as on AWS. Raises TemplateError
    when one has no value, is unknown or breaks its own constraints.
    """
    declared: Mapping[str, Declared] = template.get("Parameters", {})
    given = {entry["ParameterKey"]: _given(entry, previous) for entry in request}
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise TemplateError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {name: str(spec["Default"]) for name, spec in declared.items() if "Default" in spec}
    values.update(given)
    missing = [name for name in declared if name not in values]
    if missing:
        raise TemplateError(f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in values.items():
        _check(name, declared[name], value)
    return {name: values[name] for name in declared}


def _given(entry: Mapping[str, Any], previous: Mapping[str, str]) -> str:
    key = entry["ParameterKey"]
    if str(entry.get("UsePreviousValue", False)).lower() != "true":
        return str(entry.get("ParameterValue", ""))
    if entry.get("ParameterValue"):
        raise TemplateError(
            f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true "
            "and non empty value for a parameter"
        )
    if key not in previous:
        raise TemplateError(
            f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true "
            "for a parameter key not in the previous template"
        )
    return previous[key]


def _check(name: str, spec: Declared, value: str) -> None:
    values = value.split(",") if spec["Type"] == "CommaDelimitedList" else [value]
    allowed = [str(item) for item in spec.get("AllowedValues", [])]
    if allowed and not set(values) <= set(allowed):
        raise TemplateError(f"Parameter '{name}' must be one of AllowedValues, got {value!r}")
    pattern = spec.get("AllowedPattern")
    if pattern and not _fits(name, str(pattern), value):
        hint = spec.get("ConstraintDescription", f"Member must satisfy pattern {pattern}")
        raise TemplateError(
            f"Parameter '{name}' failed to satisfy constraint: {hint}, got {value!r}"
        )
    if spec["Type"] == "Number":
        _check_range(name, _number(name, value), spec.get("MinValue"), spec.get("MaxValue"))
    else:
        _check_range(name, len(value), spec.get("MinLength"), spec.get("MaxLength"))


def _fits(name: str, pattern: str, value: str) -> bool:
    try:
        return patterns.matches(pattern, value)
    except patterns.PatternRefused as error:
        raise TemplateError(
            f"Template format error: AllowedPattern {pattern!r} of parameter {name}: {error}"
        ) from None


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise TemplateError(f"Parameter '{name}' must be a number, got {value!r}") from None


def _check_range(name: str, size: float, low: Any, high: Any) -> None:
    if (low is not None and size < float(low)) or (high is not None and size > float(high)):
        raise TemplateError(
            f"Parameter '{name}' must be between {low} and {high} (length or value), got {size:g}"
        )


def resolve(
    template: Template, values: Mapping[str, str], read_ssm: Callable[[str], str]
) -> dict[str, Any]:
    """Return what `Ref` gives: SSM keys become their present value, list types become lists."""
    resolved: dict[str, Any] = {}
    for name, value in values.items():
        kind = template["Parameters"][name]["Type"]
        if kind.startswith(_SSM):
            value, kind = read_ssm(value), kind[len(_SSM) : -1]
        is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
        resolved[name] = (
            [item.strip() for item in value.split(",") if item.strip()] if is_list else value
        )
    return resolved


def masked(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values as a describe call shows them: NoEcho ones as stars."""
    declared = template.get("Parameters", {})
    return {
        name: "****" if str(declared[name].get("NoEcho", False)).lower() == "true" else value
        for name, value in values.items()
    }


def describe_declared(template: Template) -> list[dict[str, Any]]:
    """Return the declared parameters as GetTemplateSummary shows them."""
    return [
        {
            "ParameterKey": key,
            "DefaultValue": spec.get("Default"),
            "ParameterType": spec.get("Type", "String"),
            "NoEcho": spec.get("NoEcho", False),
            "Description": spec.get("Description"),
        }
        for key, spec in template.get("Parameters", {}).items()
    ]
