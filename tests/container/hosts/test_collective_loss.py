"""A host that waits for ever for a lost one ends, and names it; one that goes on is left alone."""

import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from container.hosts.collective import hang_up, open_sockets, watch_for_loss
from container.hosts.host_connection import HostConnection
from container.hosts.single_host import SingleHost

GRACE_SECONDS = 0.05


class Hosts(SingleHost):
    """A training in which a host can be lost; `failed` is set instead of ending this process."""

    def __init__(self) -> None:
        super().__init__()
        self.__dict__.update(lost=[], failed=threading.Event())

    def gone(self) -> list[str]:
        found: list[str] = self.__dict__["lost"]
        return found

    def fail_for_loss(self) -> Any:
        self.failed.set()

    @property
    def failed(self) -> threading.Event:
        found: threading.Event = self.__dict__["failed"]
        return found


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("container.hosts.collective._POLL_SECONDS", 0.01)


def test_a_call_that_never_returns_after_a_loss_ends_the_training() -> None:
    hosts = Hosts()

    with watch_for_loss(hosts, GRACE_SECONDS):
        hosts.gone().append("algo-2")
        assert hosts.failed.wait(60)


def test_a_loss_that_is_noticed_in_time_is_not_reported_twice() -> None:
    hosts = Hosts()

    with pytest.raises(OSError, match="reset"), watch_for_loss(hosts, 60.0):
        hosts.gone().append("algo-2")
        raise OSError("reset")

    assert not hosts.failed.is_set()
    assert "_watch" not in " ".join(thread.name for thread in threading.enumerate())


def test_hosts_that_are_all_there_are_left_alone() -> None:
    hosts = Hosts()

    with watch_for_loss(hosts, GRACE_SECONDS):
        threading.Event().wait(5 * GRACE_SECONDS)

    assert not hosts.failed.is_set()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        one = socket.create_connection(listener.getsockname())
        other, _ = listener.accept()
    with one, other:
        yield one, other


def test_an_end_is_seen_and_what_came_before_it_is_kept(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    mine, theirs = (HostConnection(each, lambda: None) for each in pair)
    assert not mine.is_ended()

    theirs.send("last words", 10)
    assert not mine.is_ended()
    theirs.close()

    assert mine.is_ended()
    assert mine.receive(10) == "last words"


def test_only_connections_that_were_opened_since_are_ended() -> None:
    kept = socket.create_server(("127.0.0.1", 0))
    before = open_sockets()
    with kept, socket.create_connection(kept.getsockname()) as mine, kept.accept()[0] as theirs:
        hang_up(before)

        assert theirs.recv(1) == b""
        assert mine.recv(1) == b""
        with socket.create_connection(kept.getsockname()):
            assert select.select([kept], [], [], 10)[0] == [kept]


def test_files_are_no_sockets_and_other_systems_have_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "file").open("w") as file:
        assert file.fileno() not in open_sockets()
    monkeypatch.setattr("container.hosts.collective._DESCRIPTORS", str(tmp_path / "none"))
    assert open_sockets() == {}


FAILS = """
import sys, time
from pathlib import Path
from threading import Thread
from container.contract.program import fail_at_once
leave = lambda: Path("left").write_text("")
reason = Path("out/failure")
fail = lambda: fail_at_once("train", "algo-2: is gone", reason=reason, leave=leave)
Thread(target=fail).start()
time.sleep(60)
"""


def test_a_thread_ends_a_process_whose_main_thread_waits(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FAILS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (2, "train: algo-2: is gone\n")
    assert (tmp_path / "out/failure").read_text() == "algo-2: is gone"
    assert (tmp_path / "left").exists()
