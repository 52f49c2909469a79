"""What can go wrong in a worker is done to it here, and it is asked again afterwards."""

import contextlib
import http.client
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.container.serving.test_serve_lifecycle import ONE_WORKER
from tests.container.support.servers import Server, serving
from tests.container.support.world import PACKAGE, World

# `serve` with a model of one feature that does what the body's first number says.
WILFUL = """
import os, signal, sys, time
from container.contract.layout import Layout
from container.formats.schema import Schema
from container.serving import serve, worker
from container.serving.loaded_model import LoadedModel

def predict(rows):
    if len(rows) > 1:
        {{1: lambda: time.sleep(60), 2: lambda: bytearray(1 << 60),
         3: lambda: os.kill(os.getpid(), signal.SIGKILL)}}[int(rows[0, 0])]()
    return rows[:, 0]

worker._DRAIN_SECONDS = {drain}
worker.open_model = lambda folder, where, combines, registered: LoadedModel(
    predict, predict, Schema.of_numbers(1), {{"objective": "x"}}, 1
)
sys.exit(serve.main(Layout.from_environment()))
"""
SLEEP, TOO_MUCH_MEMORY, DIE = b"1\n0", b"2\n0", b"3\n0"


@pytest.fixture
def copy(trained: World, tmp_path: Path) -> World:
    shutil.copytree(trained.base / "model", tmp_path / "model")
    return World(tmp_path)


@contextlib.contextmanager
def wilful(world: World, drain: float = 25) -> Iterator[Server]:
    settings = {**ONE_WORKER, "PYTHONPATH": str(PACKAGE.parent)}
    script = world.base / "wilful.py"
    script.write_text(WILFUL.format(drain=drain))
    with serving(world, settings, script=script) as server:
        yield server


@contextlib.contextmanager
def begun(server: Server, body: bytes) -> Iterator[socket.socket]:
    """A connection on whose request the server works."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as client:
        head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body)
        # Answered by the same worker: by then it has the request above.
        assert server.predict(b"7").status == 200
        yield client


@pytest.mark.parametrize("signals", [1, 2])
def test_a_request_that_outlasts_the_stop_is_503_and_the_server_ends(
    copy: World, signals: int
) -> None:
    with wilful(copy, drain=0.5) as server, begun(server, SLEEP) as client:
        for _ in range(signals):
            server.process.send_signal(signal.SIGTERM)

        answer = client.recv(4096)

        assert answer.startswith(b"HTTP/1.1 503")
        assert b"send the request again" in answer
        assert server.process.wait(120) == 0
    assert "Traceback" not in server.log.read_text()


def test_a_prediction_without_memory_is_500_and_the_worker_lives(copy: World) -> None:
    with wilful(copy) as server:
        assert server.predict(TOO_MUCH_MEMORY).status == 500
        assert server.predict(b"7").body == b"7.0\n"
        assert len(server.events("ready")) == 1


def test_a_worker_that_the_kernel_kills_in_a_request_is_replaced(copy: World) -> None:
    with wilful(copy) as server:
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            server.predict(DIE)

        server.wait_for("ready", 2)

        assert server.predict(b"7").body == b"7.0\n"


def test_a_receiver_that_hangs_up_in_the_answer_disturbs_nobody(server: Server) -> None:
    body = b"0," * 29 + b"0\n"
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        head = (
            f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) * 50_000}\r\n\r\n"
        )
        client.sendall(head.encode() + body * 50_000)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    assert server.predict(body).status == 200
    assert "Traceback" not in server.log.read_text()
