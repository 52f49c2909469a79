"""Which process a command may end, told without one."""

import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from cli.sandbox import sandbox_state, server_process
from cli.sandbox.sandbox_state import RunningSandbox, is_sandbox
from cli.terminal.errors import Failure

STATE = RunningSandbox(123, 4599, "http://127.0.0.1:4599", "us-east-1", "1")


def written(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """Have every process be one with this command line."""
    monkeypatch.setattr(sandbox_state, "_command_line", lambda pid: [*words])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("python", "-m", "sandbox", "serve", "--folder", "/a/box"), True),
        (("python", "-m", "sandbox", "serve", "--folder", "box"), True),
        (("python", "-m", "sandbox", "serve"), True),
        (("python", "-m", "sandbox", "serve", "--folder", "/b/box"), False),
        (("python", "-m", "sandbox", "serve", "--folder", "other"), False),
        (("python", "-m", "sandbox", "gaps"), False),
        (("python", "-m", "other", "serve"), False),
        (("python", "-m", "sandbox", "serve", "--folder"), True),
        ((), False),
    ],
)
def test_a_process_is_known_by_its_command_line(
    words: tuple[str, ...], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(monkeypatch, *words)

    assert is_sandbox(123, Path("/a/box")) == expected


@pytest.mark.parametrize(
    ("state", "runs", "ended"), [(STATE, True, [123]), (STATE, False, []), (None, True, [])]
)
def test_only_a_running_sandbox_is_ended(
    state: Any, runs: bool, ended: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[int] = []
    (tmp_path / "state.json").touch()
    monkeypatch.setattr(sandbox_state, "read_state", lambda folder: state)
    monkeypatch.setattr(sandbox_state, "is_sandbox", lambda pid, folder: runs)
    monkeypatch.setattr(server_process, "end_sandbox", lambda pid, folder: killed.append(pid))

    assert server_process.stop_sandbox(tmp_path) == (state if ended else None)
    assert killed == ended
    assert not (tmp_path / "state.json").exists()
    assert server_process.stop_sandbox(tmp_path) == (state if ended else None)


@pytest.mark.parametrize(
    ("state", "started", "stopped"),
    [(STATE, {123: None}, True), (STATE, {7: None}, False), (None, {123: None}, False)],
)
def test_a_command_stops_the_sandbox_that_it_started_itself(
    state: Any, started: Any, stopped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[Path] = []
    monkeypatch.setattr(sandbox_state, "read_state", lambda folder: state)
    monkeypatch.setattr(server_process, "stop_sandbox", folders.append)
    monkeypatch.setattr(server_process, "_started", started)

    server_process.stop_own_sandbox(tmp_path)

    assert folders == [tmp_path] * stopped


@pytest.mark.parametrize(
    ("looks", "signals"),
    [
        ([True], [signal.SIGTERM]),
        ([False, True], [signal.SIGTERM]),
        ([False] * 9, [signal.SIGTERM, signal.SIGKILL]),
    ],
)
def test_a_sandbox_is_killed_when_it_does_not_end_in_time(
    looks: list[bool], signals: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    clock = iter(range(0, 1_000, 5))
    monkeypatch.setattr("os.kill", lambda pid, number: sent.append(number))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(server_process, "_has_ended", lambda pid, folder: looks.pop(0))

    server_process.end_sandbox(123, tmp_path)

    assert sent == signals


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Failure, match=f"port {port} cannot be used"):
            server_process.require_free_port(port)
    with pytest.raises(Failure, match="port 70000 cannot be used"):
        server_process.require_free_port(70_000)
    server_process.require_free_port(0)
