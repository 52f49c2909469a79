"""A notebook gets another platform in place, from whatever state it is found in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.environments.environment import Environment
from tests.cli.terminal import Screen, kiban, require_one_line

pytestmark = pytest.mark.acceptance

NAME = "kiban-dev-workbench"
OLD, NEW = "notebook-al2023-v1", "notebook-al2023-v2"
NOTEBOOK: dict[str, Any] = {
    "Type": "AWS::SageMaker::NotebookInstance",
    "Properties": {
        "NotebookInstanceName": NAME,
        "InstanceType": "ml.t3.medium",
        "PlatformIdentifier": OLD,
        "RoleArn": "arn:aws:iam::123456789012:role/notebook",
        "VolumeSizeInGB": 20,
    },
}


def template(**properties: Any) -> str:
    body = {**NOTEBOOK, "Properties": {**NOTEBOOK["Properties"], **properties}}
    outputs = {"NotebookInstanceName": {"Value": NAME}}
    return json.dumps({"Resources": {"Notebook": body}, "Outputs": outputs})


@pytest.fixture
def workbench(dev: Environment) -> Iterator[Any]:
    """SageMaker, with a notebook that runs on the platform its stack was created with."""
    formation, stack = dev.aws("cloudformation"), {"StackName": "kiban-dev-Workbench"}
    formation.create_stack(**stack, TemplateBody=template())
    formation.get_waiter("stack_create_complete").wait(**stack, WaiterConfig={"Delay": 1})
    yield dev.aws("sagemaker")
    formation.delete_stack(**stack)
    formation.get_waiter("stack_delete_complete").wait(**stack, WaiterConfig={"Delay": 1})


def upgrade(folder: Path, *words: str, given: str = "") -> Screen:
    return kiban("notebook", "upgrade", "--to", *words, "--sandbox", folder=folder, given=given)


def live(sagemaker: Any) -> tuple[str, str, int]:
    found = sagemaker.describe_notebook_instance(NotebookInstanceName=NAME)
    return found["NotebookInstanceStatus"], found["PlatformIdentifier"], found["VolumeSizeInGB"]


def test_a_running_notebook_is_stopped_changed_and_started(workbench: Any, folder: Path) -> None:
    screen = upgrade(folder, NEW, "--yes")

    assert screen.code == 0, screen.err
    assert f"{NAME} has {NEW}, its disk stays; it is InService" in screen.out
    assert live(workbench) == ("InService", NEW, 20)
    again = upgrade(folder, NEW, "--json")
    assert f"{NAME} has {NEW} already; it is InService." in again.err
    assert json.loads(again.out) == {"notebook": NAME, "platform": NEW, "status": "InService"}


def test_a_stopped_notebook_stays_stopped_until_it_is_wanted(workbench: Any, folder: Path) -> None:
    workbench.stop_notebook_instance(NotebookInstanceName=NAME)

    assert upgrade(folder, NEW).code == 0
    assert live(workbench) == ("Stopped", NEW, 20)
    # What an interruption between the two leaves, and the line it prints.
    assert upgrade(folder, NEW, "--start").code == 0
    assert live(workbench) == ("InService", NEW, 20)


def test_nobody_is_thrown_out_without_being_asked(workbench: Any, folder: Path) -> None:
    message = require_one_line(upgrade(folder, NEW), 2)

    assert "no terminal to confirm on; add --yes to stop it" in message
    assert live(workbench) == ("InService", OLD, 20)


def test_a_platform_of_the_past_is_refused(workbench: Any, folder: Path) -> None:
    message = require_one_line(upgrade(folder, "notebook-al2-v3", "--yes"), 2)

    assert f"choose one of {OLD}, {NEW}" in message
    assert live(workbench) == ("InService", OLD, 20)


def test_a_notebook_that_is_not_deployed_cannot_be_upgraded(dev: Environment, folder: Path) -> None:
    message = require_one_line(upgrade(folder, NEW, "--yes"), 1)

    assert "kiban-dev-Workbench: not deployed here" in message


def test_the_stack_changes_a_notebook_after_it_and_keeps_its_platform(
    workbench: Any, folder: Path, dev: Environment
) -> None:
    upgrade(folder, NEW, "--yes")
    formation, stack = dev.aws("cloudformation"), {"StackName": "kiban-dev-Workbench"}

    formation.update_stack(**stack, TemplateBody=template(InstanceType="ml.t3.large"))
    formation.get_waiter("stack_update_complete").wait(**stack, WaiterConfig={"Delay": 1})

    found = workbench.describe_notebook_instance(NotebookInstanceName=NAME)
    assert found["InstanceType"] == "ml.t3.large"
    assert live(workbench) == ("InService", NEW, 20)


@pytest.mark.parametrize(
    ("operation", "given", "words"),
    [
        ("update", {"PlatformIdentifier": NEW}, r"Status \(InService\) not in \(\[Stopped\]\)"),
        ("start", {}, r"Status \(InService\) not in \(\[Stopped, Failed\]\)"),
    ],
)
def test_sagemaker_changes_no_notebook_that_runs(
    workbench: Any, operation: str, given: dict[str, str], words: str
) -> None:
    call = getattr(workbench, f"{operation}_notebook_instance")

    with pytest.raises(ClientError, match=words):
        call(NotebookInstanceName=NAME, **given)


def test_sagemaker_refuses_a_smaller_disk_and_an_old_platform(workbench: Any) -> None:
    workbench.stop_notebook_instance(NotebookInstanceName=NAME)

    with pytest.raises(ClientError, match=r"Status \(Stopped\) not in \(\[InService\]\)"):
        workbench.stop_notebook_instance(NotebookInstanceName=NAME)
    with pytest.raises(ClientError, match="You can't decrease the volume size"):
        workbench.update_notebook_instance(NotebookInstanceName=NAME, VolumeSizeInGB=10)
    with pytest.raises(ClientError, match=r"Platform identifier \(notebook-al2-v3\) is not supp"):
        workbench.update_notebook_instance(
            NotebookInstanceName=NAME, PlatformIdentifier="notebook-al2-v3"
        )
    assert live(workbench) == ("Stopped", OLD, 20)
