"""Spells CloudFormation's functions as a person would: `{Storage/Data}/churn/*`, not a tree."""

import json
import re
from typing import Any

from reviewer.assembly import Assembly, Resource, Stack

_PSEUDO = {
    "AWS::AccountId": "{account}",
    "AWS::Region": "{region}",
    "AWS::Partition": "{partition}",
    "AWS::URLSuffix": "{suffix}",
    "AWS::StackName": "{stack}",
    "AWS::StackId": "{stack}",
    "AWS::NoValue": "",
}
_SUBSTITUTION = re.compile(r"\$\{([^}!]+)\}")
_OWN_ARN = re.compile(
    r"arn:(?:\{partition\}|aws[\w-]*):(?P<service>[\w-]+):(?P<region>[\w{}-]*):(?P<account>[\w{}]*):"
)
# These attributes say no more than the resource itself does.
_SELF = frozenset({"Arn", "Name", "GroupId", "EndpointName", "EndpointConfigName", "ModelName"})
_PARTS_OF_ARN = {1: "{partition}", 3: "{region}", 4: "{account}"}
_ASSET = re.compile(r"[0-9a-f]{64}")


class Speller:
    """Spells the values of one environment; references lead to the resource, in whatever stack."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._stacks = {stack.label: stack for stack in assembly.stacks}
        self._by_id = {(item.stack, item.logical_id): item for item in assembly.resources()}
        self._exports = _exports(assembly)

    def resource(self, stack: str, logical_id: str) -> Resource | None:
        """The resource of that id, if it is one."""
        return self._by_id.get((stack, logical_id))

    def target(self, stack: str, value: Any) -> Resource | None:
        """The resource that `value` of `stack` refers to, directly or by another stack's export."""
        match value:
            case {"Ref": str(name)}:
                return self.resource(stack, name)
            case {"Fn::GetAtt": [str(name), *_]}:
                return self.resource(stack, name)
            case {"Fn::ImportValue": str(name)} if name in self._exports:
                return self.target(*self._exports[name])
            case _:
                return None

    def targets(self, stack: str, value: Any) -> list[Resource]:
        """Every resource that `value` refers to, wherever inside it; each once."""
        found = self.target(stack, value)
        if found is not None:
            return [found]
        inner: list[Resource] = []
        match value:
            case dict():
                inner = [one for item in value.values() for one in self.targets(stack, item)]
            case list():
                inner = [one for item in value for one in self.targets(stack, item)]
        return list(dict.fromkeys(inner))

    def text(self, stack: str, value: Any) -> str:
        """`value` of `stack` in one line; an ARN of this account and region loses both."""
        return _OWN_ARN.sub(self._without_place, self._raw(stack, value))

    def exported(self, text: str) -> str:
        """`text` with the name of every export replaced by what it stands for."""
        for name, (stack, value) in self._exports.items():
            if name in text:
                text = text.replace(name, self._raw(stack, value))
        return self._masked(text)

    def tree(self, stack: str, value: Any) -> Any:
        """`value` with every function spelled out, and every string that holds JSON opened."""
        if isinstance(value, dict):
            if _is_function(value):
                return self._opened(self._raw(stack, value))
            return {key: self.tree(stack, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.tree(stack, item) for item in value]
        return self._opened(self._masked(value)) if isinstance(value, str) else value

    def _opened(self, text: str) -> Any:
        if text.startswith("{") and '"' in text:
            try:
                return json.loads(text)
            except ValueError:
                return text
        return text

    def _raw(self, stack: str, value: Any) -> str:
        if isinstance(value, dict) and len(value) == 1:
            name, argument = next(iter(value.items()))
            spelled = self._function(stack, name, argument)
            if spelled is not None:
                return spelled
        if isinstance(value, str):
            return self._masked(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        # Without double quotes it can stand inside a string that holds JSON.
        return json.dumps(value, sort_keys=True).replace('"', "'")

    def _function(self, stack: str, name: str, argument: Any) -> str | None:
        """The value of one function; None for those that nobody can read anyway."""
        match name, argument:
            case "Fn::Join", [str(mark), list(items)]:
                return mark.join(self._raw(stack, item) for item in items)
            case "Fn::Sub", str(text) | [str(text), _]:
                return _SUBSTITUTION.sub(lambda found: self._variable(stack, found[1]), text)
            case "Ref", str(target):
                return self._reference(stack, target, "")
            case "Fn::GetAtt", [str(target), str(attribute)]:
                return self._reference(stack, target, attribute)
            case "Fn::ImportValue", str(export) if export in self._exports:
                return self._raw(*self._exports[export])
            case "Fn::Select", [number, inner]:
                return self._selected(stack, int(number), inner)
            case _:
                return None

    def _selected(self, stack: str, number: int, inner: Any) -> str | None:
        match inner:
            case {"Fn::GetAZs": _}:
                return f"zone {number + 1}"
            case {"Fn::Split": [str(mark), text]}:
                return self._part(number, mark, self._raw(stack, text))
            case _:
                return None

    def _part(self, number: int, mark: str, text: str) -> str:
        is_arn = mark == ":" and text.startswith("{")
        if is_arn and number in _PARTS_OF_ARN:
            return _PARTS_OF_ARN[number]
        parts = text.split(mark)
        return parts[number] if number < len(parts) else text

    def _variable(self, stack: str, name: str) -> str:
        logical_id, _, attribute = name.partition(".")
        return self._reference(stack, logical_id, attribute)

    def _reference(self, stack: str, name: str, attribute: str) -> str:
        if name in _PSEUDO:
            return _PSEUDO[name]
        found = self.resource(stack, name)
        if found is None:
            return f"{{{name}}}"
        ending = "" if not attribute or attribute in _SELF else f".{attribute}"
        return f"{{{found.path}{ending}}}"

    def _masked(self, text: str) -> str:
        if self._assembly.account:
            text = text.replace(self._assembly.account, "{account}")
        return _ASSET.sub("{asset}", text)

    def _without_place(self, found: re.Match[str]) -> str:
        is_here = found["region"] in ("", "{region}", self._assembly.region)
        if found["account"] in ("", "{account}") and is_here:
            return f"{found['service']}:"
        return found[0]


def _is_function(value: dict[str, Any]) -> bool:
    name = next(iter(value), "")
    return len(value) == 1 and (name == "Ref" or name.startswith("Fn::")) and name != "Fn::If"


def _exports(assembly: Assembly) -> dict[str, tuple[str, Any]]:
    return {
        output["Export"]["Name"]: (stack.label, output["Value"])
        for stack in assembly.stacks
        for output in _outputs(stack)
        if isinstance(output.get("Export", {}).get("Name"), str)
    }


def _outputs(stack: Stack) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = stack.template.get("Outputs", {})
    return list(found.values())
