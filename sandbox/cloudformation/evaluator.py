"""Evaluates CloudFormation's intrinsic functions, conditions and dynamic references."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from cfn.intrinsics import Visitor
from sandbox.cloudformation.errors import TemplateError

if TYPE_CHECKING:
    from cfn.template import Template

NO_VALUE = object()  # what `AWS::NoValue` stands for: the property is left out

_DYNAMIC = re.compile(r"\{\{resolve:([a-z-]+):([^{}]+)\}\}")


class Scope(Protocol):
    """What a template can see of the world while one stack is deployed."""

    def ref(self, name: str) -> Any:
        """Return what `Ref` of a parameter, pseudo parameter or resource gives."""

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return one attribute of one resource of the stack."""

    def imported(self, export: str) -> str:
        """Return another stack's export, and remember that it is used."""

    def stack_output(self, stack: str, output: str) -> str:
        """Return another stack's output without being bound to it."""

    def dynamic(self, service: str, key: str) -> str:
        """Return the value behind `{{resolve:service:key}}`."""


class Evaluator(Visitor):
    """Evaluates fragments of one template in one scope; TemplateError says what it cannot."""

    def __init__(self, template: Template, scope: Scope) -> None:
        self._template = template
        self._scope = scope
        self._conditions: dict[str, bool] = {}

    def string(self, text: str) -> Any:
        """Return the text with its dynamic references replaced."""
        return _DYNAMIC.sub(lambda found: self._scope.dynamic(*found.groups()), text)

    def sequence(self, items: list[Any]) -> Any:
        """Return the items, without those that are no value."""
        return [item for item in map(self.visit, items) if item is not NO_VALUE]

    def mapping(self, node: dict[str, Any]) -> Any:
        """Return the members, without those that are no value."""
        values = {key: self.visit(item) for key, item in node.items()}
        return {key: item for key, item in values.items() if item is not NO_VALUE}

    def reference(self, name: str) -> Any:
        """Return the value of Ref."""
        return self._scope.ref(name)

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return the value of Fn::GetAtt."""
        return self._scope.attribute(logical_id, name)

    def choice(self, condition: str, if_true: Any, if_false: Any) -> Any:
        """Return the value of Fn::If."""
        return self.visit(if_true if self.condition(condition) else if_false)

    def selection(self, index: Any, items: Any) -> Any:
        """Return the value of Fn::Select."""
        number, values = int(self.visit(index)), self.visit(items)
        if not 0 <= number < len(values):
            raise TemplateError(
                f"Template error: Fn::Select cannot select nonexistent value at index {number}"
            )
        return values[number]

    def imported(self, export: Any) -> str:
        """Return the value of Fn::ImportValue."""
        return self._scope.imported(str(self.visit(export)))

    def other(self, name: str, argument: Any) -> Any:
        """Return the value of any other function; TemplateError when it is not emulated."""
        if name not in _FUNCTIONS:
            raise TemplateError(f"sandbox: {name} is not emulated; use another function")
        return _FUNCTIONS[name](self, argument)

    def condition(self, name: str) -> bool:
        """Return whether the named condition holds."""
        if name not in self._conditions:
            conditions = self._template.get("Conditions", {})
            if name not in conditions:
                raise TemplateError(f"Template format error: Unresolved condition {name}")
            self._conditions[name] = self.holds(conditions[name])
        return self._conditions[name]

    def holds(self, node: Any) -> bool:
        """Return the truth of a condition function or of a rule's assertion."""
        if not isinstance(node, dict) or len(node) != 1:
            raise TemplateError(f"Template format error: {node!r} is not a condition function")
        name, argument = next(iter(node.items()))
        if name not in _PREDICATES:
            raise TemplateError(f"sandbox: condition function {name} is not emulated")
        return _PREDICATES[name](self, argument)

    def wanted(self) -> set[str]:
        """Return the logical ids of the resources whose condition holds."""
        return {
            name
            for name, resource in self._template["Resources"].items()
            if "Condition" not in resource or self.condition(resource["Condition"])
        }

    def check_rules(self) -> None:
        """Raise TemplateError when an assertion of the Rules section does not hold."""
        for name, rule in self._template.get("Rules", {}).items():
            if "RuleCondition" in rule and not self.holds(rule["RuleCondition"]):
                continue
            for assertion in rule.get("Assertions", []):
                if not self.holds(assertion["Assert"]):
                    reason = assertion.get("AssertDescription", "an assertion does not hold")
                    raise TemplateError(f"Template rule {name}: {reason}")

    def mapped(self, argument: list[Any]) -> Any:
        """Return the value of Fn::FindInMap, or the given default."""
        found = self._template.get("Mappings", {})
        for key in argument[:3]:
            key = str(self.visit(key))
            if not isinstance(found, dict) or key not in found:
                if len(argument) > 3 and "DefaultValue" in argument[3]:
                    return self.visit(argument[3]["DefaultValue"])
                raise TemplateError(f"Template error: Unable to get mapping for {argument[:3]}")
            found = found[key]
        return self.visit(found)

    def stack_output(self, argument: dict[str, Any]) -> str:
        """Return the value of Fn::GetStackOutput, CDK's weak reference between stacks."""
        wanted = self.visit(argument)
        return self._scope.stack_output(wanted["StackName"], wanted["OutputName"])

    def zones(self, argument: Any) -> list[str]:
        """Return three availability zones of a region."""
        region = self.visit(argument) or self._scope.ref("AWS::Region")
        return [f"{region}{letter}" for letter in "abc"]


def _cidr(evaluator: Evaluator, argument: list[Any]) -> list[str]:
    block, count, *bits = evaluator.visit(argument)
    network = ipaddress.ip_network(block)
    prefix = network.max_prefixlen - (int(bits[0]) if bits else 8)
    return [str(part) for part in islice(network.subnets(new_prefix=prefix), int(count))]


def _base64(evaluator: Evaluator, argument: Any) -> str:
    return base64.b64encode(str(evaluator.visit(argument)).encode()).decode()


def _equals(evaluator: Evaluator, argument: list[Any]) -> bool:
    left, right = (_plain(evaluator.visit(item)) for item in argument)
    return left == right


def _plain(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _contains(evaluator: Evaluator, argument: list[Any]) -> bool:
    items, wanted = evaluator.visit(argument[0]), evaluator.visit(argument[1])
    return _plain(wanted) in map(_plain, items)


def _each_member_in(evaluator: Evaluator, argument: list[Any]) -> bool:
    members, items = evaluator.visit(argument[0]), evaluator.visit(argument[1])
    return set(map(_plain, members)) <= set(map(_plain, items))


_FUNCTIONS: dict[str, Callable[[Evaluator, Any], Any]] = {
    "Fn::FindInMap": Evaluator.mapped,
    "Fn::GetStackOutput": Evaluator.stack_output,
    "Fn::GetAZs": Evaluator.zones,
    "Fn::Split": lambda e, argument: str(e.visit(argument[1])).split(argument[0]),
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::Length": lambda e, argument: len(e.visit(argument)),
    "Fn::ToJsonString": lambda e, argument: json.dumps(e.visit(argument), separators=(",", ":")),
}

_PREDICATES: dict[str, Callable[[Evaluator, Any], bool]] = {
    "Condition": Evaluator.condition,
    "Fn::Equals": _equals,
    "Fn::Not": lambda e, argument: not e.holds(argument[0]),
    "Fn::And": lambda e, argument: all(e.holds(item) for item in argument),
    "Fn::Or": lambda e, argument: any(e.holds(item) for item in argument),
    "Fn::Contains": _contains,
    "Fn::EachMemberIn": _each_member_in,
}
