import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.processes import Process, running
from tests.cli.terminal import PROJECT, kiban, require_one_line, with_file
from tests.journeys.world import wait_for

# What runs in the comparison's process group when Ctrl-C is pressed: the program itself, the first
# workers of its pool, and the JavaScript side of a worker's CDK.
MOMENTS = ["-m compare", "spawn_main", "program.js"]
# With these, production is so many settings away from dev that there are workers.
MORE = """
[storage]
old_version_days = 30
checkpoint_days = 7
experiment_days = 90
capture_days = 7
access_log_days = 90

[workbench]
volume_gb = 40
nightly_stop = "22:30"
"""


@pytest.mark.acceptance
def test_each_setting_is_shown_with_what_it_changes(tmp_path: Path) -> None:
    dev = (PROJECT / "config" / "dev.toml").read_text()
    folder = with_file(tmp_path, "lab", dev.replace("idle_minutes = 30", "idle_minutes = 45"))

    screen = kiban("env", "compare", "dev", "lab", folder=folder)

    assert screen.code == 0, screen.err
    assert "1 setting differs; 1 place in 1 stack does" in screen.out
    assert "workbench.idle_minutes  30 → 45" in screen.out
    assert "Workbench  SageMaker::NotebookInstanceLifecycleConfig  OnStart" in screen.out
    assert "Settings explain every difference." in screen.out


def test_an_environment_is_not_compared_with_itself_or_with_nothing(tmp_path: Path) -> None:
    itself = require_one_line(kiban("env", "compare", "dev", "dev", folder=tmp_path), 2)
    nothing = require_one_line(kiban("env", "compare", "dev", "prd", folder=tmp_path), 2)

    assert itself == "config/dev.toml: is one environment; name two to compare"
    assert nothing == "config: no environment 'prd'; there is prod, dev, staging"


@contextmanager
def comparison(folder: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`kiban env compare`, which is in a process group of its own as in a terminal."""
    variables = {"PYTHONPATH": str(PROJECT), "KIBAN_SANDBOX": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "env", "compare", "dev", "many"],
        cwd=folder,
        env={**os.environ, **variables, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as command:
        yield command


def group_of(command: subprocess.Popen[str]) -> int | None:
    """The process group of the comparison that `command` has started."""
    children = [one.group for one in running() if one.parent == command.pid]
    return next((group for group in children if group != command.pid), None)


def members(group: int, text: str = "") -> list[Process]:
    return [one for one in running() if one.group == group and text in one.command]


@pytest.mark.acceptance
@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_leaves_no_process_and_no_file_of_the_comparison(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, moment: str
) -> None:
    production = (PROJECT / "config" / "prod.toml").read_text()
    folder = with_file(tmp_path_factory.mktemp("many"), "many", production + MORE)
    (folder / "config" / "prod.toml").unlink()
    with comparison(folder, tmp_path) as command:
        group = wait_for(lambda: group_of(command), "the comparison to begin")
        wait_for(lambda: members(group, moment) or None, f"{moment} to run")

        os.killpg(command.pid, signal.SIGINT)

        _, errors = command.communicate(timeout=60)
    assert command.returncode == 130
    assert errors.splitlines()[-1] == "dev, many: interrupted; nothing was left running"
    assert members(group) == []
    assert list(tmp_path.iterdir()) == []
