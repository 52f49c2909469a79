"""When the notebook instance stops itself, and when it must not."""

import ast
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.notebook.lifecycle import auto_stop
from constructs_lib.notebook.lifecycle.auto_stop import (
    AutoStopError,
    Limits,
    Machine,
    activity_reason,
)
from tests.constructs_lib.notebook.jupyter import jupyter

SCRIPT = Path(auto_stop.__file__)
NAME = "kiban-test-workbench"
HOUR = Limits(idle_seconds=3_600, busy_load=0.5)
QUIET = Machine(uptime_seconds=86_400, load=0.02)


def minutes_ago(minutes: float, fraction: bool = True) -> str:
    """A time as Jupyter writes it."""
    moment = datetime.now(UTC) - timedelta(minutes=minutes)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if fraction else "%Y-%m-%dT%H:%M:%SZ")


def kernel(state: str, last_activity: str, connections: int = 0) -> dict[str, Any]:
    return {
        "name": "conda_python3",
        "execution_state": state,
        "last_activity": last_activity,
        "connections": connections,
    }


def used(**answers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"kernels": [], "terminals": [], **answers}


def test_instance_that_nobody_has_used_for_an_hour_is_idle() -> None:
    answers = used(
        kernels=[kernel("idle", minutes_ago(61))],
        terminals=[{"name": "1", "last_activity": minutes_ago(75)}],
    )

    assert activity_reason(answers, QUIET, HOUR) is None


def test_instance_without_kernels_and_terminals_is_idle() -> None:
    assert activity_reason(used(), QUIET, HOUR) is None


def test_long_running_cell_keeps_the_instance_however_old_its_last_activity_is() -> None:
    answers = used(kernels=[kernel("busy", minutes_ago(600))])

    assert activity_reason(answers, QUIET, HOUR) == "kernel conda_python3 is busy"


def test_kernel_used_within_the_hour_keeps_the_instance() -> None:
    answers = used(kernels=[kernel("idle", minutes_ago(59))])

    assert activity_reason(answers, QUIET, HOUR) == "kernel conda_python3 was used 59 minutes ago"


def test_terminal_used_within_the_hour_keeps_the_instance() -> None:
    answers = used(terminals=[{"name": "2", "last_activity": minutes_ago(5)}])

    assert activity_reason(answers, QUIET, HOUR) == "terminal 2 was used 5 minutes ago"


def test_background_process_that_computes_keeps_the_instance() -> None:
    computing = Machine(uptime_seconds=86_400, load=0.97)

    assert activity_reason(used(), computing, HOUR) == "the load average is 0.97"


def test_instance_that_has_just_started_is_given_the_whole_time() -> None:
    started = Machine(uptime_seconds=20 * 60, load=0)

    assert activity_reason(used(), started, HOUR) == "it started 20 minutes ago"


def test_forgotten_browser_tab_does_not_keep_the_instance() -> None:
    answers = used(kernels=[kernel("idle", minutes_ago(90), connections=3)])

    assert activity_reason(answers, QUIET, HOUR) is None


def test_kernel_that_never_got_further_than_starting_does_not_keep_the_instance() -> None:
    answers = used(kernels=[kernel("starting", minutes_ago(90))])

    assert activity_reason(answers, QUIET, HOUR) is None


@pytest.mark.parametrize("fraction", [True, False])
def test_jupyter_may_write_times_with_or_without_a_fraction(fraction: bool) -> None:
    answers = used(terminals=[{"name": "1", "last_activity": minutes_ago(30, fraction)}])

    assert activity_reason(answers, QUIET, HOUR) == "terminal 1 was used 30 minutes ago"


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """A folder that stands for the instance: its metadata, and an `aws` that notes its words."""
    (tmp_path / "metadata.json").write_text(
        json.dumps(
            {
                "ResourceArn": f"arn:aws:sagemaker:eu-west-1:111122223333:notebook-instance/{NAME}",
                "ResourceName": NAME,
            }
        )
    )
    aws = tmp_path / "bin" / "aws"
    aws.parent.mkdir()
    aws.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\n')
    aws.chmod(0o755)
    return tmp_path


def run(
    instance: Path, url: str, *, idle_minutes: int = 0, busy_load: float = 1_000
) -> subprocess.CompletedProcess[str]:
    """The script as systemd starts it; zero minutes and a high load make this machine quiet."""
    return subprocess.run(
        [
            sys.executable,
            str(SCRIPT),
            f"--idle-minutes={idle_minutes}",
            f"--busy-load={busy_load}",
            f"--url={url}",
            f"--metadata={instance / 'metadata.json'}",
        ],
        env={"PATH": f"{instance / 'bin'}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )


def answers_of(**answers: list[dict[str, Any]]) -> dict[str, Any]:
    return {f"/api/{kind}": listed for kind, listed in used(**answers).items()}


def test_idle_instance_stops_itself_and_no_other(instance: Path) -> None:
    with jupyter(answers_of(kernels=[kernel("idle", minutes_ago(1))])) as url:
        done = run(instance, url)

    assert done.returncode == 0, done.stderr
    assert (instance / "calls").read_text() == (
        f"sagemaker stop-notebook-instance --region eu-west-1 --notebook-instance-name {NAME}\n"
    )


def test_busy_instance_is_left_alone_and_the_log_says_why(instance: Path) -> None:
    with jupyter(answers_of(kernels=[kernel("busy", minutes_ago(90))])) as url:
        done = run(instance, url)

    assert (done.returncode, done.stdout) == (0, "in use: kernel conda_python3 is busy\n")
    assert not (instance / "calls").exists()


def test_load_of_the_real_machine_is_looked_at(instance: Path) -> None:
    with jupyter(answers_of()) as url:
        done = run(instance, url, busy_load=0)

    assert done.stdout.startswith("in use: the load average is ")
    assert not (instance / "calls").exists()


@pytest.mark.parametrize(
    "answers",
    [{}, {"/api/kernels": []}, {"/api/kernels": [{}], "/api/terminals": []}],
    ids=["no answer", "terminals missing", "not Jupyter"],
)
def test_instance_keeps_running_when_jupyter_cannot_be_asked(
    instance: Path, answers: dict[str, Any]
) -> None:
    with jupyter(answers) as url:
        done = run(instance, url)

    assert done.returncode == 1
    assert done.stderr.startswith(f"auto_stop: {url}")
    assert done.stderr.count("\n") == 1
    assert not (instance / "calls").exists()


def test_failed_stop_names_every_client_that_was_tried(instance: Path) -> None:
    (instance / "bin" / "aws").write_text("#!/bin/sh\necho AccessDenied >&2\nexit 254\n")

    with jupyter(answers_of()) as url:
        done = run(instance, url)

    assert done.returncode == 1
    assert "could not be stopped: aws: AccessDenied" in done.stderr
    assert "JupyterSystemEnv/bin/python is not there" in done.stderr
    assert done.stderr.count("\n") == 1


def test_instance_without_metadata_is_not_guessed(instance: Path) -> None:
    (instance / "metadata.json").unlink()

    with jupyter(answers_of()) as url:
        done = run(instance, url)

    assert done.returncode == 1
    assert "does not say who this is" in done.stderr
    assert not (instance / "calls").exists()


@pytest.mark.parametrize("url", ["https://example.com:8443", "file://localhost/etc"])
def test_only_this_machine_is_asked_because_certificates_are_not_verified(url: str) -> None:
    with pytest.raises(AutoStopError, match=f"only this machine may be asked, got '{url}'"):
        auto_stop.ask_jupyter(url)


def test_script_is_python_3_9_and_needs_the_standard_library_only() -> None:
    tree = ast.parse(SCRIPT.read_text(), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }

    assert imported <= sys.stdlib_module_names
