"""The quickstart is run as a user runs it, from the script that names things to the last answer."""

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from constructs_lib.notebook.notebook_lifecycle import QUICKSTART
from sandbox.cdk.in_process_deploy import deploy_assembly
from sandbox.server.server import Sandbox
from tests.journeys.world import MODEL, STAGE, World

pytestmark = pytest.mark.acceptance

GIVE_UP_AFTER_SECONDS = 300


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, dev_assembly: Path) -> Iterator[World]:
    """`kiban-dev`, deployed and still without a model."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        deploy_assembly(dev_assembly, sandbox.url)
        yield World(sandbox)


def variables(world: World) -> dict[str, str]:
    """What the deployed lifecycle script puts into the environment of a kernel."""
    sagemaker = world.aws("sagemaker")
    name = world.outputs("Workbench")["NotebookInstanceName"]
    instance = sagemaker.describe_notebook_instance(NotebookInstanceName=name)
    config = sagemaker.describe_notebook_instance_lifecycle_config(
        NotebookInstanceLifecycleConfigName=instance["NotebookInstanceLifecycleConfigName"]
    )
    script = base64.b64decode(config["OnStart"][0]["Content"]).decode()
    return dict(re.findall(r"export (\w+)=([^\s']+)", script))


def printed_by(client: NotebookClient, cell_id: str) -> str:
    """Run one cell and return what it printed; its error fails the test."""
    notebook = client.nb
    [index] = [i for i, cell in enumerate(notebook.cells) if cell.id == cell_id]
    cell = client.execute_cell(notebook.cells[index], index)
    return "".join(output.get("text", "") for output in cell.outputs)


@pytest.fixture(scope="module")
def printed(world: World) -> dict[str, str]:
    """What each cell printed, by id; a person approves between the last cell's two runs."""
    notebook = nbformat.read(QUICKSTART, as_version=4)
    client = NotebookClient(notebook, timeout=GIVE_UP_AFTER_SECONDS, kernel_name="python3")
    environment = {
        **os.environ,
        **variables(world),
        "AWS_ENDPOINT_URL": world.sandbox.url,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": world.sandbox.secret,
    }
    with client.setup_kernel(env=environment):
        code = [cell.id for cell in notebook.cells if cell.cell_type == "code"]
        told = {cell_id: printed_by(client, cell_id) for cell_id in code}
        told["predict before approval"] = told["predict"]
        newest = world.packages()[0]["ModelPackageArn"]
        world.judge(newest, "Approved")
        world.became_live(newest)
        told["predict"] = printed_by(client, "predict")
    return told


def test_quickstart_knows_the_environment_from_its_variables(
    world: World, printed: dict[str, str]
) -> None:
    bucket = world.outputs("Storage")["DataBucketName"]

    assert printed["names"] == f"{STAGE}: model {MODEL} in us-east-1, data in {bucket}\n"


def test_quickstart_uploads_a_version_in_the_layout_that_starts_a_training(
    world: World, printed: dict[str, str]
) -> None:
    bucket, _, prefix = printed["upload"].strip().removeprefix("s3://").partition("/")
    listed = world.aws("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]

    assert sorted(item["Key"].removeprefix(prefix) for item in listed) == [
        "/_READY",
        "/test/rows.csv",
        "/train/rows.csv",
        "/validation/rows.csv",
    ]


def test_quickstart_trains_once_and_registers_what_comes_out(
    world: World, printed: dict[str, str]
) -> None:
    newest = world.packages()[0]["ModelPackageArn"]

    assert printed["watch"] == f"registered: {newest}\n"
    assert len(world.workflow_runs()) == 1


def test_quickstart_compares_versions_by_their_metrics(printed: dict[str, str]) -> None:
    heading, row = printed["compare"].splitlines()

    assert heading.split() == ["version", "status", "data", "metrics"]
    assert row.split()[:2] == ["1", "PendingManualApproval"]
    assert float(row.partition("auc ")[2].split(",")[0]) > 0.9


def test_quickstart_waits_for_a_person_before_it_calls_the_endpoint(
    printed: dict[str, str],
) -> None:
    assert "run this cell again once a version is approved" in printed["predict before approval"]


def test_quickstart_gets_answers_from_the_endpoint_that_was_approved(
    printed: dict[str, str],
) -> None:
    right, _, total = printed["predict"].split()[:3]

    assert int(right) / int(total) > 0.9


def test_quickstart_is_committed_without_outputs() -> None:
    code = [cell for cell in nbformat.read(QUICKSTART, 4).cells if cell.cell_type == "code"]

    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
