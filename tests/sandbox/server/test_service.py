"""The sandbox as a background process: what it writes, and how it ends."""

import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from sandbox.server import memory_tuning, service
from sandbox.server.private_folder import FolderRefused


class Served:
    """A sandbox that is told to end as soon as it has started."""

    region, wanted_port, port, url = "us-east-1", 5000, 5000, "http://127.0.0.1:5000"
    secret = "of-a-test"

    def __init__(self, folder: Path, error: Exception | None = None) -> None:
        self.folder, self.error = folder, error
        self.seen: dict[str, str] | None = None
        self.stopped = False

    def start(self) -> None:
        if self.error:
            raise self.error
        threading.Thread(target=self._end).start()

    def _end(self) -> None:
        while (state := service.read_state(self.folder)) is None:
            pass
        self.seen = state
        self.mode = (self.folder / "state.json").stat().st_mode & 0o777
        self.umask = os.umask(0o077)
        os.kill(os.getpid(), signal.SIGTERM)

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(memory_tuning, "drop_other_regions", lambda region: None)
    kept = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_sandbox_serves_until_it_is_told_to_end_and_leaves_no_state(tmp_path: Path) -> None:
    sandbox: Any = Served(tmp_path)

    assert service.serve(sandbox) == 0

    assert sandbox.seen["pid"] == os.getpid()
    assert (sandbox.seen["url"], sandbox.seen["port"]) == (sandbox.url, sandbox.port)
    assert sandbox.stopped
    assert list(tmp_path.iterdir()) == []
    assert sandbox.seen["secret"] == "of-a-test"
    assert (sandbox.mode, sandbox.umask) == (0o600, 0o077)


def test_a_folder_that_others_may_write_to_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox: Any = Served(tmp_path, FolderRefused("others"))

    assert service.serve(sandbox) == 1
    assert capsys.readouterr().err == "sandbox: others\n"


def test_a_second_sandbox_of_a_folder_does_not_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state.json").write_text(json.dumps({"pid": os.getpid()}))
    sandbox: Any = Served(tmp_path)

    assert service.serve(sandbox) == 1
    assert f"process {os.getpid()} serves there already" in capsys.readouterr().err
    assert not sandbox.stopped


def test_a_port_that_is_taken_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sandbox: Any = Served(tmp_path, OSError(98, "Address already in use"))

    assert service.serve(sandbox) == 1
    assert "port 5000: Address already in use; choose another" in capsys.readouterr().err


def test_a_bug_is_not_told_as_a_port_that_is_taken(tmp_path: Path) -> None:
    sandbox: Any = Served(tmp_path, KeyError("a bug"))

    with pytest.raises(KeyError):
        service.serve(sandbox)


@pytest.mark.parametrize("text", [None, "{", '{"pid": 0'])
def test_a_state_that_cannot_be_read_is_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "state.json").write_text(text)

    assert service.read_state(tmp_path) is None
    assert service.running_pid(tmp_path) is None


def test_the_process_of_a_state_that_was_left_behind_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state.json").write_text(json.dumps({"pid": "12"}))

    def kill(pid: int, number: int) -> None:
        raise ProcessLookupError if pid == 12 else AssertionError

    monkeypatch.setattr(os, "kill", kill)

    assert service.running_pid(tmp_path) is None
