"""CDK cloud assemblies: the stages, stacks, templates and metadata that a synthesis wrote."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The type of the metadata entry with which one stack of a stage names the environment.
_ENVIRONMENT = "kiban:environment"
_AGAIN = "synthesise again with: make synth"


class AssemblyError(Exception):
    """A folder that is no cloud assembly; the message is one line: where, what and do."""


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
        found = read_json(self.folder / self.template_file)
        if not isinstance(found.get("Resources"), dict):
            where = f"{self.folder.name}/{self.template_file}"
            raise AssemblyError(f"{where}: has no Resources; {_AGAIN}")
        return found

    def metadata(self) -> dict[str, list[dict[str, Any]]]:
        """Return the entries that CDK notes beside the template, by construct path."""
        return read_json(self.folder / self.metadata_file) if self.metadata_file else {}

    def file_assets(self) -> list[dict[str, Any]]:
        """Return the file assets that have to be published before it is deployed."""
        manifest = self.folder / self.template_file.replace(".template.", ".assets.")
        return list(read_json(manifest).get("files", {}).values()) if manifest.exists() else []


def entries(metadata: Mapping[str, list[dict[str, Any]]], kind: str) -> Iterator[tuple[str, Any]]:
    """Yield construct path and data of every metadata entry of a type."""
    for path, found in metadata.items():
        yield from ((path, entry["data"]) for entry in found if entry["type"] == kind)


def stages(cdk_out: Path) -> dict[str, Path]:
    """Return the folder of each stage in `cdk_out`, by the stage's name, as in `kiban-dev`.

    Raises AssemblyError when `cdk_out` holds no assembly.
    """
    return {
        properties.get("displayName", properties["directoryName"]): (
            cdk_out / properties["directoryName"]
        )
        for _, artifact in _artifacts(cdk_out, "cdk:cloud-assembly")
        for properties in [artifact["properties"]]
    }


def environments(cdk_out: Path) -> dict[str, str]:
    """Return the stage of each environment in `cdk_out`, by the name of the environment's file.

    Raises AssemblyError when `cdk_out` holds no assembly, or a stage that names no environment.
    """
    found = {}
    for stage, folder in stages(cdk_out).items():
        name = environment_of(folder)
        if not name:
            raise AssemblyError(
                f"{folder.name}/manifest.json: no stack says which environment {stage} is; {_AGAIN}"
            )
        found[name] = stage
    return found


def environment_of(folder: Path) -> str:
    """Return the environment that a stack of one stage names; empty when none does."""
    for stack in stacks(folder):
        for _, name in entries(stack.metadata(), _ENVIRONMENT):
            return str(name)
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
        f"{folders[0].name}: no environment {environment}; it holds {there}; {_AGAIN}"
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

    Raises AssemblyError when `cdk_out` holds no assembly.
    """
    found = {stack.id: stack for folder in _folders(cdk_out) for stack in stacks(folder)}
    done: dict[str, StackArtifact] = {}

    def visit(stack: StackArtifact) -> None:
        for needed in stack.needs:
            if needed in found and needed not in done:
                visit(found[needed])
        done[stack.id] = stack

    for stack in found.values():
        visit(stack)
    return list(done.values())


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file of an assembly; raises AssemblyError when there is none."""
    where = f"{path.parent.name}/{path.name}"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AssemblyError(f"{where}: {str(error.strerror).lower()}; {_AGAIN}") from error
    except ValueError as error:
        raise AssemblyError(f"{where}: is not JSON ({error}); {_AGAIN}") from error
    if not isinstance(found, dict):
        raise AssemblyError(f"{where}: holds no JSON object; {_AGAIN}")
    return found


def _folders(folder: Path) -> Iterator[Path]:
    yield folder
    for nested in stages(folder).values():
        yield from _folders(nested)


def _artifacts(folder: Path, kind: str) -> list[tuple[str, dict[str, Any]]]:
    manifest = read_json(folder / "manifest.json")
    try:
        found = [item for item in manifest["artifacts"].items() if item[1]["type"] == kind]
        for _, artifact in found:
            artifact["properties"]["directoryName" if "assembly" in kind else "templateFile"]
    except (KeyError, TypeError, AttributeError) as error:
        raise AssemblyError(f"{folder.name}/manifest.json: lacks {error}; {_AGAIN}") from error
    return found


def _stack(folder: Path, name: str, artifact: dict[str, Any]) -> StackArtifact:
    properties = artifact["properties"]
    account, _, region = artifact.get("environment", "").removeprefix("aws://").partition("/")
    return StackArtifact(
        id=name,
        stack_name=properties.get("stackName", name),
        account=_known(account),
        region=_known(region),
        folder=folder,
        template_file=properties["templateFile"],
        metadata_file=artifact.get("additionalMetadataFile", ""),
        parameters=properties.get("parameters", {}),
        tags=properties.get("tags", {}),
        is_protected=bool(properties.get("terminationProtection")),
        needs=tuple(artifact.get("dependencies", [])),
        deploy_role=properties.get("assumeRoleArn", ""),
    )


def _known(place: str) -> str:
    return "" if place.startswith("unknown-") else place
