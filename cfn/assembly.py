"""CDK cloud assemblies: the stages, stacks, templates and metadata that a synthesis wrote."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from cfn.json_files import AGAIN, Part, shortened, worded
from cfn.json_files import AssemblyError as AssemblyError
from cfn.json_files import read_json as read_json
from cfn.template_shape import first_fault

# The type of the metadata entry with which one stack of a stage names the environment.
_ENVIRONMENT = "kiban:environment"
# "Template body size in an object": CloudFormation User Guide, "Understand CloudFormation quotas".
_MOST_OF_A_TEMPLATE = 2**20
# CreateStack's StackName; files of a report are called by it.
_STACK_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
_PLACE = re.compile(r"|aws://(\d{12}|unknown-account)/([a-z0-9-]+)")


@dataclass(frozen=True)
class StackArtifact:
    """One stack of an assembly; `account` and `region` are empty where the app leaves them open."""

    id: str
    stack_name: str
    account: str
    region: str
    folder: Path
    template_file: str
    metadata_file: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    is_protected: bool
    needs: tuple[str, ...]
    # The role that the CDK command line assumes to deploy it; variables in it stand for the place.
    deploy_role: str = ""

    def template(self) -> dict[str, Any]:
        """Return its template; raises AssemblyError when that is missing or none."""
        found = read_json(self.folder / self.template_file, _MOST_OF_A_TEMPLATE)
        return checked_template(found, f"{self.folder.name}/{self.template_file}")

    def metadata(self) -> dict[str, list[dict[str, Any]]]:
        """Return the entries that CDK notes beside the template, by construct path."""
        if not self.metadata_file:
            return {}
        found = read_json(self.folder / self.metadata_file)
        for path, notes in found.items():
            if not isinstance(notes, list) or not all(_is_entry(one) for one in notes):
                where = f"{self.folder.name}/{self.metadata_file}: {shortened(path)}"
                raise AssemblyError(f"{where}: is no list of entries that have a type; {AGAIN}")
        return found

    def file_assets(self) -> list[dict[str, Any]]:
        """Return the file assets that have to be published before it is deployed."""
        manifest = self.folder / self.template_file.replace(".template.", ".assets.")
        if not manifest.exists():
            return []
        where = f"{self.folder.name}/{manifest.name}"
        return [one.facts for _, one in Part(where, read_json(manifest)).part("files").parts()]


def checked_template(found: Any, where: str, do: str = AGAIN) -> dict[str, Any]:
    """Return a template whose resources can be read; raises AssemblyError for another."""
    if fault := first_fault(found):
        if fault.where == "Resources" and fault.found is None:
            raise AssemblyError(f"{where}: has no Resources; {do}")
        place = f"{where}: {shortened(fault.where)}" if fault.where else where
        said = fault.said or f"is {worded(fault.found)}, not {fault.wanted}"
        raise AssemblyError(f"{place}: {said}; {do}")
    checked: dict[str, Any] = found
    return checked


def entries(metadata: Mapping[str, list[dict[str, Any]]], kind: str) -> Iterator[tuple[str, Any]]:
    """Yield construct path and data of every metadata entry of a type."""
    for path, found in metadata.items():
        yield from ((path, entry.get("data")) for entry in found if entry["type"] == kind)


def stages(cdk_out: Path) -> dict[str, Path]:
    """Return the folder of each stage in `cdk_out`, by the stage's name, as in `kiban-dev`.

    Raises AssemblyError when `cdk_out` holds no assembly.
    """
    found = {}
    for _, artifact in _artifacts(cdk_out, "cdk:cloud-assembly"):
        properties = artifact.part("properties")
        folder = properties.file_name("directoryName")
        if (cdk_out / folder).is_symlink():
            raise AssemblyError(f"{cdk_out.name}/{folder}: is a link; {AGAIN}")
        found[properties.text("displayName", folder)] = cdk_out / folder
    return found


def environments(cdk_out: Path) -> dict[str, str]:
    """Return the stage of each environment in `cdk_out`, by the name of the environment's file.

    Raises AssemblyError when `cdk_out` holds no assembly, or a stage that names no environment.
    """
    found = {}
    for stage, folder in stages(cdk_out).items():
        name = environment_of(folder)
        if not name:
            raise AssemblyError(
                f"{folder.name}/manifest.json: no stack says which environment {stage} is; {AGAIN}"
            )
        found[name] = stage
    return found


def environment_of(folder: Path) -> str:
    """Return the environment that a stack of one stage names; empty when none does."""
    for stack in stacks(folder):
        for path, name in entries(stack.metadata(), _ENVIRONMENT):
            if not isinstance(name, str):
                where = f"{folder.name}/{stack.metadata_file}: {shortened(path)}"
                raise AssemblyError(f"{where}: the environment is {worded(name)}; {AGAIN}")
            return name
    return ""


def stage_of(environment: str, *folders: Path) -> str:
    """Return the stage of `environment` in the first of `folders` that holds it.

    Raises AssemblyError when none does; the message names what the first one holds.
    """
    for folder in folders:
        if stage := environments(folder).get(environment):
            return stage
    there = ", ".join(environments(folders[0])) or "none"
    raise AssemblyError(
        f"{folders[0].name}: no environment {environment}; it holds {there}; {AGAIN}"
    )


def stacks(folder: Path) -> list[StackArtifact]:
    """Return the stacks of one folder in the manifest's order, without those of nested stages.

    Raises AssemblyError when the folder holds no assembly.
    """
    return [
        _stack(folder, name, artifact)
        for name, artifact in _artifacts(folder, "aws:cloudformation:stack")
    ]


def stacks_in_order(cdk_out: Path) -> list[StackArtifact]:
    """Return the stacks of an assembly and of its stages, each after what it needs.

    Raises AssemblyError when `cdk_out` holds no assembly, and for stacks that need each other.
    """
    found = {stack.id: stack for folder in _folders(cdk_out) for stack in stacks(folder)}
    needed = {one.id: [name for name in one.needs if name in found] for one in found.values()}
    try:
        TopologicalSorter(needed).prepare()
    except CycleError as error:
        circle = ", ".join(map(shortened, error.args[1]))
        raise AssemblyError(f"{cdk_out.name}: stacks need each other: {circle}; {AGAIN}") from None
    done: dict[str, StackArtifact] = {}
    for first in found:
        waiting = [first]
        while waiting:
            name = waiting[-1]
            if missing := next((one for one in needed[name] if one not in done), ""):
                waiting.append(missing)
            else:
                done[waiting.pop()] = found[name]
    return list(done.values())


def _folders(folder: Path) -> Iterator[Path]:
    yield folder
    for nested in stages(folder).values():
        yield from _folders(nested)


def _artifacts(folder: Path, kind: str) -> list[tuple[str, Part]]:
    manifest = Part(f"{folder.name}/manifest.json", read_json(folder / "manifest.json"))
    if "artifacts" not in manifest.facts:
        raise manifest.error("lacks 'artifacts'")
    return [
        (name, one) for name, one in manifest.part("artifacts").parts() if one.text("type") == kind
    ]


def _stack(folder: Path, name: str, artifact: Part) -> StackArtifact:
    properties = artifact.part("properties")
    stack_name = properties.text("stackName", name)
    if not _STACK_NAME.fullmatch(stack_name):
        raise properties.error(f"stackName is {shortened(stack_name)!r}, no name of a stack")
    place = artifact.text("environment")
    if not _PLACE.fullmatch(place):
        raise artifact.error(f"environment is {shortened(place)!r}, not aws://ACCOUNT/REGION")
    account, _, region = place.removeprefix("aws://").partition("/")
    noted = "additionalMetadataFile"
    return StackArtifact(
        id=name,
        stack_name=stack_name,
        account=_known(account),
        region=_known(region),
        folder=folder,
        template_file=properties.file_name("templateFile"),
        metadata_file=artifact.file_name(noted) if noted in artifact.facts else "",
        parameters=properties.mapping("parameters"),
        tags=properties.mapping("tags"),
        is_protected=bool(properties.facts.get("terminationProtection")),
        needs=artifact.texts("dependencies"),
        deploy_role=properties.text("assumeRoleArn"),
    )


def _known(place: str) -> str:
    return "" if place.startswith("unknown-") else place


def _is_entry(found: Any) -> bool:
    return isinstance(found, dict) and isinstance(found.get("type"), str)
