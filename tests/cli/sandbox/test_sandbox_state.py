import subprocess
import sys
from pathlib import Path

from tests.cli.sandbox_folder import write_state
from tests.cli.terminal import kiban, require_one_line


def test_a_sandbox_that_was_killed_is_one_line(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    write_state(tmp_path, ended.pid)

    message = require_one_line(kiban("status", "--sandbox", folder=tmp_path), 1)

    assert "is gone" in message
    assert "kiban up" in message


def test_no_sandbox_at_all_is_one_line(tmp_path: Path) -> None:
    message = require_one_line(kiban("runs", "churn", "--sandbox", folder=tmp_path), 1)

    assert message == "sandbox: none is running; start one with: ./kiban up"


def test_a_state_file_that_is_no_state_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")

    assert "not a sandbox's state" in require_one_line(
        kiban("runs", "churn", "--sandbox", folder=tmp_path), 1
    )
