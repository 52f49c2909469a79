"""Shipped environments, deployed without a model to a sandbox in this process."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cfn.assembly import StackArtifact, stacks
from cli.environments.environment import Environment
from cli.planning.deployment_planning import make_plan
from reviewer.assembly import read_assembly
from reviewer.plan.deployment_plan import DeploymentPlan
from sandbox.cdk.in_process_deploy import DeployError, deploy_assembly
from sandbox.server.server import Sandbox
from tests.cli.environments.sandboxed import environment_in
from tests.reviewer.conftest import Edit

ACCOUNT = "123456789012"


@dataclass
class Deployed:
    """One environment in a sandbox, and a copy of its assembly that a test may edit."""

    env: Environment
    cdk_out: Path
    url: str

    @property
    def folder(self) -> Path:
        """The part of the assembly that is the environment."""
        return self.cdk_out / f"assembly-{self.env.config.stage}"

    def edit(self, label: str, change: Edit) -> Callable[[], None]:
        """Apply a change of the reviewer's tests to one stack; return what takes it back."""
        (stack,) = [one for one in self._stacks() if one.stack_name.endswith(f"-{label}")]
        path = stack.folder / stack.template_file
        before = path.read_text(encoding="utf-8")
        assembly = read_assembly(self.cdk_out, self.env.config.environment)
        (read,) = [one for one in assembly.stacks if one.label == label]
        change(read)
        path.write_text(json.dumps(read.template), encoding="utf-8")

        def undo() -> None:
            path.write_text(before, encoding="utf-8")

        return undo

    def plan(self, **settings: Any) -> DeploymentPlan:
        """What `kiban plan` would say."""
        return make_plan(self.env, self.cdk_out, **settings)

    def deploy(self) -> str:
        """Deploy it; return the reason of the first stack that fails, or nothing."""
        try:
            deploy_assembly(self.folder, self.url)
        except DeployError as error:
            return str(error)
        return ""

    def physical_ids(self) -> dict[tuple[str, str], str]:
        """Physical id of every resource, by stack and logical id."""
        formation = self.env.aws("cloudformation")
        return {
            (stack.stack_name, item["LogicalResourceId"]): item["PhysicalResourceId"]
            for stack in self._stacks()
            for page in formation.get_paginator("list_stack_resources").paginate(
                StackName=stack.stack_name
            )
            for item in page["StackResourceSummaries"]
        }

    def _stacks(self) -> list[StackArtifact]:
        return stacks(self.folder)


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox for all tests of plans."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


def deployed(name: str, sandbox: Sandbox, synthesis: Path, folder: Path) -> Deployed:
    """Deploy a shipped environment to the sandbox."""
    cdk_out = folder / "cdk.out"
    shutil.copytree(synthesis, cdk_out, symlinks=True)
    env = environment_in(sandbox, name)
    found = Deployed(env, cdk_out, sandbox.url)
    assert found.deploy() == ""
    return found


@pytest.fixture(scope="package")
def prod(running: Sandbox, synthesis: Path, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """The private environment."""
    return deployed("prod", running, synthesis, tmp_path_factory.mktemp("prod"))
