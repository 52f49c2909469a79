"""The notebook's platform is refused in the file, upgraded by the command it says, and stays so."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.state.clients import client, set_secret
from tests.journeys.workplace import Workplace, make

pytestmark = pytest.mark.acceptance

NAME = "kiban-dev-workbench"
OLD, NEW = "notebook-al2023-v1", "notebook-al2023-v2"
TABLE = "[workbench]\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    place = make(tmp_path_factory.mktemp("workplace"))
    try:
        place.done("up", "--port", "0")
        place.done("deploy", "--sandbox")
        yield place
    finally:
        place.kiban("down")


def notebook(place: Workplace) -> dict[str, Any]:
    state = json.loads((place.folder / ".sandbox/state.json").read_text())
    set_secret(state["url"], state["secret"])
    service = client("sagemaker", url=state["url"], region="us-east-1", account=state["account"])
    found = service.describe_notebook_instance(NotebookInstanceName=NAME)
    return {key: value for key, value in found.items() if key != "ResponseMetadata"}


def test_a_platform_changes_in_place_by_the_steps_that_plan_says(place: Workplace) -> None:
    created = notebook(place)
    source = place.folder / "constructs_lib/notebook/workbench.py"
    text = source.read_text()
    # CloudFormation's schema has no newer platform to try it with.
    source.write_text(text.replace(f'PLATFORM = "{OLD}"', 'PLATFORM = "notebook-al2-v3"'))

    planned = place.kiban("plan", "--sandbox")
    stopped = place.kiban("deploy", "--sandbox")

    assert (planned.returncode, stopped.returncode) == (4, 4), stopped.stderr
    assert notebook(place) == created
    told = " ".join(planned.stdout.split())
    assert f"put {OLD} back in the template" in told
    found = re.search(r"\./kiban (notebook upgrade --to )\S+ --env dev", told)
    assert found is not None, told
    source.write_text(text)
    place.done(*found[1].split(), NEW, "--sandbox", "--yes")
    upgraded = notebook(place)
    assert (upgraded["PlatformIdentifier"], upgraded["NotebookInstanceStatus"]) == (
        NEW,
        "InService",
    )

    place.edit("dev", TABLE, f'{TABLE}instance_type = "ml.t3.large"\nvolume_gb = 30\n')
    place.done("deploy", "--sandbox")

    after = notebook(place)
    assert (after["InstanceType"], after["VolumeSizeInGB"]) == ("ml.t3.large", 30)
    assert after["PlatformIdentifier"] == NEW
    assert after["CreationTime"] == created["CreationTime"], "it was made anew"
