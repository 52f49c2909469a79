"""HTTP requests of batch transform to a container: /ping, /execution-parameters, /invocations."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sandbox.sagemaker.transform.parameters import ClientConfig
    from sandbox.state.stores import Document

_CHUNK_BYTES = 256 * 1024
# docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
_PING_SECONDS = 2.0
_PARAMETERS_SECONDS = 60.0


class Response(NamedTuple):
    """A container's response; status 0 when there was none."""

    status: int = 0
    body: bytes = b""


class ContainerClient:
    """The connections to one container; safe to use from many threads."""

    def __init__(self, port: int, config: ClientConfig) -> None:
        self._port, self._config = port, config
        self._idle: list[http.client.HTTPConnection] = []

    def answers_ping(self) -> bool:
        """Tell whether GET /ping returns 200."""
        return self._get("/ping", _PING_SECONDS).status == 200

    def execution_parameters(self) -> Document:
        """Return what GET /execution-parameters says; nothing when the container has no such."""
        response = self._get("/execution-parameters", _PARAMETERS_SECONDS)
        try:
            found = json.loads(response.body) if response.status == 200 else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def invoke(self, payload: bytes, headers: dict[str, str], *, chunked: bool) -> Response:
        """Return the response of POST /invocations.

        Without one, and after a server error, the request is sent again, InvocationsMaxRetries
        times.
        """
        response = Response()
        for _ in range(1 + self._config.retries):
            response = self._post(payload, headers, chunked=chunked)
            if response.status and response.status < 500:
                break
        return response

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().close()

    def _get(self, path: str, seconds: float) -> Response:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, seconds)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return Response(response.status, response.read())
        except (OSError, http.client.HTTPException):
            return Response()
        finally:
            connection.close()

    def _post(self, payload: bytes, headers: dict[str, str], *, chunked: bool) -> Response:
        while True:
            connection, is_fresh = self._connection()
            body = _chunks(payload) if chunked else payload
            try:
                return self._exchange(connection, body, headers)
            except TimeoutError:
                return Response()
            except (OSError, http.client.HTTPException):
                # The container may have closed an idle connection: then another one is tried.
                if is_fresh:
                    return Response()

    def _connection(self) -> tuple[http.client.HTTPConnection, bool]:
        """Return a connection, and whether it was not used before."""
        try:
            return self._idle.pop(), False
        except IndexError:
            seconds = self._config.timeout_seconds
            return http.client.HTTPConnection("127.0.0.1", self._port, seconds), True

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        body: bytes | Iterator[bytes],
        headers: dict[str, str],
    ) -> Response:
        is_sent = keeps = False
        try:
            # A container that does not want all of a body may respond and read no more of it.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request("POST", "/invocations", body, headers)
                is_sent = True
            response = connection.getresponse()
            content = response.read()
            keeps = is_sent and not response.will_close
        finally:
            if keeps:
                self._idle.append(connection)
            else:
                connection.close()
        return Response(response.status, content)


def _chunks(payload: bytes) -> Iterator[bytes]:
    for start in range(0, len(payload), _CHUNK_BYTES):
        yield payload[start : start + _CHUNK_BYTES]
