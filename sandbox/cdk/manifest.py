"""What a synthesised app left in `cdk.out`: its stacks in order, and its assets."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.state.context import ACCOUNT

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # zip archives know no earlier date; equal input, equal archive


class DeployError(Exception):
    """A stack that did not arrive where it should; the message names it and says why."""


@dataclass(frozen=True)
class Artifact:
    """One stack of an assembly, with everything needed to deploy it."""

    id: str
    stack_name: str
    account: str  # the sandbox's own when the app leaves it open
    region: str  # empty when the app leaves it open
    folder: Path
    template_file: str
    parameters: dict[str, str]
    tags: dict[str, str]
    is_protected: bool
    needs: tuple[str, ...]


def read_assembly(cdk_out: Path) -> list[Artifact]:
    """Return the stacks of an assembly and of its nested ones, each after what it needs.

    Raises DeployError when `cdk_out` holds no assembly.
    """
    found = {artifact.id: artifact for folder in folders(cdk_out) for artifact in _stacks(folder)}
    done: dict[str, Artifact] = {}

    def visit(artifact: Artifact) -> None:
        for needed in artifact.needs:
            if needed in found and needed not in done:
                visit(found[needed])
        done[artifact.id] = artifact

    for artifact in found.values():
        visit(artifact)
    return list(done.values())


def folders(cdk_out: Path) -> Iterator[Path]:
    """Yield the assembly's folder and those of the assemblies nested in it, in its own order."""
    manifest = _manifest(cdk_out)
    yield cdk_out
    for artifact in manifest["artifacts"].values():
        if artifact["type"] == "cdk:cloud-assembly":
            yield from folders(cdk_out / artifact["properties"]["directoryName"])


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        text = (folder / "manifest.json").read_text(encoding="utf-8")
    except OSError as error:
        raise DeployError(f"{folder}: no manifest.json there; synthesise the app first") from error
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def _stacks(folder: Path) -> Iterator[Artifact]:
    for name, artifact in _manifest(folder).get("artifacts", {}).items():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        account, region = _place(artifact.get("environment", ""))
        properties = artifact["properties"]
        yield Artifact(
            id=name,
            stack_name=properties.get("stackName", name),
            account=account,
            region=region,
            folder=folder,
            template_file=properties["templateFile"],
            parameters=properties.get("parameters", {}),
            tags=properties.get("tags", {}),
            is_protected=properties.get("terminationProtection", False),
            needs=tuple(artifact.get("dependencies", [])),
        )


def _place(environment: str) -> tuple[str, str]:
    account, _, region = environment.removeprefix("aws://").partition("/")
    known = account not in ("", "unknown-account")
    return account if known else ACCOUNT, "" if region == "unknown-region" else region


def archive(folder: Path) -> bytes:
    """Return a folder as a zip archive; the same folder always gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EARLIEST)
            entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
            bundle.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
