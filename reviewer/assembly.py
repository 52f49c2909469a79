"""Reads the folder that a synthesis wrote: the stacks of one environment, and its answers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from reviewer.errors import ReviewError

Template = dict[str, Any]
_LOGICAL_ID = "aws:cdk:logicalId"
_ACKNOWLEDGED = "aws:cdk:acknowledged-rules"
_AGAIN = "synthesise again with: make synth"
# CDK's own bookkeeping, which nobody reviews.
_BOOKKEEPING = frozenset({"AWS::CDK::Metadata"})


@dataclass(frozen=True)
class Resource:
    """One resource of one stack; `name` is its place among the constructs, as in `Model/Logs`."""

    stack: str
    logical_id: str
    type: str
    name: str
    body: dict[str, Any] = field(compare=False, hash=False)

    @property
    def properties(self) -> dict[str, Any]:
        """What CloudFormation is told about it."""
        found: dict[str, Any] = self.body.get("Properties", {})
        return found

    @property
    def path(self) -> str:
        """Its name together with its stack's, as in `Storage/Data`."""
        return f"{self.stack}/{self.name}"


@dataclass(frozen=True)
class Acknowledged:
    """One finding of a rule pack that somebody answered in the code."""

    path: str
    finding: str
    reason: str


@dataclass(frozen=True)
class OpenFinding:
    """One finding of a rule pack that nobody answered; it stops a deployment."""

    path: str
    rule: str
    pack: str
    said: str


@dataclass(frozen=True)
class Stack:
    """One stack; `label` is its name without the stage, as in `Training-churn`."""

    name: str
    label: str
    is_protected: bool
    needs: tuple[str, ...]
    template: Template
    acknowledged: tuple[Acknowledged, ...]
    names: Mapping[str, str]

    @cached_property
    def resources(self) -> list[Resource]:
        """Every resource, in the template's order."""
        return [
            Resource(
                self.label, logical_id, body["Type"], self.names.get(logical_id, logical_id), body
            )
            for logical_id, body in self.template["Resources"].items()
            if body["Type"] not in _BOOKKEEPING
        ]


@dataclass(frozen=True)
class Assembly:
    """One environment as it would be deployed; `account` is empty when the file leaves it open."""

    stage: str
    region: str
    account: str
    stacks: tuple[Stack, ...]
    open_findings: tuple[OpenFinding, ...] = ()

    @property
    def environment(self) -> str:
        """The name of its file, as in `dev` for the stage `kiban-dev`."""
        return self.stage.rpartition("-")[2]

    def resources(self, *types: str) -> Iterator[Resource]:
        """Every resource of `types` in every stack; of every type when none is named."""
        for stack in self.stacks:
            yield from (item for item in stack.resources if not types or item.type in types)


def environments(cdk_out: Path) -> list[str]:
    """The names of the environments in `cdk_out`; raises ReviewError when it holds no assembly."""
    return [stage.rpartition("-")[2] for stage, _ in _stages(cdk_out)]


def read_assembly(cdk_out: Path, environment: str) -> Assembly:
    """Return the part of `cdk_out` that is `environment`.

    Raises ReviewError when it is not there, or when the folder is broken.
    """
    found = {stage.rpartition("-")[2]: (stage, folder) for stage, folder in _stages(cdk_out)}
    if environment not in found:
        there = ", ".join(found) if found else "none"
        raise ReviewError(
            f"{cdk_out.name}: no environment {environment}; it holds {there}; {_AGAIN}"
        )
    stage, folder = found[environment]
    return _environment(folder, stage)


def _stages(cdk_out: Path) -> list[tuple[str, Path]]:
    manifest = _read(cdk_out / "manifest.json")
    try:
        return [
            (
                artifact["properties"]["displayName"],
                cdk_out / artifact["properties"]["directoryName"],
            )
            for artifact in manifest["artifacts"].values()
            if artifact["type"] == "cdk:cloud-assembly"
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ReviewError(f"{cdk_out.name}/manifest.json: lacks {error}; {_AGAIN}") from error


def _environment(folder: Path, stage: str) -> Assembly:
    manifest = _read(folder / "manifest.json")
    try:
        found = {
            name: artifact
            for name, artifact in manifest["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        }
        labels = {name: _label(artifact, stage) for name, artifact in found.items()}
        stacks = tuple(_stack(folder, artifact, labels, stage) for artifact in found.values())
        places = {artifact["environment"] for artifact in found.values()}
    except (KeyError, TypeError, AttributeError) as error:
        raise ReviewError(f"{folder.name}/manifest.json: lacks {error}; {_AGAIN}") from error
    account, _, region = sorted(places)[0].removeprefix("aws://").partition("/")
    report = folder.parent / "validation-report.json"
    still_open = tuple(_open(report, stage)) if report.exists() else ()
    return Assembly(stage, _known(region), _known(account), stacks, still_open)


def _open(report: Path, stage: str) -> Iterator[OpenFinding]:
    for pack in _read(report).get("pluginReports", []):
        for violation in pack["violations"]:
            for construct in violation["violatingConstructs"]:
                path = f"/{construct['constructPath']}"
                if path.startswith(f"/{stage}/"):
                    place = f"{path.split('/')[2]}/{_name(path)}"
                    rule = violation["ruleName"].removeprefix(f"{pack['pluginName']}-")
                    yield OpenFinding(place, rule, pack["pluginName"], violation["description"])


def _known(place: str) -> str:
    return "" if place.startswith("unknown-") else place


def _label(artifact: dict[str, Any], stage: str) -> str:
    return str(artifact["properties"]["stackName"]).removeprefix(f"{stage}-")


def _stack(folder: Path, artifact: dict[str, Any], labels: dict[str, str], stage: str) -> Stack:
    properties = artifact["properties"]
    file = folder / properties["templateFile"]
    template = _read(file)
    if not isinstance(template.get("Resources"), dict):
        raise ReviewError(f"{folder.name}/{file.name}: has no Resources; {_AGAIN}")
    metadata = _metadata(folder, artifact)
    return Stack(
        name=properties["stackName"],
        label=_label(artifact, stage),
        is_protected=bool(properties.get("terminationProtection")),
        needs=tuple(labels[name] for name in artifact.get("dependencies", []) if name in labels),
        template=template,
        acknowledged=tuple(
            Acknowledged(path.removeprefix(f"/{stage}/"), *item)
            for path, data in _entries(metadata, _ACKNOWLEDGED)
            for item in data.items()
        ),
        names={data: _name(path) for path, data in _entries(metadata, _LOGICAL_ID)},
    )


def _metadata(folder: Path, artifact: dict[str, Any]) -> dict[str, Any]:
    """What the CDK notes beside a template, by construct path."""
    if "additionalMetadataFile" not in artifact:
        return {}
    return _read(folder / artifact["additionalMetadataFile"])


def _entries(metadata: dict[str, Any], kind: str) -> Iterator[tuple[str, Any]]:
    for path, entries in metadata.items():
        yield from ((path, entry["data"]) for entry in entries if entry["type"] == kind)


def _name(path: str) -> str:
    """`/kiban-dev/Storage/Data/Resource` is the stack's `Data`."""
    parts = path.split("/")[3:]
    while len(parts) > 1 and parts[-1] == "Resource":
        parts.pop()
    return "/".join(parts)


def _read(path: Path) -> dict[str, Any]:
    where = f"{path.parent.name}/{path.name}"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReviewError(f"{where}: {str(error.strerror).lower()}; {_AGAIN}") from error
    except ValueError as error:
        raise ReviewError(f"{where}: is not JSON ({error}); {_AGAIN}") from error
    if not isinstance(found, dict):
        raise ReviewError(f"{where}: holds no JSON object; {_AGAIN}")
    return found
