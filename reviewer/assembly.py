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
_ENVIRONMENT = "kiban:environment"
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
    """One environment as it would be deployed; `account` is empty when the file leaves it open.

    `environment` is the name of its file, as in `dev` for the stage `kiban-dev`; empty when the
    synthesis did not write it.
    """

    stage: str
    environment: str
    region: str
    account: str
    stacks: tuple[Stack, ...]
    open_findings: tuple[OpenFinding, ...] = ()

    def resources(self, *types: str) -> Iterator[Resource]:
        """Every resource of `types` in every stack; of every type when none is named."""
        for stack in self.stacks:
            yield from (item for item in stack.resources if not types or item.type in types)


def stages(cdk_out: Path) -> dict[str, Path]:
    """Return the folder of each stage in `cdk_out`, by the stage's name, as in `kiban-dev`.

    Raises ReviewError when `cdk_out` holds no assembly.
    """
    manifest = _read(cdk_out / "manifest.json")
    try:
        return {
            artifact["properties"]["displayName"]: cdk_out / artifact["properties"]["directoryName"]
            for artifact in manifest["artifacts"].values()
            if artifact["type"] == "cdk:cloud-assembly"
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ReviewError(f"{cdk_out.name}/manifest.json: lacks {error}; {_AGAIN}") from error


def environments(cdk_out: Path) -> dict[str, str]:
    """Return the stage of each environment in `cdk_out`, by the name of the environment's file.

    Raises ReviewError when `cdk_out` holds no assembly, or one that does not name an environment.
    """
    found = {}
    for stage, folder in stages(cdk_out).items():
        name = _named(folder)
        if not name:
            raise ReviewError(
                f"{folder.name}/manifest.json: no stack says which environment {stage} is; {_AGAIN}"
            )
        found[name] = stage
    return found


def _named(folder: Path) -> str:
    """The environment that the first stack in `folder` names; empty when none does."""
    manifest = _read(folder / "manifest.json")
    for artifact in _stack_artifacts(folder, manifest).values():
        for _, name in _entries(_metadata(folder, artifact), _ENVIRONMENT):
            return str(name)
    return ""


def stage_of(environment: str, *folders: Path) -> str:
    """Return the stage of `environment` in the first of `folders` that holds it.

    Raises ReviewError when none does; the message names what the first one holds.
    """
    for folder in folders:
        if stage := environments(folder).get(environment):
            return stage
    there = ", ".join(environments(folders[0])) or "none"
    raise ReviewError(
        f"{folders[0].name}: no environment {environment}; it holds {there}; {_AGAIN}"
    )


def read_assembly(cdk_out: Path, environment: str) -> Assembly:
    """Return the part of `cdk_out` that is `environment`.

    Raises ReviewError when it is not there, or when the folder is broken.
    """
    return read_stage(cdk_out, stage_of(environment, cdk_out))


def read_stage(cdk_out: Path, stage: str) -> Assembly:
    """Return the part of `cdk_out` that is `stage`; raises ReviewError when it is broken."""
    return _environment(stages(cdk_out)[stage], stage)


def _stack_artifacts(folder: Path, manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    try:
        return {
            name: artifact
            for name, artifact in manifest["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ReviewError(f"{folder.name}/manifest.json: lacks {error}; {_AGAIN}") from error


def _environment(folder: Path, stage: str) -> Assembly:
    found = _stack_artifacts(folder, _read(folder / "manifest.json"))
    try:
        labels = {name: _label(artifact, stage) for name, artifact in found.items()}
        stacks = tuple(_stack(folder, artifact, labels, stage) for artifact in found.values())
        places = {artifact["environment"] for artifact in found.values()}
    except (KeyError, TypeError, AttributeError) as error:
        raise ReviewError(f"{folder.name}/manifest.json: lacks {error}; {_AGAIN}") from error
    account, _, region = sorted(places)[0].removeprefix("aws://").partition("/")
    report = folder.parent / "validation-report.json"
    still_open = tuple(_open(report, stage)) if report.exists() else ()
    return Assembly(stage, _named(folder), _known(region), _known(account), stacks, still_open)


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
