"""An environment from before exports what is used only; one deployment brings the other exports."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cfn.assembly import stacks_in_order
from sandbox.cdk.in_process_deploy import DeployError, deploy_assembly
from sandbox.server.server import Sandbox
from tests.journeys.edits.edits import MODEL
from tests.journeys.edits.running import Synthesis, synthesise

USED = {
    "network.mode": "private",
    f"{MODEL}.training.instance_count": 2,
    f"{MODEL}.endpoint.capture.percent": 100,
}
UNUSED = {"network.mode": "private"}
pytestmark = pytest.mark.acceptance

_IMPORT = re.compile(r'"Fn::ImportValue": ?"([^"]+)"')


def as_before(synthesis: Synthesis) -> Path:
    """The same templates as they were: without exports and a group that nothing uses."""
    files = [*synthesis.folder.glob("*.template.json")]
    used = {name for file in files for name in _IMPORT.findall(file.read_text())}
    for file in files:
        template = json.loads(file.read_text())
        outputs = template.get("Outputs", {})
        template["Outputs"] = {
            key: output
            for key, output in outputs.items()
            if "Export" not in output or output["Export"]["Name"] in used
        }
        if not any("TrainingHosts" in name for name in used):
            template["Resources"] = {
                key: body
                for key, body in template["Resources"].items()
                if "TrainingHosts" not in key
            }
        file.write_text(json.dumps(template))
    return synthesis.folder


def templates(folder: Path) -> dict[str, Any]:
    return {artifact.stack_name: artifact.template() for artifact in stacks_in_order(folder)}


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """Captured requests and two instances for a training, deployed as it was before."""
    with Sandbox(folder=tmp_path) as sandbox:
        deploy_assembly(as_before(synthesise(USED)), sandbox.url)
        yield sandbox


def test_no_use_of_an_export_could_be_ended_before(sandbox: Sandbox) -> None:
    with pytest.raises(DeployError, match="cannot be deleted as it is in use by"):
        deploy_assembly(as_before(synthesise(UNUSED)), sandbox.url)


def test_one_deployment_brings_the_exports_and_may_end_their_use(sandbox: Sandbox) -> None:
    done = deploy_assembly(synthesise(UNUSED).folder, sandbox.url)

    assert {*done.values()} <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


def test_no_other_stack_is_changed_by_the_exports() -> None:
    before, now = as_before(synthesise(USED)), synthesise(USED).folder
    old, new = templates(before), templates(now)

    changed = {name.split("-", 2)[2] for name in new if old[name] != new[name]}
    # A training stack exports the role of its jobs, which notebooks passed.
    assert changed <= {"Storage", "Monitoring", "Network", "Registry", "Training-churn"}
