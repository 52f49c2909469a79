"""One real synthesis of every shipped environment, read from its files as the CDK CLI would."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cfn.assembly import StackArtifact, entries, read_json, stacks, stages
from cfn.template import Template

ACKNOWLEDGED = "aws:cdk:acknowledged-rules"


class Resource(NamedTuple):
    """One resource of one stack."""

    stack: str
    logical_id: str
    type: str
    properties: dict[str, Any]
    body: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.stack}: {self.logical_id} ({self.type})"


class Acknowledged(NamedTuple):
    """One finding that the code acknowledges."""

    path: str
    finding: str
    reason: str


@dataclass(frozen=True)
class Assembly:
    """The folder a synthesis wrote."""

    folder: Path

    def templates(self) -> dict[str, Template]:
        """Every stack's template by the stack's name."""
        return {stack.stack_name: stack.template() for stack in self._stacks()}

    def resources(self, *types: str) -> Iterator[Resource]:
        """Every resource of `types`; of every type when none is named."""
        for stack, template in self.templates().items():
            for logical_id, body in template["Resources"].items():
                if not types or body["Type"] in types:
                    yield Resource(
                        stack, logical_id, body["Type"], body.get("Properties", {}), body
                    )

    def protected(self) -> dict[str, bool]:
        """Which stacks cannot be deleted by accident, by the stack's name."""
        return {stack.stack_name: stack.is_protected for stack in self._stacks()}

    def tags(self) -> dict[str, Mapping[str, str]]:
        """The tags of each stack itself, by its name."""
        return {stack.stack_name: stack.tags for stack in self._stacks()}

    def report(self) -> dict[str, Any]:
        """What the rule packs found, by pack."""
        plugins = read_json(self.folder / "validation-report.json")["pluginReports"]
        return {plugin["pluginName"]: plugin for plugin in plugins}

    def acknowledged(self) -> list[Acknowledged]:
        """Every acknowledgment of ours in the code; CDK's own name no rule pack."""
        return [
            Acknowledged(path, *item)
            for stack in self._stacks()
            for path, found in entries(stack.metadata(), ACKNOWLEDGED)
            for item in found.items()
        ]

    def _stacks(self) -> Iterator[StackArtifact]:
        for folder in stages(self.folder).values():
            yield from stacks(folder)
