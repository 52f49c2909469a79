"""What can go wrong around a server is done to it here, and it is asked again afterwards."""

import concurrent.futures
import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from container.bench.processes import Tree
from tests.container.serving.test_serve_lifecycle import ONE_WORKER
from tests.container.support.request_bodies import JSON, LIBSVM, LINES, NPY, PARQUET, RECORDIO
from tests.container.support.servers import SERVE, Server, serving
from tests.container.support.world import PACKAGE, World, wait_until


@pytest.fixture
def copy(trained: World, tmp_path: Path) -> World:
    shutil.copytree(trained.base / "model", tmp_path / "model")
    return World(tmp_path)


@contextlib.contextmanager
def served_at_once(
    world: World, more: dict[str, str], before: Callable[[], None] | None = None
) -> "Iterator[Told]":
    """A server whose standard error is a pipe that nobody reads, and which `before` prepares."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"SAGEMAKER_BIND_TO_PORT": str(port), "SAGEMAKER_BIND_ADDRESS": "127.0.0.1"}
    process = subprocess.Popen(
        [PACKAGE / "bin" / "serve"],
        env=world.environment({**ONE_WORKER, **settings, **more}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=before,
    )
    server = Told(process, world.base / "none", port)
    try:
        wait_until(lambda: server.is_healthy)
        yield server
    finally:
        process.terminate()
        process.communicate(timeout=120)


class Told(Server):
    """A server whose port is known without its log."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, port: int) -> None:
        super().__init__(process, log)
        self.program = process
        self._port = port

    @property
    def port(self) -> int:
        return self._port

    @property
    def is_healthy(self) -> bool:
        try:
            return self.ask("GET", "/ping").status == 200
        except OSError:
            return False


def test_a_log_that_nobody_reads_stops_nobody(copy: World) -> None:
    with served_at_once(copy, {}) as server:
        connection = server.connect()
        for _ in range(1_500):
            connection.request("POST", "/invocations", b"x")
            assert connection.getresponse().read()

        assert server.ask("GET", "/ping").status == 200
        # Read at last, it says how much of it is missing.
        assert server.program.stderr is not None
        os.read(server.program.stderr.fileno(), 65_536)
        server.predict(b"x")
        connection.close()
        server.program.terminate()
        _, rest = server.program.communicate(timeout=120)

    assert server.program.returncode == 0
    assert b'"lines_lost_before": ' in rest


def test_a_log_whose_reader_is_gone_stops_nobody(copy: World) -> None:
    with served_at_once(copy, {}) as server:
        for stream in (server.program.stdout, server.program.stderr):
            assert stream is not None
            stream.close()

        assert server.predict(b"x").status == 400
        assert server.predict(b"0," * 29 + b"0").status == 200
        server.program.stdout = server.program.stderr = None


def close_streams() -> None:
    for number in range(3):
        os.close(number)


def test_a_server_without_standard_streams_serves(copy: World) -> None:
    with served_at_once(copy, {}, close_streams) as server:
        assert server.predict(b"x").status == 400
        assert server.predict(b"0," * 29 + b"0").status == 200


def no_file() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_a_server_that_can_write_no_file_at_all_serves(copy: World) -> None:
    """A full disk, a model that is read-only, a home and a /tmp that are not there: all in one."""
    nowhere = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), "/proc")
    with served_at_once(copy, nowhere, no_file) as server:
        row = b"0," * 29 + b"0"

        assert server.predict(row).status == 200
        explained = {"X-Amzn-SageMaker-Custom-Attributes": "explain=true", "Accept": JSON}
        assert server.ask("POST", "/invocations", row, explained).status == 200


def mixed(row: bytes) -> list[tuple[str, bytes]]:
    """Good and bad requests of every format."""
    one = b"[" + row + b"]"
    good = [("text/csv", row), (JSON, b"[" + one + b"]"), (LINES, one), (LIBSVM, b"0:1 29:2")]
    bad = [(kind, b"nonsense") for kind in (NPY, PARQUET, RECORDIO, JSON, "text/html")]
    return [*good, *bad, ("text/csv", (row + b"\n") * 2_000), ("text/csv", b"1,2")]


@pytest.mark.acceptance
def test_memory_and_open_files_stay_as_they_are(copy: World) -> None:
    with serving(copy, ONE_WORKER) as server:
        requests = mixed(b"0," * 29 + b"0")

        worker = server.events("ready")[0]["worker"]

        def ask(times: int) -> None:
            connection = server.connect()
            for number in range(times):
                kind, body = requests[number % len(requests)]
                connection.request("POST", "/invocations", body, {"Content-Type": kind})
                connection.getresponse().read()
            connection.close()

        def left_after(times: int) -> tuple[float, int]:
            # Several at once, so that all threads of the worker have a part in it.
            with concurrent.futures.ThreadPoolExecutor(4) as threads:
                list(threads.map(ask, [times] * 4))
            wait_until(lambda: server.ask("GET", "/ping").status == 200)
            return Tree(worker).own_mib(), len(os.listdir(f"/proc/{worker}/fd"))

        memory, files = left_after(300)
        memory_after, files_after = left_after(900)

    assert memory_after <= 1.05 * memory
    assert files_after <= files + 1


def test_a_server_out_of_file_descriptors_serves_again_when_some_are_free(copy: World) -> None:
    with serving(copy, ONE_WORKER) as server, contextlib.ExitStack() as opened:
        worker = server.events("ready")[0]["worker"]
        few = len(os.listdir(f"/proc/{worker}/fd")) + 5
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (few, few))
        for _ in range(20):
            opened.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        told = server.wait_for("server", 1)[0]["message"]
        opened.close()

        assert told == "no connection accepted: Too many open files"
        assert server.predict(b"0," * 29 + b"0").status == 200
        assert server.stop() == 0


def sockets(process: int) -> int:
    folder = Path(f"/proc/{process}/fd")
    return sum(os.readlink(file).startswith("socket:") for file in folder.iterdir())


def grown(workers: list[int], count: int) -> bool:
    return sum(map(sockets, workers)) > count


def test_connections_are_shared_out_evenly_among_the_workers(copy: World) -> None:
    with serving(copy) as server, contextlib.ExitStack() as opened:
        workers = [event["worker"] for event in server.wait_for("ready", 2)]
        before = [sockets(worker) for worker in workers]
        for _ in range(20):
            now = sum(map(sockets, workers))
            opened.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            wait_until(partial(grown, workers, now))
        held = [sockets(worker) - had for worker, had in zip(workers, before, strict=True)]

    assert sum(held) == 20
    # On a busy machine a worker may be late for one or two.
    assert max(held) - min(held) <= 4


def test_a_worker_that_hangs_keeps_nobody_from_the_others(copy: World) -> None:
    with serving(copy) as server:
        hung = server.wait_for("ready", 2)[0]["worker"]
        os.kill(hung, signal.SIGSTOP)
        try:
            assert {server.predict(b"0," * 29 + b"0").status for _ in range(20)} == {200}
        finally:
            os.kill(hung, signal.SIGCONT)


@pytest.mark.parametrize("clients", [1, 32])
def test_however_many_ask_the_answer_is_the_same(server: Server, clients: int) -> None:
    body = b"\n".join(b"%d," % i + b"0.5," * 28 + b"1" for i in range(300))
    alone = server.predict(body).body

    with concurrent.futures.ThreadPoolExecutor(clients) as threads:
        answers = set(threads.map(lambda _: server.predict(body).body, range(64)))

    assert answers == {alone}


def test_serving_a_row_needs_no_library_of_tables_or_pictures(copy: World) -> None:
    # A fork would have what the process that it is a copy of has.
    with serving(copy, program=SERVE) as server:
        assert server.predict(b"1," * 29 + b"1").status == 200
        workers = [event["worker"] for event in server.events("ready")]
        loaded = "".join(Path(f"/proc/{worker}/maps").read_text() for worker in workers)

    assert "xgboost" in loaded
    assert [name for name in ("pyarrow", "pandas", "sklearn", "matplotlib") if name in loaded] == []
