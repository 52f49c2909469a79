import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.templates.synthesis import REPO, feature_flags

_BROKEN_APP = """
from constructs_lib.synthesis.synthesis_speed import prepare_synthesis
prepare_synthesis()
from aws_cdk import CfnResource, Stack
from constructs_lib.synthesis.checked_app import CheckedApp
app = CheckedApp()
CfnResource(Stack(app, "Broken"), "Bucket", type="AWS::S3::Bucket", properties={"Colour": "blue"})
app.synth()
"""
_SILENT_IMPORT = """
import cdk_nag
from jsii._kernel.providers.process import _NodeProcess
def refuse(*_): raise AssertionError("importing calls the process of the CDK")
_NodeProcess.send = refuse
import app
"""
_COLLECTOR_AFTER_IMPORT = """
import gc
import app
assert gc.isenabled()
"""
NODE = REPO / "constructs_lib/synthesis/cdk-node"


def run(code: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run `code` as the CDK command line runs an app."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPO,
        env={
            **os.environ,
            "CDK_CONTEXT_JSON": json.dumps(feature_flags()),
            "CDK_OUTDIR": str(folder),
            "PYTHONPATH": str(REPO),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_what_cloudformation_refuses_fails_a_synthesis(tmp_path: Path) -> None:
    done = run(_BROKEN_APP, tmp_path)

    written = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    [report] = [one for one in written if one["pluginName"] == "CloudFormation Validate"]
    assert done.returncode != 0
    assert "Colour" in json.dumps(report["violations"])


def test_importing_the_architecture_never_calls_the_process_of_the_cdk(tmp_path: Path) -> None:
    # A second thread may be calling it, and it answers one at a time.
    done = run(_SILENT_IMPORT, tmp_path)

    assert done.returncode == 0, done.stderr


def test_importing_the_architecture_leaves_the_garbage_collector_on(tmp_path: Path) -> None:
    done = run(_COLLECTOR_AFTER_IMPORT, tmp_path)

    assert done.returncode == 0, done.stderr


def node_in(folder: Path, *words: str) -> str:
    """What the CDK's Node.js prints when it is run in `folder`, which may hold an installation."""
    return subprocess.check_output([NODE, *words], cwd=folder, text=True).strip()


def test_the_installed_node_reckons_with_memory_outside_its_heap() -> None:
    told = node_in(REPO, "-p", "process.execArgv[0]")

    assert told == "--external-memory-accounted-in-global-limit"


def test_another_node_is_started_without_a_flag_that_it_may_not_know(tmp_path: Path) -> None:
    assert shutil.which("node")

    assert node_in(tmp_path, "-p", "process.execArgv[0]") == "-p"


def test_the_cdk_command_line_starts_the_app_with_it() -> None:
    app = json.loads((REPO / "cdk.json").read_text())["app"]

    assert f"JSII_NODE=$PWD/{NODE.relative_to(REPO)} " in app
    assert os.access(NODE, os.X_OK)
