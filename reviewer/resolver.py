"""Resolver of intrinsic functions into text: `{Storage/Data}/churn/*` for Fn::Join of an import."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cfn.intrinsics import Visitor

if TYPE_CHECKING:
    from reviewer.assembly import Assembly, Resource

_PSEUDO = {
    "AWS::AccountId": "{account}",
    "AWS::Region": "{region}",
    "AWS::Partition": "{partition}",
    "AWS::URLSuffix": "{suffix}",
    "AWS::StackName": "{stack}",
    "AWS::StackId": "{stack}",
    "AWS::NoValue": "",
}
_OWN_ARN = re.compile(
    r"arn:(?:\{partition\}|aws[\w-]*):(?P<service>[\w-]+):(?P<region>[\w{}-]*):(?P<account>[\w{}]*):"
)
# These attributes say no more than the resource itself does.
_SELF = frozenset({"Arn", "Name", "GroupId", "EndpointName", "EndpointConfigName", "ModelName"})
_PARTS_OF_ARN = {1: "{partition}", 3: "{region}", 4: "{account}"}
_ASSET = re.compile(r"[0-9a-f]{64}")


class Resolver:
    """Resolves the values of one environment; a reference becomes the path of its resource."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._by_id = {(item.stack, item.logical_id): item for item in assembly.resources()}
        self._texts = {stack.label: _Texts(self, stack.label) for stack in assembly.stacks}
        self.exports = {
            output["Export"]["Name"]: (stack.label, output["Value"])
            for stack in assembly.stacks
            for output in stack.template.get("Outputs", {}).values()
            if isinstance(output.get("Export", {}).get("Name"), str)
        }

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
            case {"Fn::ImportValue": str(name)} if name in self.exports:
                return self.target(*self.exports[name])
            case _:
                return None

    def targets(self, stack: str, value: Any) -> list[Resource]:
        """Every resource that `value` refers to, wherever inside it; each once."""
        return list(dict.fromkeys(self._targets(stack, value)))

    def _targets(self, stack: str, value: Any) -> Iterator[Resource]:
        if (found := self.target(stack, value)) is not None:
            yield found
        elif isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                yield from self._targets(stack, item)

    def text(self, stack: str, value: Any) -> str:
        """`value` of `stack` in one line; an ARN of this account and region loses both."""
        return _OWN_ARN.sub(self._without_place, self.raw(stack, value))

    def raw(self, stack: str, value: Any) -> str:
        """`value` of `stack` in one line, with whole ARNs."""
        texts = self._texts[stack]
        return texts.as_text(texts.visit(value))

    def exported(self, text: str) -> str:
        """`text` with the name of every export replaced by what it stands for."""
        for name, (stack, value) in self.exports.items():
            if name in text:
                text = text.replace(name, self.raw(stack, value))
        return self.masked(text)

    def tree(self, stack: str, value: Any) -> Any:
        """`value` with every function resolved, and every string that holds JSON opened."""
        return _opened(self._texts[stack].visit(value))

    def masked(self, text: str) -> str:
        """`text` without the account's number and the hashes of assets."""
        if self._assembly.account:
            text = text.replace(self._assembly.account, "{account}")
        return _ASSET.sub("{asset}", text)

    def _without_place(self, found: re.Match[str]) -> str:
        is_here = found["region"] in ("", "{region}", self._assembly.region)
        if found["account"] in ("", "{account}") and is_here:
            return f"{found['service']}:"
        return found[0]


class _Texts(Visitor):
    """Replaces the functions of one stack by text for people."""

    def __init__(self, resolver: Resolver, stack: str) -> None:
        self._resolver, self._stack = resolver, stack

    def string(self, text: str) -> Any:
        """Return the text without what differs in every account and build."""
        return self._resolver.masked(text)

    def as_text(self, value: Any) -> str:
        """Return a value in one line; without double quotes it can stand inside JSON."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        return json.dumps(value, sort_keys=True).replace('"', "'")

    def reference(self, name: str) -> Any:
        """Return the path of a resource in braces, or the name in braces."""
        return _PSEUDO[name] if name in _PSEUDO else self.attribute(name, "")

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return the path of a resource and its attribute, unless that says the same."""
        found = self._resolver.resource(self._stack, logical_id)
        if found is None:
            return f"{{{logical_id}}}"
        ending = "" if not name or name in _SELF else f".{name}"
        return f"{{{found.path}{ending}}}"

    def imported(self, export: Any) -> Any:
        """Return what the other stack exports."""
        if isinstance(export, str) and export in self._resolver.exports:
            return self._resolver.raw(*self._resolver.exports[export])
        return self.other("Fn::ImportValue", export)

    def selection(self, index: Any, items: Any) -> Any:
        """Return one part of an ARN, or the number of a zone."""
        match items:
            case {"Fn::GetAZs": _}:
                return f"zone {int(index) + 1}"
            case {"Fn::Split": [str(delimiter), text]}:
                return _part(int(index), delimiter, self.as_text(self.visit(text)))
            case _:
                return self.other("Fn::Select", [index, items])

    def other(self, name: str, argument: Any) -> Any:
        """Return the JSON of a function that has no text for people."""
        return self.as_text({name: argument})


def _part(number: int, delimiter: str, text: str) -> str:
    is_arn = delimiter == ":" and text.startswith("{")
    if is_arn and number in _PARTS_OF_ARN:
        return _PARTS_OF_ARN[number]
    parts = text.split(delimiter)
    return parts[number] if number < len(parts) else text


def _opened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _opened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_opened(item) for item in value]
    if isinstance(value, str) and value.startswith("{") and '"' in value:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
