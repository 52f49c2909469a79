from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.programs.processes import Child, Program
from tests.sandbox.runtime.cloud import wait_for

_SANDBOX = """
import sys, pathlib, time
from sandbox.programs.processes import Child, Program
program = Program(["/bin/sh", "-c", sys.argv[1]], {"PATH": "/usr/bin:/bin"}, pathlib.Path("."))
child = Child(program)
print("started", flush=True)
time.sleep(60)
"""


def _child(tmp_path: Path, script: str, lines: list[str] | None = None) -> Child:
    seen = lines if lines is not None else []
    environment = {"PATH": "/usr/bin:/bin"}
    return Child(Program(["/bin/sh", "-c", script], environment, tmp_path, seen.append))


def _running(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def _pid(file: Path) -> int:
    return int(wait_for(lambda: file.read_text().strip() if file.exists() else ""))


def test_a_child_gives_its_lines_and_its_exit_code(tmp_path: Path) -> None:
    lines: list[str] = []
    child = _child(tmp_path, "echo one; echo two >&2; exit 7", lines)

    assert child.wait(120) == 7
    assert lines == ["one", "two"]


def test_a_child_killed_by_a_signal_ends_as_in_a_container(tmp_path: Path) -> None:
    assert _child(tmp_path, "kill -9 $$").wait(120) == 137


def test_a_program_that_cannot_start_says_so(tmp_path: Path) -> None:
    lines: list[str] = []
    child = Child(Program([str(tmp_path / "absent")], {}, tmp_path, lines.append))

    assert child.wait(120) == 127
    assert lines == ["sandbox: cannot start absent: No such file or directory"]


def test_stopping_reaches_what_the_child_started(tmp_path: Path) -> None:
    child = _child(tmp_path, "sleep 60 & echo $! > pid; wait")
    grandchild = _pid(tmp_path / "pid")
    child.stop(grace_seconds=5)

    assert not child.running
    wait_for(lambda: not _running(grandchild))


def test_a_child_that_ends_takes_along_what_it_left_behind(tmp_path: Path) -> None:
    child = _child(tmp_path, "sleep 60 >/dev/null 2>&1 & echo $! > pid")
    grandchild = _pid(tmp_path / "pid")

    assert child.wait(120) == 0
    wait_for(lambda: not _running(grandchild))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_program_outlives_a_killed_sandbox(tmp_path: Path, how: signal.Signals) -> None:
    script = f"trap '' TERM; echo $$ > {tmp_path}/pid; sleep 60 & echo $! > {tmp_path}/other; wait"
    sandbox = subprocess.Popen(
        [sys.executable, "-c", _SANDBOX, script],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert sandbox.stdout is not None
    assert sandbox.stdout.readline() == b"started\n"
    left = [_pid(tmp_path / "pid"), _pid(tmp_path / "other")]
    assert all(_running(pid) for pid in left)
    sandbox.send_signal(how)
    sandbox.wait(120)
    sandbox.stdout.close()

    wait_for(lambda: not any(_running(pid) for pid in left))
