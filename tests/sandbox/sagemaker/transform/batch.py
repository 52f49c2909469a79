"""A container and a bucket in this process, and jobs that use them."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from sandbox.sagemaker.hosting import Container
from sandbox.sagemaker.transform.job import TransformJob
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
REQUEST: dict[str, Any] = {
    "TransformJobName": "job",
    "ModelName": "model",
    "TransformInput": {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in/"}},
        "ContentType": "text/csv",
        "SplitType": "Line",
    },
    "TransformOutput": {"S3OutputPath": "s3://b/out", "AssembleWith": "Line"},
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
Answer = Callable[["Asked"], tuple[int, bytes]]


def request(**changes: Any) -> dict[str, Any]:
    """Return a valid request, with changes laid over it table by table."""
    return _changed(REQUEST, changes)


def _changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    # As tests.templates.environments has it, which loads the CDK: these tests are quicker without.
    both = {name for name, value in changes.items() if isinstance(value, dict)} & base.keys()
    return {**base, **changes, **{name: _changed(base[name], changes[name]) for name in both}}


class Asked(SimpleNamespace):
    """A request: method, path, body, headers in lower case."""


def double(asked: Asked) -> tuple[int, bytes]:
    """Return the first number of each line, doubled."""
    lines = asked.body.split()
    return 200, b"".join(b"%d\n" % (2 * int(line.split(b",")[0])) for line in lines)


class Model:
    """What stands behind the port: `answer` for /invocations, `parameters` of the container."""

    def __init__(self, answer: Answer = double, parameters: bytes = b"", ping: int = 200) -> None:
        self.answer, self.parameters, self.ping = answer, parameters, ping
        self.asked: list[Asked] = []
        self.environments: list[dict[str, str]] = []
        self.processes: list[Process] = []

    @property
    def bodies(self) -> list[bytes]:
        return [one.body for one in self.asked]

    def respond(self, asked: Asked) -> tuple[int, bytes]:
        if asked.path == "/ping":
            return self.ping, b""
        if asked.path == "/execution-parameters":
            return (200, self.parameters) if self.parameters else (404, b"no such page")
        self.asked.append(asked)
        return self.answer(asked)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: "Server"

    def log_message(self, *given: Any) -> None: ...

    def _body(self) -> bytes:
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(method=self.command, path=self.path, body=body, headers=headers)
        status, content = self.server.model.respond(asked)
        if not status:  # the connection ends without a response
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, model: Model) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.model = model
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def end(self) -> None:
        self.shutdown()
        self.server_close()


@contextmanager
def serving(model: Model) -> Iterator[int]:
    """Yield the port of a container."""
    server = Server(0, model)
    yield server.server_port
    server.end()


class Process:
    """A `serve` process that is a thread of this one."""

    def __init__(self, program: Any, model: Model) -> None:
        self.running, self.did = True, []  # type: ignore[var-annotated]
        self.say = program.on_line
        self._server = Server(int(program.environment["SAGEMAKER_BIND_TO_PORT"]), model)
        model.environments.append(program.environment)
        model.processes.append(self)

    def kill(self) -> None:
        if self.running:
            self.running = False
            self._server.end()

    def stop(self, grace: float) -> None:
        self.did.append(f"stop {grace:g}")
        self.kill()

    def wait(self, seconds: float) -> int | None:
        return None if self.running else 0


class Bucket:
    """S3 with one bucket `b`; `arguments` are those of each upload."""

    class exceptions:
        class NoSuchBucket(Exception): ...

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.arguments: dict[str, Any] = {}

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=self._list)

    def _list(self, Bucket: str, Prefix: str) -> Iterator[Any]:
        if Bucket != "b":
            raise self.exceptions.NoSuchBucket
        yield {"Contents": [{"Key": key} for key in self.objects if key.startswith(Prefix)]}
        yield {}

    def get_object(self, Bucket: str, Key: str) -> Any:
        if Key not in self.objects:
            missing: Any = {"Error": {"Code": "NoSuchKey", "Message": "not there"}}
            raise ClientError(missing, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key])}

    def upload_file(self, file: str, bucket: str, key: str, ExtraArgs: Any) -> None:
        self.objects[key], self.arguments[key] = Path(file).read_bytes(), ExtraArgs


def job(**changes: Any) -> TransformJob:
    """Return a job that was not started."""
    container = Container("image", None, {"A": "model", "B": "model"}, False, "arn:role")
    return TransformJob(HERE, request(**changes), container)
