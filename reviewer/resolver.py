"""Resolver of intrinsic functions into text: `{Storage/Data}/churn/*` for Fn::Join of an import."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cfn.intrinsics import Visitor, references
from cfn.json_files import parse
from reviewer.errors import ReviewError

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
_ARN_OF_OURS = re.compile(r"\{[^{}.']+(\.\w*Arn)?\}")
_ASSET = re.compile(r"[0-9a-f]{64}")
_ONE_VARIABLE = re.compile(r"\$\{([^{}!.]+)(\.[^{}]+)?\}")
# CloudFormation takes no template of more, so no value of one can have more.
_MOST_LETTERS = 2**20
# Of exports that are imports: each stack comes after the one that it imports from.
_MOST_HOPS = 50


class Resolver:
    """Resolves the values of one environment; a reference becomes the path of its resource."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._by_id = {(item.stack, item.logical_id): item for item in assembly.resources()}
        self._texts = {stack.label: _Texts(self, stack.label) for stack in assembly.stacks}
        self.exports = {
            output["Export"]["Name"]: (stack.label, output.get("Value"))
            for stack in assembly.stacks
            for output in stack.template.get("Outputs", {}).values()
            if isinstance(output, dict) and isinstance(output.get("Export", {}).get("Name"), str)
        }
        self._exported: dict[str, str] = {}
        self._importing: list[str] = []

    def resource(self, stack: str, logical_id: str) -> Resource | None:
        """The resource of that id, if it is one."""
        return self._by_id.get((stack, logical_id))

    def target(self, stack: str, value: Any) -> Resource | None:
        """The resource that `value` of `stack` refers to, directly or by another stack's export."""
        for _ in range(_MOST_HOPS):
            match value:
                case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
                    return self.resource(stack, name)
                case {"Fn::GetAtt": str(text)}:
                    return self.resource(stack, text.partition(".")[0])
                case {"Fn::Sub": str(text)} if found := _ONE_VARIABLE.fullmatch(text):
                    return self.resource(stack, found[1].strip())
                case {"Fn::ImportValue": str(name)} if name in self.exports:
                    stack, value = self.exports[name]
                case _:
                    return None
        return None

    def targets(self, stack: str, value: Any) -> list[Resource]:
        """Every resource that `value` refers to, wherever inside it; each once."""
        return list(dict.fromkeys(self._targets(stack, value)))

    def _targets(self, stack: str, value: Any) -> Iterator[Resource]:
        if (found := self.target(stack, value)) is not None:
            yield found
        elif isinstance(value, dict) and value.keys() == {"Fn::Sub"}:
            named = [self.resource(stack, name) for name in references(value)]
            yield from (item for item in named if item is not None)
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
        for name in self.exports:
            if name and name in text:
                text = text.replace(name, self.export(name))
        return self.masked(text)

    def export(self, name: str) -> str:
        """What the other stack exports; the name of one that is exported by way of itself."""
        if name not in self._exported:
            self._exported[name] = f"{{{name}}}"
            if len(self._importing) >= _MOST_HOPS:
                raise ReviewError(
                    f"{self.exports[name][0]}: more than {_MOST_HOPS} exports that are imports, "
                    f"the last of them {name}; export the value itself"
                )
            self._importing.append(name)
            self._exported[name] = self.raw(*self.exports[name])
            self._importing.pop()
        return self._exported[name]

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

    def assembled(self, delimiter: str, parts: list[str]) -> str:
        """Return the text; raises ReviewError for one that grows without end."""
        if sum(map(len, parts)) + len(delimiter) * len(parts) > _MOST_LETTERS:
            raise ReviewError(
                f"{self._stack}: a value has more than {_MOST_LETTERS // 2**20} MiB, which "
                "CloudFormation does not take; look for texts that are put into each other"
            )
        return super().assembled(delimiter, parts)

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
            return self._resolver.export(export)
        return self.other("Fn::ImportValue", export)

    def selection(self, index: Any, items: Any) -> Any:
        """Return one part of an ARN, or the number of a zone."""
        number = int(index) if str(index).isascii() and str(index).isdigit() else None
        match items:
            case {"Fn::GetAZs": "" | {"Ref": "AWS::Region"}} if number is not None:
                return f"zone {number + 1}"
            case {"Fn::Split": [str(delimiter), text]} if number is not None and delimiter:
                return _part(number, delimiter, self.as_text(self.visit(text)))
            case _:
                return self.other("Fn::Select", [index, items])

    def other(self, name: str, argument: Any) -> Any:
        """Return the JSON of a function that has no text for people; a script as its own text."""
        if name == "Fn::Base64" and isinstance(found := self.visit(argument), str):
            return found
        return self.as_text({name: argument})


def _part(number: int, delimiter: str, text: str) -> str:
    is_arn = delimiter == ":" and bool(_ARN_OF_OURS.match(text))
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
            return parse(value)
        except ValueError:
            return value
    return value
