"""Properties of a deployed template with every function replaced by its present value."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cfn.intrinsics import Visitor
from cfn.live.differences import UNKNOWN, UNKNOWN_TEXT
from cli.drift.resource_attributes import Location, attribute


@dataclass(frozen=True)
class DeployedTemplate:
    """A deployed stack: its template, its parameters' values, and what it made."""

    name: str
    stack_id: str
    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    physical_ids: Mapping[str, str]


class ExpectedProperties(Visitor):
    """Evaluates the values of one stack; what cannot be worked out becomes UNKNOWN."""

    def __init__(
        self, stack: DeployedTemplate, exports: Mapping[str, str], zones: list[str], here: Location
    ) -> None:
        self._stack, self._exports, self._zones, self._here = stack, exports, zones, here
        self._pseudo: dict[str, Any] = {
            "AWS::AccountId": here.account,
            "AWS::Region": here.region,
            "AWS::Partition": here.partition,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": stack.name,
            "AWS::StackId": stack.stack_id,
            "AWS::NoValue": None,
        }

    def of(self, logical_id: str) -> dict[str, Any]:
        """Return the properties of one resource."""
        body = self._stack.template["Resources"][logical_id]
        found: dict[str, Any] = self.visit(body.get("Properties", {}))
        return found

    def as_text(self, value: Any) -> str:
        """Return a value inside a text; an unknown one can be told from every other."""
        return UNKNOWN_TEXT if value is UNKNOWN else str(value)

    def reference(self, name: str) -> Any:
        """Return a pseudo parameter, a physical id or a parameter."""
        for values in (self._pseudo, self._stack.physical_ids, self._stack.parameters):
            if name in values:
                return values[name]
        return UNKNOWN

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return an attribute of a resource of the stack."""
        kind = self._stack.template["Resources"].get(logical_id, {}).get("Type", "")
        physical_id = self._stack.physical_ids.get(logical_id)
        if physical_id is None:
            return UNKNOWN
        found = attribute(kind, physical_id, name, self._here)
        return UNKNOWN if found is None else found

    def imported(self, export: Any) -> Any:
        """Return the value of another stack's export."""
        return self._exports.get(str(self.visit(export)), UNKNOWN)

    def selection(self, index: Any, items: Any) -> Any:
        """Return one of several values."""
        found = self.visit(items)
        number = int(self.visit(index))
        return found[number] if isinstance(found, list) and number < len(found) else UNKNOWN

    def choice(self, condition: str, if_true: Any, if_false: Any) -> Any:
        """Return nothing certain: conditions are CloudFormation's to evaluate."""
        return UNKNOWN

    def other(self, name: str, argument: Any) -> Any:
        """Return the value of the functions that templates of the CDK use."""
        match name, argument:
            case "Fn::Split", [str(delimiter), text]:
                found = self.visit(text)
                return found.split(delimiter) if isinstance(found, str) else UNKNOWN
            case "Fn::Base64", _:
                found = self.visit(argument)
                if not isinstance(found, str) or UNKNOWN_TEXT in found:
                    return UNKNOWN
                return base64.b64encode(found.encode()).decode()
            case "Fn::GetAZs", _:
                return self._zones
            case "Fn::GetStackOutput", {"StackName": str(stack), "OutputName": str(output)}:
                return self._exports.get(f"{stack}.{output}", UNKNOWN)
            case _:
                return UNKNOWN
