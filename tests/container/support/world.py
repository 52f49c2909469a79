"""An /opt/ml for one test: rows, a job's files, and the real programs as processes."""

import http.client
import json
import os
import signal
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests import leftovers
from tests.forking import ForkServer, Program

PACKAGE = Path(__file__).parents[3] / "container"
_TIMEOUT_SECONDS = 120.0
PROGRAMS = ForkServer("-sklearn", "container.training.*", "container.evaluation.*")

Rows = NDArray[np.float64]


def write_csv(path: Path, rows: Rows) -> None:
    """Label first, no header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, rows, delimiter=",", fmt="%.9g")


def csv_lines(rows: list[list[float]]) -> bytes:
    """The body of a request."""
    return "\n".join(",".join(map(repr, row)) for row in rows).encode()


def simple_rows(count: int = 60, seed: int = 0, classes: int = 2) -> Rows:
    """Rows of label and three features, the first of which nearly gives the label away."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    features = generator.normal(size=(count, 3)) + labels[:, None] * [2.0, 0.5, 0.0]
    return np.column_stack([labels, features])


def regression_rows(count: int = 80) -> Rows:
    """Rows whose positive label is nearly a line."""
    features = np.random.default_rng(3).normal(size=(count, 3))
    return np.column_stack([5 + np.abs(3 * features[:, 0] + features[:, 1]), features])


@dataclass
class World:
    """One base folder and what one may do with it."""

    base: Path

    def job(self, hyperparameters: Mapping[str, object]) -> None:
        """Describe a training job, with checkpoints, on the channels that exist."""
        self.write_json("input/config/hyperparameters.json", hyperparameters)
        self.write_json("input/config/checkpointconfig.json", {"S3Uri": "s3://bucket/checkpoints"})

    def write_json(self, name: str, document: object) -> None:
        path = self.base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))

    def channel(self, name: str, rows: Rows) -> None:
        write_csv(self.base / "input/data" / name / "part.csv", rows)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        names = ("PATH", "HOME", "LANG", leftovers.MARK)
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return {**kept, "SAGEMAKER_BASE_DIR": str(self.base), **(more or {})}

    def run(self, program: str) -> subprocess.CompletedProcess[str]:
        """The program from start to end."""
        words = [str(PACKAGE / "bin" / program)]
        return PROGRAMS.run(Program(words, self.environment(), str(self.base)))

    def start(self, program: str) -> subprocess.Popen[str]:
        """The program, still running; its lines can be read from `stdout`."""
        return subprocess.Popen(
            [PACKAGE / "bin" / program],
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def written(self, name: str) -> str:
        """What a training wrote by now whose output goes to files."""
        path = self.base / name
        return path.read_text() if path.exists() else ""

    @property
    def output(self) -> str:
        return self.written("stdout")

    @property
    def failure(self) -> str:
        return (self.base / "output/failure").read_text(encoding="utf-8")

    @property
    def signature(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.base / "model/signature.json").read_bytes())
        return document

    def checkpoints(self) -> list[Path]:
        """Oldest first."""
        found = (self.base / "checkpoints").glob("xgboost-checkpoint.*")
        return sorted(found, key=lambda path: int(path.suffix[1:]))

    @property
    def model(self) -> bytes:
        """What a training saved."""
        return (self.base / "model/xgboost-model").read_bytes()

    def pack(self, source: Path, role: str) -> None:
        """Put the model in `source` where `evaluate` looks for it."""
        archive = self.base / "processing" / role / "model.tar.gz"
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "w:gz") as stream:
            for path in sorted(source.iterdir()):
                stream.add(path, path.name)

    def result(self, name: str) -> dict[str, Any]:
        path = self.base / "processing/evaluation" / f"{name}.json"
        document: dict[str, Any] = json.loads(path.read_bytes())
        return document


@dataclass
class HTTPResponse:
    """What came back over HTTP."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """A running `serve`."""

    process: subprocess.Popen[bytes]
    log: Path

    def events(self, name: str) -> list[dict[str, Any]]:
        # The last line may still be in the making.
        lines = self.log.read_text().rpartition("\n")[0].splitlines()
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def wait_for(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """The events of this name, once there are `count` of them."""
        wait_until(lambda: len(self.events(name)) >= count or self.process.poll() is not None)
        return self.events(name)

    @property
    def port(self) -> int:
        return int(self.wait_for("listening")[0]["port"])

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT_SECONDS)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> HTTPResponse:
        connection = self.connect()
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            response = connection.getresponse()
            return HTTPResponse(response.status, response.read(), dict(response.getheaders()))
        finally:
            connection.close()

    def predict(
        self, body: bytes, content_type: str = "text/csv", accept: str = "*/*"
    ) -> HTTPResponse:
        headers = {"Content-Type": content_type, "Accept": accept}
        return self.ask("POST", "/invocations", body, headers)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(_TIMEOUT_SECONDS)


@contextmanager
def serving(
    world: World,
    more: Mapping[str, str] | None = None,
    program: Sequence[str | Path] = (PACKAGE / "bin" / "serve",),
) -> Iterator[Server]:
    """`serve` on a free port of this machine only; ready unless it has ended by itself."""
    settings = {"SAGEMAKER_BIND_TO_PORT": "0", "SAGEMAKER_BIND_ADDRESS": "127.0.0.1"}
    log = world.base / "serve.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            program,
            env=world.environment({**settings, **(more or {})}),
            stdout=subprocess.DEVNULL,
            stderr=stream,
        )
    server = Server(process, log)
    try:
        server.wait_for("ready", server_workers(more))
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(_TIMEOUT_SECONDS)


def server_workers(settings: Mapping[str, str] | None) -> int:
    """How many workers these settings start."""
    if (settings or {}).get("SAGEMAKER_MULTI_MODEL"):
        return 1
    given = (settings or {}).get("SAGEMAKER_MODEL_SERVER_WORKERS", "")
    return int(given) if given.isdigit() else len(os.sched_getaffinity(0))


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when `condition` holds; fail when it never does."""
    for _ in range(int(_TIMEOUT_SECONDS * 50)):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def read_until(lines: Iterator[str], start: str) -> None:
    """Consume lines up to the one that begins with `start`."""
    for line in lines:
        if line.startswith(start):
            return
    raise AssertionError(f"no line begins with {start}")


def last_values(output: str) -> dict[str, float]:
    """The metric values of the last line of a training's output."""
    items: Sequence[str] = output.splitlines()[-1].split("\t")[1:]
    return {name: float(value) for name, value in (item.rsplit(":", 1) for item in items)}
