"""A running `serve` for one test, and what is asked of it over HTTP."""

import http.client
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.container.support.world import PACKAGE, PROGRAMS, TIMEOUT_SECONDS, World, wait_until
from tests.forking import Fork, Program

# The program as SageMaker starts it, which imports everything first.
SERVE = (str(PACKAGE / "bin" / "serve"),)


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

    process: subprocess.Popen[bytes] | Fork
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
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)

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
        return self.process.wait(TIMEOUT_SECONDS)


@contextmanager
def serving(
    world: World,
    more: Mapping[str, str] | None = None,
    program: Sequence[str | Path] | None = None,
    script: str | Path = SERVE[0],
) -> Iterator[Server]:
    """`serve` on a free port of this machine only; ready unless it has ended by itself.

    Without a `program`, `script` runs in a fork of a process that has other people's libraries.
    """
    settings = {"SAGEMAKER_BIND_TO_PORT": "0", "SAGEMAKER_BIND_ADDRESS": "127.0.0.1"}
    environment = world.environment({**settings, **(more or {})})
    log = world.base / "serve.log"
    with log.open("wb") as stream, open(os.devnull, "wb") as nowhere:
        process: subprocess.Popen[bytes] | Fork
        if program is None:
            forked = Program([str(script)], environment, str(world.base))
            process = PROGRAMS.start(forked, nowhere, stream)
        else:
            process = subprocess.Popen(program, env=environment, stdout=nowhere, stderr=stream)
    server = Server(process, log)
    try:
        server.wait_for("ready", server_workers(more))
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(TIMEOUT_SECONDS)


def server_workers(settings: Mapping[str, str] | None) -> int:
    """How many workers these settings start."""
    if (settings or {}).get("SAGEMAKER_MULTI_MODEL"):
        return 1
    given = (settings or {}).get("SAGEMAKER_MODEL_SERVER_WORKERS", "")
    return int(given) if given.isdigit() else len(os.sched_getaffinity(0))
