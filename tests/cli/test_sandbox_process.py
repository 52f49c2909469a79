import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.sandbox import sandbox_state, server_process
from tests.cli.terminal import PROJECT, Screen, kiban, require_one_line


def state_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "state.json").read_text())
    return found


def write_state(folder: Path, pid: int, url: str = "http://127.0.0.1:9") -> None:
    state = {"pid": pid, "port": 9, "url": url, "region": "us-east-1", "account": "123456789012"}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "state.json").write_text(json.dumps(state))


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Screen]]:
    folder = tmp_path_factory.mktemp("sandbox")
    try:
        yield folder, kiban("up", "--port", "0", folder=folder)
    finally:
        server_process.stop_sandbox(folder)


def test_up_says_where_the_sandbox_answers(started: tuple[Path, Screen]) -> None:
    folder, screen = started

    assert screen.code == 0, screen.err
    assert state_of(folder)["url"] in screen.out
    with socket.create_connection(("127.0.0.1", state_of(folder)["port"])):
        pass


def test_an_idle_sandbox_is_small(started: tuple[Path, Screen]) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells a process's memory in a file")
    told = Path(f"/proc/{state_of(started[0])['pid']}/status").read_text().splitlines()
    resident_kb = next(int(line.split()[1]) for line in told if line.startswith("VmRSS"))

    assert resident_kb < 260 * 1024


def test_a_second_up_finds_the_sandbox_running(started: tuple[Path, Screen]) -> None:
    folder, _ = started
    before = state_of(folder)["pid"]

    again = kiban("up", "--json", folder=folder)

    assert again.code == 0
    assert json.loads(again.out)["pid"] == before


def test_two_ups_at_once_start_one_sandbox(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "cli", "up", "--port", "0", "--json"]
    variables = {**os.environ, "KIBAN_SANDBOX": str(tmp_path)}
    commands = [
        subprocess.Popen(words, cwd=PROJECT, env=variables, stdout=-1, stderr=-1, text=True)
        for _ in range(2)
    ]
    try:
        told = [command.communicate()[1] for command in commands]

        listed = subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True, check=True)
        assert sum(str(tmp_path) in line for line in listed.stdout.splitlines()) == 1
        assert sandbox_state.find_sandbox(tmp_path) is not None
        assert 0 in [command.returncode for command in commands]
        assert all(len(text.splitlines()) <= 1 for text in told)
    finally:
        server_process.stop_sandbox(tmp_path)


@pytest.mark.parametrize("redirection", ["| head -1", ">&-", ">&- 2>&-", "<&-"])
def test_output_that_nobody_reads_is_no_failure(
    started: tuple[Path, Screen], redirection: str
) -> None:
    variables = {**os.environ, "KIBAN_SANDBOX": str(started[0])}
    words = f"set -o pipefail; '{sys.executable}' -m cli status --sandbox {redirection}"
    done = subprocess.run(
        ["bash", "-c", words], cwd=PROJECT, env=variables, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_one_line(started: tuple[Path, Screen], unbuffered: str) -> None:
    variables = {
        **os.environ,
        "KIBAN_SANDBOX": str(started[0]),
        "PYTHONUNBUFFERED": unbuffered,
    }
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "status", "--sandbox"],
            cwd=PROJECT,
            env=variables,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert done.returncode == 1
    assert done.stderr == "this machine: no space left on device; free some space and try again\n"


def test_a_stream_without_our_marks_is_no_failure(started: tuple[Path, Screen]) -> None:
    screen = kiban("doctor", folder=started[0], variables={"PYTHONIOENCODING": "ascii"})

    assert screen.code == 1
    assert "unexpected" not in screen.err


def test_a_folder_nobody_can_write_to_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    told = require_one_line(kiban("up", "--port", "0", folder=tmp_path / "file" / "below"), 1)

    assert "not a directory" in told
    assert "KIBAN_SANDBOX" in told


def test_a_taken_port_is_one_line_and_leaves_nothing(
    started: tuple[Path, Screen], tmp_path: Path
) -> None:
    port = state_of(started[0])["port"]

    told = require_one_line(kiban("up", "--port", str(port), folder=tmp_path), 1)

    assert f"port {port} cannot be used" in told
    assert list(tmp_path.iterdir()) == []


def test_an_empty_sandbox_says_what_to_do_first(started: tuple[Path, Screen]) -> None:
    for command in (["models", "churn"], ["runs", "churn"], ["data", "list", "churn"]):
        told = require_one_line(kiban(*command, "--sandbox", folder=started[0]), 1)
        assert "kiban deploy --sandbox" in told


def test_predicting_before_anything_is_deployed_is_one_line(started: tuple[Path, Screen]) -> None:
    screen = kiban("predict", "churn", "-", "--sandbox", folder=started[0], given="1,2\n")

    assert "not deployed" in require_one_line(screen, 1)


def test_status_of_a_sandbox_names_what_it_does_not_emulate(
    started: tuple[Path, Screen],
) -> None:
    screen = kiban("status", "--sandbox", "--json", folder=started[0])

    document = json.loads(screen.out)
    assert document["stacks"]["Storage"] is None
    assert "autoscaling" in document["not_emulated"]


def test_a_profile_of_the_user_does_not_disturb_the_sandbox(started: tuple[Path, Screen]) -> None:
    screen = kiban(
        "status", "--sandbox", folder=started[0], variables={"AWS_PROFILE": "no-such-profile"}
    )

    assert screen.code == 0, screen.err


def test_destroying_what_is_not_deployed_does_nothing(started: tuple[Path, Screen]) -> None:
    screen = kiban("destroy", "--sandbox", "--yes", folder=started[0])

    assert screen.code == 0
    assert "nothing to do" in screen.out


def test_an_environment_of_another_region_is_refused(
    started: tuple[Path, Screen], tmp_path: Path
) -> None:
    state = state_of(started[0])
    (tmp_path / "state.json").write_text(json.dumps(state | {"region": "eu-west-1"}))
    # The process belongs to another folder, so it must not even be believed.
    told = require_one_line(kiban("status", "--sandbox", folder=tmp_path), 1)

    assert "is gone" in told


def test_down_ends_the_process_and_may_be_said_twice(tmp_path: Path) -> None:
    assert kiban("up", "--port", "0", folder=tmp_path).code == 0
    pid = state_of(tmp_path)["pid"]

    first, second = kiban("down", folder=tmp_path), kiban("down", folder=tmp_path)

    assert (first.code, second.code) == (0, 0)
    assert "has stopped" in first.out
    assert "No sandbox" in second.out
    assert not sandbox_state.is_sandbox(pid, tmp_path)
    assert not (tmp_path / "state.json").exists()


def test_down_never_ends_a_stranger(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        write_state(tmp_path, stranger.pid)

        screen = kiban("down", folder=tmp_path)

        assert screen.code == 0
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_a_sandbox_that_was_killed_is_one_line(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    write_state(tmp_path, ended.pid)

    told = require_one_line(kiban("status", "--sandbox", folder=tmp_path), 1)

    assert "is gone" in told
    assert "kiban up" in told


def test_no_sandbox_at_all_is_one_line(tmp_path: Path) -> None:
    told = require_one_line(kiban("runs", "churn", "--sandbox", folder=tmp_path), 1)

    assert told == "sandbox: none is running; start one with: ./kiban up"


def test_a_state_file_that_is_no_state_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")

    assert "not a sandbox's state" in require_one_line(
        kiban("runs", "churn", "--sandbox", folder=tmp_path), 1
    )


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
        _, told = command.communicate()

    assert command.returncode == 130
    assert len(told.splitlines()) == 1
    assert "Traceback" not in told
    assert not (tmp_path / "state.json").exists()
    listed = subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in listed.stdout
