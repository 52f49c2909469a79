"""`kiban sandbox save` and `load`, as typed, and what each refuses in one line."""

import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.commands.sandbox import sandbox_load, sandbox_save
from cli.environments.environment_loader import in_sandbox
from cli.sandbox import sandbox_state, saved_file, server_process
from cli.sandbox.sandbox_state import RunningSandbox
from cli.terminal.errors import Failure, Interrupted, WrongInput
from config.loader import load_environment
from tests.cli.sandbox_folder import state_of
from tests.cli.terminal import kiban, require_one_line

STATE = RunningSandbox(123, 4599, "http://127.0.0.1:4599", "us-east-1", "1")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What was saved of a sandbox with one bucket, which is down by now."""
    folder = tmp_path_factory.mktemp("sandbox")
    server_process.start_sandbox(folder, 0, "us-east-1")
    try:
        yield _saved(folder, tmp_path_factory.mktemp("saved") / "all.sandbox")
    finally:
        server_process.stop_sandbox(folder)


def _saved(folder: Path, path: Path) -> Path:
    env = in_sandbox(load_environment("dev"), sandbox_state.require_sandbox(folder))
    env.aws("s3").create_bucket(Bucket="kept")
    env.aws("s3").put_object(Bucket="kept", Key="a", Body=b"content")
    saved = kiban("sandbox", "save", str(path), "--json", folder=folder)
    assert saved.code == 0, saved.err
    told = json.loads(saved.out)
    assert told == {
        "file": str(path),
        "bytes": path.stat().st_size,
        "objects": 1,
        "endpoints": 0,
    }
    busy = require_one_line(kiban("sandbox", "load", str(path), folder=folder), 1)
    assert "one runs at http://127.0.0.1:" in busy
    assert "./kiban down" in busy
    exists = require_one_line(kiban("sandbox", "save", str(path), folder=folder), 2)
    assert exists.endswith("exists already; delete it or name another file")
    server_process.stop_sandbox(folder)
    return path


def test_a_file_is_its_owners_alone_and_nothing_lies_beside_it(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [*file.parent.iterdir()] == [file]


def test_a_saved_sandbox_comes_back_in_another_folder_on_another_port(
    file: Path, tmp_path: Path
) -> None:
    try:
        loaded = kiban("sandbox", "load", str(file), "--port", "0", "--json", folder=tmp_path)
        assert loaded.code == 0, loaded.err
        told = json.loads(loaded.out)
        assert told["url"] == state_of(tmp_path)["url"]
        assert told["endpoints"] == {}
        assert "secret" not in told
        env = in_sandbox(load_environment("dev"), sandbox_state.require_sandbox(tmp_path))
        found = env.aws("s3").get_object(Bucket="kept", Key="a")
        assert found["Body"].read() == b"content"
    finally:
        server_process.stop_sandbox(tmp_path)


def test_a_file_that_is_cut_off_starts_no_sandbox(file: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.sandbox"
    cut.write_bytes(file.read_bytes()[:-100])
    cut.chmod(0o600)

    message = require_one_line(
        kiban("sandbox", "load", str(cut), "--port", "0", folder=tmp_path / "place"), 1
    )

    assert "it is no saved sandbox, or not all of one" in message
    assert not (tmp_path / "place" / "state.json").exists()


def test_there_has_to_be_a_sandbox_to_save(tmp_path: Path) -> None:
    message = require_one_line(kiban("sandbox", "save", str(tmp_path / "f"), folder=tmp_path), 1)

    assert message == "sandbox: none is running; start one with: ./kiban up"


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), saved_file.new_file(tmp_path / "f") as draft:
        assert stat.S_IMODE(draft.stat().st_mode) == 0o600
        raise OSError("full")

    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(WrongInput, match=r"cannot be written \(No such file"),
        saved_file.new_file(tmp_path / "none" / "f"),
    ):
        raise AssertionError("there is none")


def saving(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *answers: Any, wait: bool = False
) -> Path:
    """Save a sandbox that answers so."""
    left = list(answers)

    def ask(running: RunningSandbox, body: str) -> tuple[int, dict[str, Any]]:
        if isinstance(left[0], BaseException):
            raise left.pop(0)
        found: tuple[int, dict[str, Any]] = left.pop(0)
        return found

    monkeypatch.setattr(sandbox_state, "require_sandbox", lambda folder: STATE)
    monkeypatch.setattr(saved_file, "_ask", ask)
    monkeypatch.setattr(sandbox_save, "_POLL_SECONDS", 0.0)
    sandbox_save.sandbox_save(tmp_path / "f", wait=wait)
    assert left == []
    return tmp_path / "f"


BUSY = (409, {"message": "still running: job a; wait for them", "running": ["job a"]})
DONE = (200, {"objects": 1, "endpoints": 2})


def test_what_runs_is_waited_for_when_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert saving(monkeypatch, tmp_path, BUSY, BUSY, DONE, wait=True).exists()
    assert "1 objects, 2 endpoints" in capsys.readouterr().out


def test_what_runs_is_named_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="still running: job a"):
        saving(monkeypatch, tmp_path, BUSY)
    assert [*tmp_path.iterdir()] == []


def test_an_interruption_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Interrupted, match="nothing was written"):
        saving(monkeypatch, tmp_path, KeyboardInterrupt())
    assert [*tmp_path.iterdir()] == []


def test_a_sandbox_that_dies_meanwhile_leaves_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "place"
    running = server_process.start_sandbox(folder, 0, "us-east-1")
    os.kill(running.pid, signal.SIGKILL)
    server_process._started[running.pid].wait()

    with (
        pytest.raises(Failure, match="it ended while it was saved"),
        saved_file.new_file(tmp_path / "f") as draft,
    ):
        saved_file.save_into(draft, running)
    assert not (tmp_path / "f").exists()


class Endpoints:
    """SageMaker with one endpoint, which ends so."""

    def __init__(self, *ends: dict[str, str]) -> None:
        self.ends = list(ends)

    def client(self, service: str) -> Any:
        return self

    def get_paginator(self, name: str) -> Any:
        return self

    def paginate(self) -> Any:
        return [{"Endpoints": [{"EndpointName": "one"}]}]

    def describe_endpoint(self, EndpointName: str) -> dict[str, str]:
        return {"EndpointName": EndpointName, **self.ends.pop(0)}


def test_endpoints_are_waited_for_and_the_reason_of_one_that_fails_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = Endpoints(
        {"EndpointStatus": "Updating"}, {"EndpointStatus": "Failed", "FailureReason": "no ping"}
    )
    monkeypatch.setattr(sandbox_load, "_POLL_SECONDS", 0.0)
    monkeypatch.setattr(sandbox_load, "Connection", lambda *_, **__: place)

    assert sandbox_load._await_endpoints(STATE) == {"one": "no ping"}


def test_an_endpoint_that_does_not_serve_makes_the_command_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server_process, "start_sandbox", lambda *_, **__: STATE)
    monkeypatch.setattr(sandbox_state, "find_sandbox", lambda folder: None)
    found = {"one": "no ping", "two": ""}
    monkeypatch.setattr(sandbox_load, "_await_endpoints", lambda running: found)

    with pytest.raises(Failure, match="all is back but what does not serve: one: no ping"):
        sandbox_load.sandbox_load(tmp_path / "f")
    assert "Endpoint two serves." in capsys.readouterr().out
