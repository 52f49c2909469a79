import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.sandbox_folder import state_of
from tests.cli.terminal import PROJECT, Screen


def test_an_idle_sandbox_is_small(started: tuple[Path, Screen]) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells a process's memory in a file")
    message = Path(f"/proc/{state_of(started[0])['pid']}/status").read_text().splitlines()
    resident_kb = next(int(line.split()[1]) for line in message if line.startswith("VmRSS"))

    assert resident_kb < 260 * 1024


def test_interrupted_while_starting_nothing_is_left_running(tmp_path: Path) -> None:
    variables = {**os.environ, "KIBAN_SANDBOX": str(tmp_path)}
    log = tmp_path / "sandbox.log"
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "up", "--port", "0"],
        cwd=PROJECT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        while not log.exists() and command.poll() is None:
            pass
        command.send_signal(signal.SIGINT)
        _, message = command.communicate()

    assert command.returncode == 130
    assert len(message.splitlines()) == 1
    assert "Traceback" not in message
    assert not (tmp_path / "state.json").exists()
    listed = subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in listed.stdout
