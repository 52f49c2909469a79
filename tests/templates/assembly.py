"""One real synthesis of every shipped environment, read from its files as the CDK CLI would."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

Template = dict[str, Any]
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
        return {
            artifact["properties"]["stackName"]: _read(
                manifest.parent / artifact["properties"]["templateFile"]
            )
            for manifest, artifact in self._stacks()
        }

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
        return {
            artifact["properties"]["stackName"]: artifact["properties"]["terminationProtection"]
            for _, artifact in self._stacks()
        }

    def report(self) -> dict[str, Any]:
        """What the rule packs found, by pack."""
        plugins = _read(self.folder / "validation-report.json")["pluginReports"]
        return {plugin["pluginName"]: plugin for plugin in plugins}

    def acknowledged(self) -> list[Acknowledged]:
        """Every acknowledgment of ours in the code; CDK's own name no rule pack."""
        found = []
        for manifest, artifact in self._stacks():
            metadata = _read(manifest.parent / artifact["additionalMetadataFile"])
            for path, entries in metadata.items():
                for entry in entries:
                    if entry["type"] == ACKNOWLEDGED:
                        found += [Acknowledged(path, *item) for item in entry["data"].items()]
        return found

    def _stacks(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        for manifest in sorted(self.folder.glob("assembly-*/manifest.json")):
            for artifact in _read(manifest)["artifacts"].values():
                if artifact["type"] == "aws:cloudformation:stack":
                    yield manifest, artifact


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
