import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.sandbox import sandbox_state
from cli.sandbox.inventory import FILE
from tests.cli.sandbox_folder import state_of, write_state
from tests.cli.terminal import kiban


def test_down_ends_the_process_and_may_be_said_twice(tmp_path: Path) -> None:
    assert kiban("up", "--port", "0", folder=tmp_path).code == 0
    pid = state_of(tmp_path)["pid"]

    first, second = kiban("down", folder=tmp_path), kiban("down", folder=tmp_path)

    assert (first.code, second.code) == (0, 0)
    assert "has stopped" in first.out
    assert "Gone with it: nothing." in first.out
    assert "No sandbox" in second.out
    assert not sandbox_state.is_sandbox(pid, tmp_path)
    assert not (tmp_path / "state.json").exists()


@pytest.mark.parametrize("is_json", [False, True])
def test_down_says_what_is_gone(tmp_path: Path, is_json: bool) -> None:
    had = {"stacks": ["a", "b"], "endpoints": ["e"], "buckets": 1, "objects": 3}
    (tmp_path / FILE).write_text(json.dumps(had))
    served = [sys.executable, "-c", "input()", "sandbox", "serve", "--folder", str(tmp_path)]
    with subprocess.Popen(served, stdin=subprocess.PIPE) as process:
        write_state(tmp_path, process.pid)

        down = kiban("down", *(["--json"] if is_json else []), folder=tmp_path)

    if is_json:
        assert json.loads(down.out)["gone"] == had
    else:
        assert "Gone with it: 2 stacks, 1 endpoint, 3 objects in 1 bucket." in down.out


def test_down_never_ends_a_stranger(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        write_state(tmp_path, stranger.pid)

        screen = kiban("down", folder=tmp_path)

        assert screen.code == 0
        assert stranger.poll() is None
        stranger.communicate(b"\n")
