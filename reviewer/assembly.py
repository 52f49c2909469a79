"""One environment as a synthesis wrote it: stacks, resources by construct, findings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cfn.assembly import (
    AssemblyError,
    StackArtifact,
    entries,
    environment_of,
    read_json,
    stacks,
    stage_of,
    stages,
)
from cfn.json_files import AGAIN, Part, shortened
from config.review.cost_bounds import CostBounds
from config.tag_names import MODEL_TAG

_LOGICAL_ID = "aws:cdk:logicalId"
_ACKNOWLEDGED = "aws:cdk:acknowledged-rules"
# The type of the metadata entry with the file's bounds of a review.
_REVIEW = "kiban:review"
# CDK's own bookkeeping, which is not reviewed.
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
        """The properties of its template."""
        found: dict[str, Any] = self.body.get("Properties", {})
        return found

    @property
    def path(self) -> str:
        """Its name together with its stack's, as in `Storage/Data`."""
        return f"{self.stack}/{self.name}"


@dataclass(frozen=True)
class Acknowledged:
    """One finding of a rule pack that is acknowledged in the code."""

    path: str
    finding: str
    reason: str


@dataclass(frozen=True)
class OpenFinding:
    """One finding of a rule pack that is not acknowledged; it stops a deployment."""

    path: str
    rule: str
    pack: str
    said: str


@dataclass(frozen=True)
class SynthesisedStack:
    """One stack; `label` is its name without the stage, as in `Training-churn`."""

    name: str
    label: str
    is_protected: bool
    needs: tuple[str, ...]
    template: dict[str, Any]
    acknowledged: tuple[Acknowledged, ...]
    names: Mapping[str, str]
    # The model whose stack it is; empty for what all models share.
    model: str = ""

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
    synthesis did not write it. `cost_bounds` are its file's; the defaults where a synthesis of an
    older revision wrote none.
    """

    stage: str
    environment: str
    region: str
    account: str
    stacks: tuple[SynthesisedStack, ...]
    open_findings: tuple[OpenFinding, ...] = ()
    cost_bounds: CostBounds = field(default_factory=CostBounds)

    def resources(self, *types: str) -> Iterator[Resource]:
        """Every resource of `types` in every stack; of every type when none is named."""
        for stack in self.stacks:
            yield from (item for item in stack.resources if not types or item.type in types)


def read_assembly(cdk_out: Path, environment: str) -> Assembly:
    """Return the part of `cdk_out` that is `environment`.

    Raises AssemblyError when it is not there, or when the folder is broken.
    """
    return read_stage(cdk_out, stage_of(environment, cdk_out))


def read_stage(cdk_out: Path, stage: str) -> Assembly:
    """Return the part of `cdk_out` that is `stage`; raises AssemblyError when it is broken."""
    folder = stages(cdk_out).get(stage)
    if folder is None:
        raise AssemblyError(f"{cdk_out.name}: no stage {stage}; {AGAIN}")
    found = stacks(folder)
    labels = {one.id: one.stack_name.removeprefix(f"{stage}-") for one in found}
    if len(set(labels.values())) < len(labels):
        raise AssemblyError(f"{folder.name}/manifest.json: two stacks have one name; {AGAIN}")
    report = cdk_out / "validation-report.json"
    return Assembly(
        stage,
        environment_of(folder),
        max((one.region for one in found), default=""),
        max((one.account for one in found), default=""),
        tuple(_stack(one, labels, stage) for one in found),
        tuple(_open(Part(report.name, read_json(report)), stage)) if report.exists() else (),
        _bounds(folder, found),
    )


def names_in(template: Mapping[str, Any]) -> dict[str, str]:
    """Return the place among the constructs of each resource whose metadata says it.

    A template that was read back from CloudFormation has no other.
    """
    paths = {
        logical_id: body.get("Metadata", {}).get("aws:cdk:path")
        for logical_id, body in template["Resources"].items()
    }
    named = {one: path for one, path in paths.items() if isinstance(path, str)}
    return {logical_id: _name(f"/{path}") for logical_id, path in named.items() if path}


def _bounds(folder: Path, found: list[StackArtifact]) -> CostBounds:
    for stack in found:
        for _, written in entries(stack.metadata(), _REVIEW):
            try:
                return CostBounds.of(written)
            except ValueError as error:
                again = "synthesise again with: make synth"
                raise AssemblyError(f"{folder.name}: {error}; {again}") from None
    return CostBounds()


def _open(report: Part, stage: str) -> Iterator[OpenFinding]:
    for pack in report.objects("pluginReports"):
        name = pack.text("pluginName")
        for violation in pack.objects("violations"):
            rule = violation.text("ruleName").removeprefix(f"{name}-")
            for construct in violation.objects("violatingConstructs"):
                path = f"/{construct.text('constructPath')}"
                if path.startswith(f"/{stage}/"):
                    place = f"{path.split('/')[2]}/{_name(path)}"
                    yield OpenFinding(place, rule, name, violation.text("description"))


def _stack(artifact: StackArtifact, labels: Mapping[str, str], stage: str) -> SynthesisedStack:
    metadata = artifact.metadata()
    return SynthesisedStack(
        name=artifact.stack_name,
        label=labels[artifact.id],
        is_protected=artifact.is_protected,
        needs=tuple(labels[name] for name in artifact.needs if name in labels),
        template=artifact.template(),
        acknowledged=tuple(_acknowledged(artifact, metadata, stage)),
        names={
            data: _name(path)
            for path, data in entries(metadata, _LOGICAL_ID)
            if isinstance(data, str)
        },
        model=artifact.tags.get(MODEL_TAG, ""),
    )


def _acknowledged(
    artifact: StackArtifact, metadata: Mapping[str, list[dict[str, Any]]], stage: str
) -> Iterator[Acknowledged]:
    where = f"{artifact.folder.name}/{artifact.metadata_file}"
    for path, data in entries(metadata, _ACKNOWLEDGED):
        reasons = Part(where, {path: data}).mapping(path)
        yield from (Acknowledged(path.removeprefix(f"/{stage}/"), *one) for one in reasons.items())


def _name(path: str) -> str:
    """`/kiban-dev/Storage/Data/Resource` is the stack's `Data`."""
    parts = shortened(path, len(path)).split("/")[3:]
    while len(parts) > 1 and parts[-1] == "Resource":
        parts.pop()
    return "/".join(parts)
