import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from container.contract.errors import AlgorithmError, StoppedError
from container.contract.resources import Resources
from container.hosts.host_connection import HostConnection
from container.hosts.rendezvous import Rendezvous, Timeouts

NAMES = ("algo-1", "algo-2", "algo-3")
SHORT = Timeouts(join_seconds=1.0, exchange_seconds=1.0)
Story = Callable[[Rendezvous], Any]


def never() -> None:
    """Nobody asks to end."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Hosts:
    """Hosts of one training, each in a thread of its own."""

    def __init__(self, patience: Timeouts | None = None) -> None:
        self.port = free_port()
        self._patience = patience
        self._threads = ThreadPoolExecutor(8)

    def start(self, name: str, story: Story, check: Callable[[], None] = never) -> Future[Any]:
        resources = Resources(name, NAMES, dict.fromkeys(NAMES, f"127.0.0.1:{self.port}"))

        def live() -> Any:
            with Rendezvous(resources, check, self._patience, sys.exit) as meeting:
                return story(meeting)

        return self._threads.submit(live)

    def run(self, story: Story) -> list[Any]:
        return [future.result(120) for future in [self.start(name, story) for name in NAMES]]


def failure(future: Future[Any]) -> str:
    with pytest.raises(AlgorithmError) as caught:
        future.result(120)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_host_hears_what_all_said_in_the_order_of_ranks() -> None:
    def story(meeting: Rendezvous) -> Any:
        return [meeting.exchange([meeting.rank, number]) for number in range(3)]

    expected = [[[rank, number] for rank in range(3)] for number in range(3)]
    assert Hosts().run(story) == [expected] * 3


def test_a_message_may_be_large() -> None:
    def story(meeting: Rendezvous) -> Any:
        return [len(each) for each in meeting.exchange("x" * 5_000_000)]

    assert Hosts().run(story) == [[5_000_000] * 3] * 3


def test_a_late_host_is_waited_for() -> None:
    hosts = Hosts()
    early = [hosts.start(name, lambda meeting: meeting.exchange(1)) for name in NAMES[1:]]
    time.sleep(0.7)

    first = hosts.start(NAMES[0], lambda meeting: meeting.exchange(1))

    assert first.result(120) == [1, 1, 1]
    assert [future.result(120) for future in early] == [[1, 1, 1]] * 2


def test_a_host_that_never_comes_is_named() -> None:
    hosts = Hosts(Timeouts(join_seconds=1.0, exchange_seconds=20.0))
    first, second = (hosts.start(name, lambda meeting: meeting.exchange(1)) for name in NAMES[:2])

    assert failure(first).startswith("algo-3: did not come within 1 seconds")
    assert failure(second).startswith("algo-1: is gone")


def test_a_first_host_that_never_comes_is_named() -> None:
    second = Hosts(SHORT).start(NAMES[1], lambda meeting: meeting.exchange(1))

    assert failure(second).startswith("algo-1: not reachable within 1 seconds")


def test_when_a_host_leaves_the_others_learn_it_at_once() -> None:
    hosts = Hosts()
    leaver = hosts.start(NAMES[2], lambda meeting: None)
    stayers = [hosts.start(name, lambda meeting: meeting.exchange(1)) for name in NAMES[:2]]

    leaver.result(120)

    assert failure(stayers[0]).startswith("algo-3: is gone")
    assert failure(stayers[1]).startswith("algo-3: is gone")


def test_a_host_that_says_nothing_is_named() -> None:
    hosts = Hosts(Timeouts(join_seconds=60.0, exchange_seconds=1.0))
    silent = threading.Event()
    mute = hosts.start(NAMES[2], lambda meeting: silent.wait(120))
    first, second = (hosts.start(name, lambda meeting: meeting.exchange(1)) for name in NAMES[:2])

    assert failure(first).startswith("algo-3: said nothing for 1 seconds")
    silent.set()
    mute.result(120)
    # Its own patience may end a moment before the first host has told it.
    assert failure(second).startswith(("algo-3: is gone", "algo-1: said nothing"))


@pytest.mark.parametrize("nonsense", [b"GET / HTTP/1.1\r\n\r\n", b"", b"\xff" * 64])
def test_a_stranger_does_not_become_a_host(nonsense: bytes) -> None:
    hosts = Hosts()
    first = hosts.start(NAMES[0], lambda meeting: meeting.exchange(1))
    for _ in range(200):
        try:
            stranger = socket.create_connection(("127.0.0.1", hosts.port))
            break
        except ConnectionRefusedError:
            time.sleep(0.01)
    stranger.sendall(nonsense)
    stranger.close()

    others = [hosts.start(name, lambda meeting: meeting.exchange(1)) for name in NAMES[1:]]

    assert [future.result(120) for future in [first, *others]] == [[1, 1, 1]] * 3


@pytest.mark.parametrize("name", NAMES[:2])
def test_a_host_that_waits_can_be_stopped(name: str) -> None:
    def stop() -> None:
        raise StoppedError

    waiting = Hosts().start(name, lambda meeting: meeting.exchange(1), stop)

    with pytest.raises(StoppedError):
        waiting.result(120)


def test_a_port_that_is_taken_is_said() -> None:
    hosts = Hosts(SHORT)
    with socket.create_server(("127.0.0.1", hosts.port)):
        first = hosts.start(NAMES[0], lambda meeting: meeting.exchange(1))

        assert f"cannot listen on port {hosts.port}" in failure(first)


def test_a_frame_that_claims_to_be_endless_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    with ours, theirs:
        theirs.sendall(b"\xff" * 8)

        with pytest.raises(ValueError, match="not a frame"):
            HostConnection(ours, never).receive(5)
