"""One instance of a variant: its `serve` process, health checks, connections and shutdown."""

from __future__ import annotations

import http.client
import socket
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sandbox.ecr import images
from sandbox.ecr.process_environment import child_environment
from sandbox.iam.callers import Caller, NotAllowed
from sandbox.programs.log_streams import LogStream
from sandbox.programs.processes import Child, Program
from sandbox.s3 import transfers
from sandbox.sagemaker.serving.failures import Unhealthy
from sandbox.state import context
from sandbox.state.stores import Document, Place, now

if TYPE_CHECKING:
    from sandbox.sagemaker import hosting

STARTUP_SECONDS = 60.0
_PING_TIMEOUT_SECONDS = 2.0
_INVOKE_TIMEOUT_SECONDS = 60.0
_DRAIN_SECONDS = 60.0
_STOP_SECONDS = 30.0
_RESTART_SECONDS = 1.0


class ContainerResponse(NamedTuple):
    """The HTTP response of a container: status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Copy:
    """One `serve` process of the variant `name`, in place of an instance.

    `configuration` names the endpoint configuration that it was made for.
    """

    configuration = ""

    def __init__(self, place: Place, endpoint: str, row: Document, container: hosting.Container):
        self.place, self.endpoint, self.name = place, endpoint, str(row["VariantName"])
        self.row, self._container = row, container
        self._caller = Caller(place.region, container.role_arn)
        unique = f"{self.name}-{uuid.uuid4().hex[:8]}"
        self._folder = (context.current().folder / "endpoints" / endpoint / unique).resolve()
        self._child: Child | None = None
        self._port = 0
        self._idle: list[http.client.HTTPConnection] = []
        self._state = threading.Condition()
        self._inflight = 0
        self._leaving = False
        self.images: list[Document] = []
        self.healthy = False

    @property
    def instance_type(self) -> str:
        """The instance type, "" for a serverless variant."""
        return str(self.row.get("InstanceType", ""))

    @property
    def pid(self) -> int:
        """The process that leads its session; 0 before there is one."""
        return self._child.pid if self._child else 0

    @property
    def requests(self) -> int:
        """How many requests are on their way to it."""
        return self._inflight

    def start(self) -> None:
        """Start `serve` and return when /ping returns 200; raises Unhealthy, in AWS's words."""
        try:
            image = images.pull(self._container.image, self._caller)
            self._fetch_model()
            resolved = images.digest_uri(self._container.image)
            shown = {"SpecifiedImage": image.uri, "ResolvedImage": resolved}
            self.images = [{**shown, "ResolutionTime": now()}]
            self._launch(image)
        except (images.ImageError, transfers.TransferError, NotAllowed) as error:
            raise Unhealthy(str(error)) from None
        threading.Thread(target=self._supervise, args=(image,), daemon=True).start()

    def _fetch_model(self) -> None:
        folder = self._folder / "model"
        folder.mkdir(parents=True)
        uri = self._container.model_data
        if uri and self._container.uncompressed:
            transfers.require(uri, folder, self._caller)
        elif uri:
            transfers.download_archive(uri, folder, self._caller)

    def _launch(self, image: images.Image) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        isolated = self._container.isolated
        environment = child_environment(
            image, self._folder, self.place, self._caller.role_arn, isolated
        )
        environment |= self._container.environment
        environment |= {
            "SAGEMAKER_BIND_TO_PORT": str(self._port),
            "SAGEMAKER_BIND_ADDRESS": "127.0.0.1",  # ours: closed to the network
        }
        stream = f"{self.name}/{uuid.uuid4().hex[:17]}"
        self._log = LogStream(self.place, f"/aws/sagemaker/Endpoints/{self.endpoint}", stream)
        command = [image.program("serve")]
        program = Program(command, environment, self._folder, self._write, is_opt_ml=True)
        self._child = Child(program)
        self._await_ping()
        self.healthy = True

    def _write(self, line: str) -> None:
        self._log.write(line)
        self._log.flush()

    def _await_ping(self) -> None:
        limit = self.row.get("ContainerStartupHealthCheckTimeoutInSeconds", STARTUP_SECONDS)
        deadline = time.monotonic() + float(limit)
        assert self._child is not None
        while time.monotonic() < deadline and self._child.running and not self._leaving:
            if self._ping():
                return
            time.sleep(0.03)
        self._child.kill()
        raise Unhealthy(
            f"The primary container for production variant {self.name} did not pass the ping "
            "health check. Please check CloudWatch logs for this endpoint."
        )

    def _ping(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, _PING_TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _supervise(self, image: images.Image) -> None:
        """Start `serve` again when it ends by itself, as SageMaker does."""
        while not self._leaving and self._child is not None:
            if self._child.wait(0.5) is None or self._leaving:
                continue
            self.healthy = False
            self._write("serve ended; starting it again")
            time.sleep(_RESTART_SECONDS)
            try:
                self._launch(image)
            except (Unhealthy, images.ImageError):
                continue

    def acquire(self) -> None:
        """Count one request in; a copy with requests is not ended."""
        with self._state:
            self._inflight += 1

    def release(self) -> None:
        """Count one request out."""
        with self._state:
            self._inflight -= 1
            self._state.notify_all()

    def invoke(self, body: bytes, headers: dict[str, str]) -> ContainerResponse:
        """Pass one request to the container; raises TimeoutError or OSError without a response."""
        # An idle connection may have been closed by the container: then a fresh one is tried.
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:
                break
            try:
                return self._exchange(connection, body, headers)
            except TimeoutError:
                raise
            except (OSError, http.client.HTTPException):
                continue
        return self._exchange(self._connect(), body, headers)

    def stream(
        self, body: bytes, headers: dict[str, str]
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """Return a connection of its own with a response of which no byte was read yet."""
        connection = self._connect()
        try:
            connection.request("POST", "/invocations", body, headers)
            return connection, connection.getresponse()
        except (OSError, ValueError, http.client.HTTPException):
            connection.close()
            raise

    def _connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, _INVOKE_TIMEOUT_SECONDS)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _exchange(
        self, connection: http.client.HTTPConnection, body: bytes, headers: dict[str, str]
    ) -> ContainerResponse:
        try:
            connection.request("POST", "/invocations", body, headers)
            response = connection.getresponse()
            content = response.read()
        except BaseException:
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        named = {name.lower(): value for name, value in response.getheaders()}
        return ContainerResponse(response.status, named, content)

    def end(self) -> None:
        """Wait for the requests on the way, then end the process."""
        with self._state:
            self._leaving = True
            self._state.wait_for(lambda: self._inflight == 0, _DRAIN_SECONDS)
        for connection in self._idle:
            connection.close()
        if self._child is not None:
            self._child.stop(_STOP_SECONDS)

    def abandon(self) -> None:
        """End the process now."""
        self._leaving = True
        for connection in self._idle:
            connection.close()
        if self._child is not None:
            self._child.kill()

    @property
    def folder(self) -> Path:
        """Where the copy's files are."""
        return self._folder
