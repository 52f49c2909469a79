"""How a starting sandbox is waited for, and how a state file is believed, told without one."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.sandbox import sandbox_state, server_process
from cli.sandbox.sandbox_state import RunningSandbox
from cli.terminal.errors import Failure

STATE = RunningSandbox(123, 4599, "http://127.0.0.1:4599", "us-east-1", "1")


class Server:
    """A server that has ended, or not yet."""

    def __init__(self, *polls: int | None) -> None:
        self.pid, self.polls = 123, list(polls)

    def poll(self) -> int | None:
        return self.polls.pop(0) if len(self.polls) > 1 else self.polls[0]


def ready(
    monkeypatch: pytest.MonkeyPatch, folder: Path, server: Server, *states: Any
) -> RunningSandbox:
    left = list(states)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(sandbox_state, "read_state", lambda folder: left.pop(0) if left else None)
    log = folder / "sandbox.log"
    log.touch()
    return server_process._wait_until_ready(server, folder, log)  # type: ignore[arg-type]


def test_a_server_is_ready_when_it_has_written_its_state(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert ready(monkeypatch, tmp_path, Server(None), None, None, STATE) is STATE


@pytest.mark.parametrize(
    ("log", "line"), [("first\nport taken\n\n", "port taken"), ("", "nothing")]
)
def test_a_server_that_ends_says_its_last_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, log: str, line: str
) -> None:
    (tmp_path / "sandbox.log").write_text(log)

    with pytest.raises(Failure, match=rf"it ended while starting: {line} \(all of it: "):
        ready(monkeypatch, tmp_path, Server(None, 1), None, None)


def test_a_server_that_is_never_ready_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(server_process, "START_SECONDS", 0)

    with pytest.raises(Failure, match=r"not ready after 0 seconds; the last line .*: nothing"):
        ready(monkeypatch, tmp_path, Server(None))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Failure("no")])
@pytest.mark.parametrize("is_launched", [True, False])
def test_a_start_that_breaks_off_ends_its_server_and_leaves_no_state(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException, is_launched: bool
) -> None:
    ended: list[int] = []

    def launch(command: list[str], log: Path) -> Server:
        (tmp_path / "state.json").touch()
        if not is_launched:
            raise error
        return Server(None)

    def wait(*_: object) -> None:
        raise error

    monkeypatch.setattr(server_process, "_launch", launch)
    monkeypatch.setattr(server_process, "_wait_until_ready", wait)
    monkeypatch.setattr(server_process, "end_sandbox", lambda pid, folder: ended.append(pid))

    with pytest.raises(type(error)):
        server_process._start(tmp_path, [])
    assert ended == ([123] if is_launched else [])
    assert not (tmp_path / "state.json").exists()


@pytest.mark.parametrize("other", [STATE, None])
def test_a_second_start_in_the_same_folder_uses_the_first_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, other: RunningSandbox | None
) -> None:
    folder, options = tmp_path / "new" / "box", ["--port", "0", "--region", "us-east-1"]
    started: list[Any] = []
    monkeypatch.setattr(sandbox_state, "find_sandbox", lambda folder: other)
    monkeypatch.setattr(server_process, "_start", lambda *given: started.append(given))
    if other is None:
        server_process.start_sandbox(folder, 0, "us-east-1")
    else:
        with pytest.raises(Failure, match=r"has just started it at http://127.0.0.1:4599; use"):
            server_process.start_sandbox(folder, 0, "us-east-1")
    assert started == ([] if other else [(folder, options)])


@pytest.mark.parametrize(
    ("own", "runs", "ended"),
    [
        (None, True, False),
        (None, False, True),
        (Server(None), False, False),
        (Server(0), True, True),
    ],
)
def test_ones_own_server_is_asked_itself_and_another_is_looked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own: Server | None, runs: bool, ended: bool
) -> None:
    monkeypatch.setattr(server_process, "_started", {123: own} if own else {})
    monkeypatch.setattr(sandbox_state, "is_sandbox", lambda pid, folder: runs)

    assert server_process._has_ended(123, tmp_path) is ended


def test_a_killed_server_of_ones_own_is_reaped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(server_process, "STOP_SECONDS", 0)
    sent: list[int] = []
    reaped: list[bool] = []
    own = SimpleNamespace(wait=lambda: reaped.append(True))
    monkeypatch.setattr("os.kill", lambda pid, number: sent.append(number))
    monkeypatch.setattr(server_process, "_started", {123: own})

    server_process.end_sandbox(123, tmp_path)
    server_process.end_sandbox(7, tmp_path)

    assert sent == [signal.SIGTERM, signal.SIGKILL] * 2
    assert reaped == [True]


def test_a_server_that_is_gone_already_is_no_error(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass

    server_process.end_sandbox(gone.pid, tmp_path)


WHOLE = {"pid": 1, "port": 2, "url": "u", "region": "r", "account": "a", "secret": "s"}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        json.dumps({**WHOLE, "pid": "x"}),
        json.dumps({**WHOLE, "port": None}),
        *(json.dumps({k: v for k, v in WHOLE.items() if k != name}) for name in WHOLE),
    ],
)
def test_a_state_that_lacks_something_is_no_state(text: str, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(text)

    with pytest.raises(Failure, match=r"state.json: not a sandbox's state .*remove the file"):
        sandbox_state.read_state(tmp_path)


def test_without_a_file_there_is_no_sandbox(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert sandbox_state.read_state(tmp_path) is None
    assert sandbox_state.read_state(tmp_path / "none") is None
    assert sandbox_state.read_state(tmp_path / "file") is None
    assert sandbox_state.find_sandbox(tmp_path) is None
    with pytest.raises(Failure, match=r"none is running; start one with: ./kiban up"):
        sandbox_state.require_sandbox(tmp_path)


@pytest.mark.parametrize("runs", [True, False])
def test_a_state_is_believed_while_its_process_runs(
    runs: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state.json").write_text(json.dumps(WHOLE))
    monkeypatch.setattr(sandbox_state, "is_sandbox", lambda pid, folder: runs)
    known = RunningSandbox(1, 2, "u", "r", "a", "s")

    assert sandbox_state.find_sandbox(tmp_path) == (known if runs else None)
    if runs:
        assert sandbox_state.require_sandbox(tmp_path) == known
        return
    with pytest.raises(Failure, match=r"is gone \(process 1 has ended\)"):
        sandbox_state.require_sandbox(tmp_path)


def test_a_command_line_is_read_with_or_without_a_proc_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = sandbox_state._command_line(os.getpid())
    assert Path(known[0]).name.startswith("python")

    def none(self: Path) -> bytes:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_bytes", none)
    assert sandbox_state._command_line(os.getpid())[0] == known[0]
    assert sandbox_state._command_line(2**40) == []
