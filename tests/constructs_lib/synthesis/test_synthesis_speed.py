import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsii._embedded.jsii

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
import gc
import cdk_nag
from jsii._kernel.providers.process import _NodeProcess
def refuse(*_): raise AssertionError("importing calls the process of the CDK")
_NodeProcess.send = refuse
import app
print("collects" if gc.isenabled() else "collects nothing")
"""
_ANSWERS_AND_PRINTS = """
const fs = require("fs");
console.log("a line");
console.error("a w\u00e4rning");
const said = Buffer.alloc(4);
fs.readSync(3, said);
fs.writeSync(3, "heard " + said);
process.exit(7);
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


def test_importing_the_architecture_calls_no_process_of_the_cdk_and_collects(
    tmp_path: Path,
) -> None:
    # A second thread may be calling it, and it answers one at a time.
    done = run(_SILENT_IMPORT, tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "collects\n"


def node_in(folder: Path, *words: str, said: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a copy of the script that stands in an installation made in `folder`."""
    place = folder / "constructs_lib/synthesis"
    place.mkdir(parents=True, exist_ok=True)
    for name in (NODE.name, "cdk-messages.js"):
        shutil.copy2(NODE.with_name(name), place)
    return subprocess.run(
        [place / NODE.name, *words], input=said, capture_output=True, text=True, check=False
    )


def installed_in(folder: Path) -> Path:
    """Give the folder the installed packages of this checkout."""
    (folder / ".venv").symlink_to((REPO / ".venv").resolve())
    return folder


def jsii_in(folder: Path, *, first: str, second: str = "") -> Path:
    """Write the two programs of a jsii release: the one started, and the one with the CDK."""
    for name, code in (("bin/jsii-runtime.js", first), ("lib/program.js", second)):
        if code:
            (folder / name).parent.mkdir()
            (folder / name).write_text(code)
    return folder / "bin/jsii-runtime.js"


def test_the_installed_node_reckons_with_memory_outside_its_heap(tmp_path: Path) -> None:
    told = node_in(installed_in(tmp_path), "-p", "process.execArgv[0]").stdout

    assert told == "--external-memory-accounted-in-global-limit\n"


def test_another_node_is_started_without_a_flag_that_it_may_not_know(tmp_path: Path) -> None:
    assert shutil.which("node")

    assert node_in(tmp_path, "-p", "process.execArgv[0]").stdout == "-p\n"


def test_python_talks_to_the_process_of_the_cdk_without_another_in_between(tmp_path: Path) -> None:
    runtime = jsii_in(tmp_path, first="throw 1", second=_ANSWERS_AND_PRINTS)
    done = node_in(installed_in(tmp_path), "--stack-size=900", str(runtime), said="[1]\n")

    assert done.stdout == "heard [1]\n"
    assert done.returncode == 7


def test_what_the_cdk_prints_reaches_python_as_jsii_sends_it(tmp_path: Path) -> None:
    runtime = jsii_in(tmp_path, first="throw 1", second=_ANSWERS_AND_PRINTS)
    done = node_in(installed_in(tmp_path), "--stack-size=900", str(runtime), said="[1]\n")

    printed = [json.loads(line) for line in done.stderr.splitlines()]
    assert [list(one) for one in printed] == [["stdout"], ["stderr"]]
    text = [base64.b64decode(one).decode() for line in printed for one in line.values()]
    assert text == ["a line\n", "a w\u00e4rning\n"]


def test_a_jsii_with_other_files_is_started_as_it_comes(tmp_path: Path) -> None:
    runtime = jsii_in(tmp_path, first="console.log('as it comes')")

    done = node_in(installed_in(tmp_path), "--stack-size=900", str(runtime))

    assert done.stdout == "as it comes\n"


def test_the_installed_jsii_has_the_files_that_are_started_directly() -> None:
    # Otherwise a synthesis would go on, but take longer.
    files = set(jsii._embedded.jsii.EMBEDDED_FILES.values())

    assert {"bin/jsii-runtime.js", "lib/program.js"} <= files


def test_the_cdk_command_line_starts_the_app_with_it() -> None:
    app = json.loads((REPO / "cdk.json").read_text())["app"]

    assert f"JSII_NODE=$PWD/{NODE.relative_to(REPO)} " in app
    assert os.access(NODE, os.X_OK)
