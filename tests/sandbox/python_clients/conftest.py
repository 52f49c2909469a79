"""`kiban-dev` in a sandbox with its image built, for SDKs in environments of their own."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from cli.aws.connection import Connection
from cli.sandbox.client_variables import PYTHON_PATH, client_variables
from cli.sandbox.role_session import session_variables
from sandbox.cdk.in_process_deploy import deploy_assembly
from sandbox.ecr import environments
from sandbox.server.server import Sandbox
from sandbox.state.clients import ACCOUNT
from tests.journeys.rows import as_csv, features_csv, good_split
from tests.journeys.world import World, wait_for
from tests.sandbox.python_clients.interpreter import Interpreter
from tests.templates.synthesis import REPO

ROLE = "data-scientist"
_MANAGED = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"


@dataclass(frozen=True)
class Site:
    """What a data scientist knows of a deployed environment."""

    world: World
    folder: Path
    image: str
    role: str

    def names(self) -> str:
        """The first piece of every program: what users write down at the top of a notebook."""
        return "\n".join(
            f"{name} = {str(value)!r}"
            for name, value in {
                "image": self.image,
                "role": self.role,
                "train_csv": self.folder / "train.csv",
                "valid_csv": self.folder / "validation.csv",
                "rows_csv": self.folder / "rows.csv",
                "group": self.world.outputs("Training-churn")["ModelPackageGroupName"],
            }.items()
        )

    def started(
        self, lock: str, folder: Path, role: str | None = None
    ) -> AbstractContextManager[Interpreter]:
        """A Python with the packages of a lock file and the variables of `env export`."""
        python = environments.ensure(REPO / lock) / "bin" / "python"
        sandbox = self.world.sandbox
        connection = Connection("us-east-1", sandbox.url, ACCOUNT, secret=sandbox.secret)
        variables = client_variables(connection) | {"PYTHONPATH": PYTHON_PATH}
        if role is not None:
            variables |= session_variables(connection, role)
        folder.mkdir()
        return Interpreter(python, variables, folder)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, dev_assembly: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        deploy_assembly(dev_assembly, sandbox.url)
        world = World(sandbox)
        registry = world.outputs("Registry")
        _build_image(world, registry["ImageBuildProjectName"])
        split = good_split()
        (folder / "train.csv").write_bytes(as_csv(split.train))
        (folder / "validation.csv").write_bytes(as_csv(split.validation))
        (folder / "rows.csv").write_bytes(features_csv(split.test))
        image = f"{registry['RepositoryUri']}:{registry['ImageTag']}"
        yield Site(world, folder, image, _make_role(world))


@pytest.fixture(scope="package")
def start(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., AbstractContextManager[Interpreter]]:
    """Start a Python with the packages of a lock file."""
    return partial(_start, site, tmp_path_factory)


def _start(
    site: Site, factory: pytest.TempPathFactory, lock: str, role: str | None = None
) -> AbstractContextManager[Interpreter]:
    return site.started(lock, factory.mktemp("program") / "home", role)


def _build_image(world: World, project: str) -> None:
    codebuild = world.aws("codebuild")
    build = codebuild.start_build(projectName=project)["build"]["id"]

    def ended() -> str | None:
        (found,) = codebuild.batch_get_builds(ids=[build])["builds"]
        return str(found["buildStatus"]) if found["buildComplete"] else None

    assert wait_for(ended, "the image") == "SUCCEEDED"


def _make_role(world: World) -> str:
    """The role that AWS's own notebooks ask for: SageMaker's policy and the buckets."""
    iam = world.aws("iam")
    service = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}}
    trust = {"Version": "2012-10-17", "Statement": [service | {"Action": "sts:AssumeRole"}]}
    made = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=_MANAGED)
    buckets = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [buckets]})
    iam.put_role_policy(RoleName=ROLE, PolicyName="buckets", PolicyDocument=document)
    return str(made["Arn"])
