"""Endurance benchmark: memory growth after many requests, /ping under the largest ones."""

import contextlib
import io
import json
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from container.bench import data
from container.bench.processes import Tree, running, seconds_until_ready
from container.bench.servers import BenchmarkServer, benchmark_server, environment

REQUESTS = 100_000
# By then every thread of every worker has seen every format.
_WARM_REQUESTS = 20_000
_LARGEST_BYTES = 6 * 1024 * 1024
_BUSY_SECONDS, _SETTLING_SECONDS, _CONNECTIONS = 5, 3, 4
# Each thread of wrk cycles through the bodies; error responses are expected.
_SCRIPT = """\
local places, types, accepts, attributes = {places}, {types}, {accepts}, {attributes}
local bodies, at = {{}}, 0
for i, place in ipairs(places) do
    local file = io.open(place, "rb")
    bodies[i] = file:read("*all")
    file:close()
end
request = function()
    at = at % #bodies + 1
    local headers = {{["Content-Type"] = types[at], ["Accept"] = accepts[at]}}
    headers["X-Amzn-SageMaker-Custom-Attributes"] = attributes[at]
    return wrk.format("POST", "/invocations", headers, bodies[at])
end
done = function(summary)
    local errors = summary.errors
    io.write(string.format("RESULT %d %d\\n", summary.requests,
        errors.connect + errors.read + errors.write + errors.timeout))
end
"""


@dataclass(frozen=True)
class Body:
    """One kind of request."""

    name: str
    content_type: str
    content: bytes
    accept: str = "application/json"
    attributes: str = ""


@dataclass(frozen=True)
class Endurance:
    """Memory before and after so many requests, and by kind of request the slowest /ping, and how
    long each of them took meanwhile.
    """

    requests: int
    before_mib: float
    after_mib: float
    ping_ms: dict[str, float]
    request_ms: dict[str, float]


def measure(folder: Path) -> Endurance:
    """Start a server with two workers and wear it out."""
    data.train_model(folder, environment(folder))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    server = benchmark_server("ours", folder, port)
    with running(server.command) as process, tempfile.TemporaryDirectory() as place:
        seconds_until_ready(process, server.url)
        tree = Tree(process.pid)
        mixed = [*small_bodies(), *_broken(), *([small_bodies()[0]] * 20)]
        _ask(server, mixed, Path(place), _WARM_REQUESTS)
        before = tree.own_mib()
        asked = _ask(server, mixed, Path(place), REQUESTS)
        after = tree.own_mib()
        times = {each.name: _slowest_ping(server, each, Path(place)) for each in large_bodies()}
    pings, requests = ({name: pair[i] for name, pair in times.items()} for i in (0, 1))
    return Endurance(asked, before, after, pings, requests)


def small_bodies() -> list[Body]:
    """Return a few rows in every format, and a thousand in one."""
    table = data.rows(1_000, seed=3)[:, 1:]
    few = table[:3]
    return [
        Body("csv", "text/csv", _csv(few), "text/csv"),
        Body("json", "application/json", json.dumps(few.tolist()).encode()),
        Body("lines", "application/jsonlines", _json_lines(few), "application/jsonlines"),
        Body("libsvm", "text/libsvm", _libsvm(few)),
        Body("npy", "application/x-npy", _npy(few)),
        Body("parquet", "application/x-parquet", _parquet(few)),
        Body("recordio", _RECORDIO, _recordio(few), _RECORDIO),
        Body("explained", "text/csv", _csv(few), attributes="explain=true"),
        Body("a thousand rows", "text/csv", _csv(table), "text/csv"),
    ]


def large_bodies() -> list[Body]:
    """As much as a request may hold, in every format."""
    table = data.rows(100_000, seed=7)[:, 1:]
    part = table[:20_000]
    holes = (b"1" + b"," * (data.FEATURES - 1) + b"\n") * 100_000
    unusual = (b",".join([b"+1.5"] * data.FEATURES) + b"\n") * 40_000
    return [
        Body("csv", "text/csv", _csv(table)[:_LARGEST_BYTES].rpartition(b"\n")[0], "text/csv"),
        Body("missing values", "text/csv", holes),
        Body("unusual numbers", "text/csv", unusual),
        Body("json", "application/json", json.dumps(np.round(part, 5).tolist()).encode()),
        Body("libsvm", "text/libsvm", _libsvm(part[:18_000])),
        Body("npy", "application/x-npy", _npy(table[:50_000])),
        Body("parquet", "application/x-parquet", _parquet(np.round(table))),
        Body("recordio", _RECORDIO, _recordio(table[:40_000]), _RECORDIO),
        Body("explained", "text/csv", _csv(part[:5_000]), attributes="explain=true"),
    ]


_RECORDIO = "application/x-recordio-protobuf"


def _broken() -> list[Body]:
    types = ("text/csv", "application/json", "application/x-npy", "application/x-parquet")
    return [Body("nonsense", kind, b"[nonsense") for kind in (*types, _RECORDIO, "text/html")]


def _csv(table: np.ndarray) -> bytes:
    return "\n".join(",".join(f"{v:.6f}" for v in row) for row in table.tolist()).encode()


def _json_lines(table: np.ndarray) -> bytes:
    return "\n".join(map(json.dumps, table.tolist())).encode()


def _libsvm(table: np.ndarray) -> bytes:
    lines = (" ".join(f"{i}:{v:.5f}" for i, v in enumerate(row)) for row in table.tolist())
    return "\n".join(lines).encode()


def _npy(table: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, table.astype(np.float32))
    return stream.getvalue()


def _parquet(table: np.ndarray) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(
        pa.table({f"f{i}": table[:, i].astype("f4") for i in range(len(table[0]))}), stream
    )
    return stream.getvalue()


def _recordio(table: np.ndarray) -> bytes:
    from container.formats.record_message import record_class
    from container.formats.recordio import write_frame

    frames = []
    for row in table.tolist():
        record = record_class()()
        record.features["values"].float32_tensor.values.extend(row)
        frames.append(write_frame(record.SerializeToString()))
    return b"".join(frames)


def _ask(server: BenchmarkServer, bodies: Sequence[Body], place: Path, least: int) -> int:
    """At least so many requests; how many they were."""
    asked = 0
    while asked < least:
        with _wrk(server, bodies, place, connections=16, seconds=2) as process:
            requests, failed = _result(process)
        if failed:
            raise RuntimeError(f"{server.url}: {failed} requests got no answer")
        asked += requests
    time.sleep(_SETTLING_SECONDS)
    return asked


def _slowest_ping(server: BenchmarkServer, body: Body, place: Path) -> tuple[float, float]:
    """Return it, and the mean time of a request, both in ms."""
    _require_answer(server, body)
    slowest = 0.0
    with _wrk(server, [body], place, connections=_CONNECTIONS, seconds=_BUSY_SECONDS) as process:
        time.sleep(0.5)
        while process.poll() is None:
            began = time.perf_counter()
            with urllib.request.urlopen(f"{server.url}/ping", timeout=30):
                slowest = max(slowest, time.perf_counter() - began)
            time.sleep(0.01)
        requests, _ = _result(process)
    return slowest * 1000, 1000 * _CONNECTIONS * _BUSY_SECONDS / max(requests, 1)


def _result(process: subprocess.Popen[str]) -> tuple[int, int]:
    """Return how many requests were answered, and how many were not."""
    requests, failed = map(int, process.communicate()[0].partition("RESULT ")[2].split()[:2])
    return requests, failed


def _require_answer(server: BenchmarkServer, body: Body) -> None:
    """Raise RuntimeError for an error response, which would be no load."""
    headers = {"Content-Type": body.content_type, "Accept": body.accept}
    headers["X-Amzn-SageMaker-Custom-Attributes"] = body.attributes
    request = urllib.request.Request(f"{server.url}/invocations", body.content, headers)
    try:
        urllib.request.urlopen(request, timeout=60).close()
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{body.name}: {error.code} {error.read().decode()}") from error


@contextlib.contextmanager
def _wrk(
    server: BenchmarkServer, bodies: Sequence[Body], place: Path, *, connections: int, seconds: int
) -> Iterator[subprocess.Popen[str]]:
    for number, body in enumerate(bodies):
        (place / str(number)).write_bytes(body.content)
    script = place / "wrk.lua"
    script.write_text(
        _SCRIPT.format(
            places=_lua([str(place / str(number)) for number in range(len(bodies))]),
            types=_lua([body.content_type for body in bodies]),
            accepts=_lua([body.accept for body in bodies]),
            attributes=_lua([body.attributes for body in bodies]),
        )
    )
    words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60", "-s"]
    with subprocess.Popen(
        [*words, str(script), server.url], stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


def _lua(texts: Sequence[str]) -> str:
    return "{" + ", ".join(map(json.dumps, texts)) + "}"
