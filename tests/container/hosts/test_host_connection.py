"""One connection between two hosts: frames, their end, and how long each side waits."""

import json
import socket
import struct
from collections.abc import Iterator

import pytest

from container.contract.errors import StoppedError
from container.hosts import host_connection
from container.hosts.host_connection import HostConnection

Pair = tuple[HostConnection, socket.socket]


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """A connection, and the socket at its other end."""
    monkeypatch.setattr(host_connection, "_POLL_SECONDS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        other = socket.create_connection(listener.getsockname())
        peer, _ = listener.accept()
    with peer, other:
        yield HostConnection(peer, lambda: None), other


def frame(value: object) -> bytes:
    content = json.dumps(value).encode()
    return struct.pack("!Q", len(content)) + content


def test_a_value_is_a_frame_of_json(pair: Pair) -> None:
    connection, other = pair

    connection.send({"a": [1]}, 1)
    other.sendall(frame([None, "b"]) + frame(5))

    assert other.recv(1_000) == frame({"a": [1]})
    assert connection.receive(1) == [None, "b"]
    assert connection.receive(1) == 5


def test_small_frames_leave_at_once_and_a_lost_machine_is_noticed(pair: Pair) -> None:
    peer = pair[0]._peer

    assert peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    if hasattr(socket, "TCP_KEEPIDLE"):
        found = [
            peer.getsockopt(socket.IPPROTO_TCP, option)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        ]
        # After ten seconds of silence three probes, five seconds apart.
        assert found == [10, 5, 3]


def test_an_end_within_a_frame_is_a_lost_host(pair: Pair) -> None:
    connection, other = pair
    other.sendall(frame("abc")[:-1])
    other.close()

    with pytest.raises(ConnectionResetError, match="the other end closed"):
        connection.receive(1)


@pytest.mark.parametrize("content", [b"{", b"\xff"])
def test_a_frame_that_is_no_json_is_refused(pair: Pair, content: bytes) -> None:
    connection, other = pair
    other.sendall(struct.pack("!Q", len(content)) + content)

    with pytest.raises(ValueError, match=r"."):
        connection.receive(1)


def test_a_frame_longer_than_any_is_refused_before_it_is_read(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, other = pair
    monkeypatch.setattr(host_connection, "_LARGEST_BYTES", 5)
    other.sendall(frame("abc") + struct.pack("!Q", 6))

    assert connection.receive(1) == "abc"
    with pytest.raises(ValueError, match="not a frame of ours"):
        connection.receive(1)


def test_a_silent_host_is_waited_for_and_then_lost(pair: Pair) -> None:
    with pytest.raises(TimeoutError):
        pair[0].receive(0.03)


def test_a_host_that_reads_nothing_is_lost(pair: Pair) -> None:
    with pytest.raises(TimeoutError):
        pair[0].send("x" * 50_000_000, 0.03)


def test_whoever_waits_may_be_told_to_stop(pair: Pair) -> None:
    connection, _ = pair

    def stop() -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        HostConnection(connection._peer, stop).receive(60)


def test_a_closed_connection_is_noticed_at_once(pair: Pair) -> None:
    connection, other = pair
    connection.close()

    assert other.recv(1) == b""
