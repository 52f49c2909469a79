import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from cli.environments.environment_loader import in_sandbox
from cli.sandbox import sandbox_state, server_process
from cli.sandbox.inventory import FILE
from config.loader import load_environment
from tests.cli.sandbox_folder import state_of
from tests.cli.terminal import PROJECT, Screen, kiban, require_one_line


def test_up_says_where_the_sandbox_answers(started: tuple[Path, Screen]) -> None:
    folder, screen = started

    assert screen.code == 0, screen.err
    assert state_of(folder)["url"] in screen.out
    with socket.create_connection(("127.0.0.1", state_of(folder)["port"])):
        pass


def test_a_second_up_finds_the_sandbox_running(started: tuple[Path, Screen]) -> None:
    folder, _ = started
    before = state_of(folder)["pid"]

    again = kiban("up", "--json", folder=folder)

    assert again.code == 0
    assert json.loads(again.out)["pid"] == before


def test_quotas_of_a_new_account_are_not_given_to_a_sandbox_that_runs(
    started: tuple[Path, Screen],
) -> None:
    folder, _ = started

    message = require_one_line(kiban("up", "--new-account", folder=folder), 1)

    assert "./kiban down" in message


def test_after_a_crash_up_says_what_is_lost_and_starts_as_asked_a_new_account(
    tmp_path: Path,
) -> None:
    # A crash left this list behind.
    had = {"stacks": ["a"], "endpoints": [], "buckets": 1, "objects": 2}
    (tmp_path / FILE).write_text(json.dumps(had))
    try:
        up = kiban("up", "--port", "0", "--new-account", folder=tmp_path)
        assert up.code == 0, up.err
        assert "lost: 1 stack, 2 objects in 1 bucket." in up.out
        assert not (tmp_path / FILE).exists()
        env = in_sandbox(load_environment("dev"), sandbox_state.require_sandbox(tmp_path))
        quota = {"ServiceCode": "codebuild", "QuotaCode": "L-9D07B6EF"}

        found = env.aws("service-quotas").get_service_quota(**quota)["Quota"]

        assert found["Value"] == 0
    finally:
        server_process.stop_sandbox(tmp_path)


def test_two_ups_at_once_start_one_sandbox(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "cli", "up", "--port", "0", "--json"]
    variables = {**os.environ, "KIBAN_SANDBOX": str(tmp_path)}
    commands = [
        subprocess.Popen(words, cwd=PROJECT, env=variables, stdout=-1, stderr=-1, text=True)
        for _ in range(2)
    ]
    try:
        message = [command.communicate()[1] for command in commands]

        listed = subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True, check=True)
        assert sum(str(tmp_path) in line for line in listed.stdout.splitlines()) == 1
        assert sandbox_state.find_sandbox(tmp_path) is not None
        assert 0 in [command.returncode for command in commands]
        assert all(len(text.splitlines()) <= 1 for text in message)
    finally:
        server_process.stop_sandbox(tmp_path)


def test_a_folder_nobody_can_write_to_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    message = require_one_line(kiban("up", "--port", "0", folder=tmp_path / "file" / "below"), 1)

    assert "not a directory" in message
    assert "move it away and try again" in message


def test_a_taken_port_is_one_line_and_leaves_nothing(
    started: tuple[Path, Screen], tmp_path: Path
) -> None:
    port = state_of(started[0])["port"]

    message = require_one_line(kiban("up", "--port", str(port), folder=tmp_path), 1)

    assert f"port {port} cannot be used" in message
    assert list(tmp_path.iterdir()) == []
