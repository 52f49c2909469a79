"""Search expressions: which records satisfy filters, nested filters and expressions in them.

The rules are those of botocore's model: shapes SearchExpression, Filter and NestedFilters.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker.search import properties

if TYPE_CHECKING:
    from sandbox.sagemaker.search.properties import Property
    from sandbox.state.stores import Document

Holds = Callable[["Document"], bool]
_ORDERED = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}
_ONLY_FOR_TEXT = ("In", "Contains")
_WITHOUT_VALUE = ("Exists", "NotExists")
_LISTS = ("Filters", "NestedFilters", "SubExpressions")
MOST_CONDITIONS = 50


def compile_expression(record: str, expression: Document) -> Holds:
    """Return what tells whether a record satisfies `expression`; raises ValidationException."""
    conditions = list(_filters(expression))
    if sum(1 for one in conditions if one.get("Operator") == "Contains") > 1:
        raise ValidationError(message="'CONTAINS' operator usage limit of 1 exceeded.")
    if len(conditions) > MOST_CONDITIONS:
        raise ValidationError(
            message=f"SearchExpression has more than {MOST_CONDITIONS} filters and expressions"
        )
    return _expression(record, expression)


def _filters(expression: Document) -> Iterator[Document]:
    yield from expression.get("Filters") or []
    for nested in expression.get("NestedFilters") or []:
        yield from nested["Filters"]
    for inner in expression.get("SubExpressions") or []:
        yield from _filters(inner)


def _expression(record: str, expression: Document) -> Holds:
    if not any(expression.get(name) for name in _LISTS):
        raise ValidationError(
            message="SearchExpression must have at least one of Filters, NestedFilters and "
            "SubExpressions"
        )
    parts = [
        *(_filter(record, one) for one in expression.get("Filters") or []),
        *(_nested(record, one) for one in expression.get("NestedFilters") or []),
        *(_expression(record, one) for one in expression.get("SubExpressions") or []),
    ]
    decide = any if expression.get("Operator", "And") == "Or" else all
    return lambda row: decide(part(row) for part in parts)


def _nested(record: str, nested: Document) -> Holds:
    """One item of the list has to satisfy all filters, which are named from the record on."""
    base = nested["NestedPropertyName"]
    properties.of(record, base)
    wrong = [one["Name"] for one in nested["Filters"] if not one["Name"].startswith(f"{base}.")]
    if wrong:
        raise ValidationError(message=f"{wrong[0]} is no property of {base}")
    parts = [_filter(record, one) for one in nested["Filters"]]
    items = properties.of(record, base).values

    def holds(row: Document) -> bool:
        return any(all(part(_put(base, item)) for part in parts) for item in items(row))

    return holds


def _put(name: str, item: Any) -> Document:
    """Return a record that has nothing but `item` at `name`."""
    for part in reversed(name.split(".")):
        item = {part: item}
    return dict(item)


def _filter(record: str, one: Document) -> Holds:
    found, name = properties.of(record, one["Name"]), one.get("Operator", "Equals")
    if name in _WITHOUT_VALUE:
        return lambda row: bool(found.values(row)) == (name == "Exists")
    if "Value" not in one:
        raise ValidationError(message=f"Operator {name} of {found.name} needs a Value")
    _require_fitting(found, name)
    test = _test(found, name, str(one["Value"]))
    if name == "NotEquals":
        return lambda row: not any(test(value) for value in found.values(row))
    return lambda row: any(test(value) for value in found.values(row))


def _require_fitting(found: Property, name: str) -> None:
    # Hyperparameters are text that may be compared as numbers.
    is_text = found.kind == "text" and not found.name.startswith("HyperParameters.")
    if (name in _ORDERED and is_text) or (name in _ONLY_FOR_TEXT and found.kind != "text"):
        raise ValidationError(
            message=f"Operator {name} is not supported for the {found.kind} property {found.name}"
        )


def _test(found: Property, name: str, wanted: str) -> Callable[[Any], bool]:
    if name == "Contains":
        return lambda value: wanted in value
    if name == "In":
        choices = [part.strip() for part in wanted.split(",")]
        return lambda value: value in choices
    if name in _ORDERED and found.kind == "text":
        return _compare_numbers(_ORDERED[name], found, wanted)
    right, compare = found.parsed(wanted), _ORDERED.get(name, operator.eq)
    return lambda value: bool(compare(value, right))


def _compare_numbers(
    compare: Callable[[Any, Any], Any], found: Property, wanted: str
) -> Callable[[Any], bool]:
    """Compare a hyperparameter as AWS does: as integers where the filter's value is one."""
    right = properties.Property(found.name, "number").parsed(wanted)
    cut = int if wanted.lstrip("+-").isdigit() else float

    def holds(value: Any) -> bool:
        try:
            return bool(compare(cut(float(value)), right))
        except ValueError:
            return False

    return holds
