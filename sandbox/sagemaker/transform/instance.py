"""An instance of a transform job: its `serve` process, and the objects that it is sent."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sandbox.programs.log_streams import LogStream
from sandbox.programs.processes import Child, Program
from sandbox.sagemaker.transform import records
from sandbox.sagemaker.transform.container_client import ContainerClient, Response
from sandbox.sagemaker.transform.data_log import DataLog, ObjectFailed
from sandbox.sagemaker.transform.record_formats import FormatError

if TYPE_CHECKING:
    from sandbox.sagemaker.transform.data_processing import DataProcessing, Prepared
    from sandbox.sagemaker.transform.inputs import InputObject
    from sandbox.sagemaker.transform.parameters import ClientConfig, Parameters
    from sandbox.state.stores import Document, Place

T = TypeVar("T")
R = TypeVar("R")
_GROUP = "/aws/sagemaker/TransformJobs"
# Said by SageMaker in aws/amazon-sagemaker-examples#815.
PING_SECONDS = 1800.0
_POLL_SECONDS = 0.03


class Stopped(Exception):
    """A job that was stopped; none of its objects gets an output."""


@dataclass(frozen=True)
class Work:
    """What an instance does with each object; `read` may raise ObjectFailed."""

    request: Document
    parameters: Parameters
    processing: DataProcessing
    read: Callable[[InputObject], bytes]
    outputs: dict[InputObject, Path]

    @property
    def headers(self) -> dict[str, str]:
        """Headers of each request."""
        given = {
            "Content-Type": self.request["TransformInput"].get("ContentType"),
            "Accept": self.request["TransformOutput"].get("Accept"),
        }
        return {name: value for name, value in given.items() if value}


class Instance:
    """One container; `is_stopped` tells whether the job goes on."""

    def __init__(self, place: Place, job: str, is_stopped: Callable[[], bool]) -> None:
        self._is_stopped = is_stopped
        # docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
        stream = f"{job}/i-{uuid.uuid4().hex[:17]}-{int(time.time())}"
        self._log = LogStream(place, _GROUP, stream)
        self.data_log = DataLog(LogStream(place, _GROUP, f"{stream}/data-log"))
        self.sides: list[str] = []

    def start(self, program: Program, port: int, config: ClientConfig) -> Child:
        """Start `serve` and return its process."""
        self._client = ContainerClient(port, config)
        self._child = Child(dataclasses.replace(program, on_line=self._write))
        return self._child

    def _write(self, line: str) -> None:
        self._log.write(line)
        self._log.flush()

    def await_ping(self) -> bool:
        """Return whether /ping answers before the container ends or the time is over."""
        deadline = time.monotonic() + PING_SECONDS
        while time.monotonic() < deadline and self._child.running and not self._is_stopped():
            if self._client.answers_ping():
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def execution_parameters(self) -> Document:
        """Return what the container asks for."""
        return self._client.execution_parameters()

    def transform(self, entries: Sequence[InputObject], work: Work) -> None:
        """Write the output of each object that has one; the others are in the data log."""
        self.data_log.write(work.parameters.shown)
        at_once = work.parameters.concurrency
        with ThreadPoolExecutor(at_once) as objects, ThreadPoolExecutor(at_once) as requests:
            for done in [objects.submit(self._transform, one, work, requests) for one in entries]:
                with contextlib.suppress(Stopped):
                    done.result()

    def _transform(self, entry: InputObject, work: Work, requests: ThreadPoolExecutor) -> None:
        file = work.outputs[entry]
        try:
            with file.open("wb") as output:
                output.writelines(self._responses(entry, work, requests))
        except ObjectFailed as error:
            file.unlink()
            self.data_log.write_failure(entry.shown, error)
            self.sides.append(error.side)

    def _responses(
        self, entry: InputObject, work: Work, requests: ThreadPoolExecutor
    ) -> Iterator[bytes]:
        """Yield what is written for each mini-batch of an object, in its order."""
        parameters = work.parameters

        def send(batch: list[Prepared]) -> bytes:
            return self._send(batch, work)

        try:
            split_type = work.request["TransformInput"].get("SplitType", "None")
            found = records.split(work.read(entry), split_type)
            batches = records.batch(
                map(work.processing.prepare, found),
                lambda one: len(one.payload),
                parameters.payload_bytes,
                single=parameters.single,
            )
            yield from _in_order(requests, send, batches, parameters.concurrency)
        except (records.SplitError, FormatError) as error:
            raise ObjectFailed("ClientError", str(error)) from None
        except records.Oversized as error:
            # AWS reports an error, in words that no public source has.
            raise ObjectFailed(
                "ClientError",
                f"A payload of {error.size} bytes is larger than MaxPayloadInMB="
                f"{parameters.payload_mb} allows",
            ) from None

    def _send(self, batch: list[Prepared], work: Work) -> bytes:
        if self._is_stopped():
            raise Stopped
        payload = b"".join(one.payload for one in batch)
        chunked = work.parameters.payload_bytes is None
        response = Response()
        if self._child.running:
            response = self._client.invoke(payload, work.headers, chunked=chunked)
        if self._is_stopped():
            raise Stopped
        if 200 <= response.status < 300:
            return work.processing.assemble(batch, response.body)
        message = response.body.decode(errors="replace")
        if not response.status:
            raise ObjectFailed("AlgorithmError", "Unable to get response from algorithm")
        if 400 <= response.status < 500:
            raise ObjectFailed("ClientError", f"ClientError: {response.status}", message)
        headline = f"Bad HTTP status received from algorithm: {response.status}"
        raise ObjectFailed("AlgorithmError", headline, message)

    def close(self) -> None:
        """End the process and close its connections."""
        self._child.kill()
        self._client.close()


def _in_order(
    pool: ThreadPoolExecutor, send: Callable[[T], R], batches: Iterable[T], at_once: int
) -> Iterator[R]:
    """Yield the results of `send` in order, with no more than `at_once` batches on the way."""
    waiting: deque[Future[R]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(send, batch))
            if len(waiting) >= at_once:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
