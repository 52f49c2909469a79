"""One HTTP/1.1 connection, bounded in size and time.

A protocol of our own because a framework costs more than the prediction of a row: this one adds
about 10 us to a request. The parsing is llhttp's, Node's own.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httptools

from container.contract.http_errors import HTTPError
from container.contract.log import log_event
from container.serving.messages import Request, Response, error_response, new_id

_MAX_HEADERS = 200
_MAX_HEADER_BYTES = 65_536
_MAX_WAITING = 32
# At a stop: time for a client that has its last response to close the connection itself.
_LINGER_SECONDS = 1.0

Handler = Callable[[Request], "Response | Awaitable[Response]"]


@dataclass(frozen=True)
class ConnectionLimits:
    """How long a connection may keep quiet, and how large a body may be."""

    body_bytes: int = 6 * 1024 * 1024
    idle_seconds: float = 75.0
    request_seconds: float = 30.0
    write_seconds: float = 60.0


class Connection(asyncio.Protocol):
    """Feeds requests to `handler` one after the other and writes its responses."""

    def __init__(
        self, handler: Handler, limits: ConnectionLimits, connections: "set[Connection]"
    ) -> None:
        self._handler = handler
        self._limits = limits
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[Request | Response, bool]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._is_closing = self._is_draining = False
        self._clock = asyncio.get_running_loop().time
        self._since = self._clock()
        self._is_writing_slowly = self._in_request = False
        self._transport: Any = None
        self._discarded = 0
        self._begin()

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._header_bytes = self._header_count = 0
        self._chunks: list[bytes] = []
        self._body_bytes = 0

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to count as open."""
        self._transport = transport
        self._connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Drop the requests of a closed connection."""
        if self._in_request or self._task:
            log_event("client disconnected")
        self._connections.discard(self)
        self._waiting.clear()
        self._is_closing = True

    def data_received(self, data: bytes) -> None:
        """Parse; malformed HTTP gets one error response, and the connection is closed."""
        if self._is_closing:
            self._discard(len(data))
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # The request was handled without the requested upgrade.
            self._is_draining = True
        except httptools.HttpParserError as error:
            if isinstance(error.__context__, HTTPError):
                self._reject(error.__context__)
            else:
                self._reject(HTTPError(HTTPStatus.BAD_REQUEST, "this is not HTTP/1.1"))

    def eof_received(self) -> bool:
        """Keep the connection half-open while a response is pending."""
        return not self._is_closing and (self._task is not None or bool(self._waiting))

    def pause_writing(self) -> None:
        """Begin a slow write, whose time `check` measures."""
        self._is_writing_slowly, self._since = True, self._clock()

    def resume_writing(self) -> None:
        """End a slow write."""
        self._is_writing_slowly, self._since = False, self._clock()

    # What httptools calls

    def on_url(self, url: bytes) -> None:
        """Begin a request, or continue its URL."""
        if not self._in_request:
            self._in_request, self._since = True, self._clock()
        self._url += url
        self._count_header(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add one header."""
        self._header_count += 1
        self._count_header(len(name) + len(value))
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """Reject a body whose Content-Length is too large before any of it is read."""
        length = self._headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._limits.body_bytes:
            raise _too_long(self._limits.body_bytes)
        if self._headers.get(b"expect", b"").lower() == b"100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Add a piece of the body."""
        self._body_bytes += len(body)
        if self._body_bytes > self._limits.body_bytes:
            raise _too_long(self._limits.body_bytes)
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        """Handle a complete request, now or after those before it."""
        path, _, query = self._url.partition(b"?")
        body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        request = Request(self._parser.get_method(), path, query, self._headers, body)
        self._in_request = False
        keep_alive = self._parser.should_keep_alive()
        self._begin()
        if self._task or self._waiting:
            self._waiting.append((request, keep_alive))
            if (
                len(self._waiting) >= _MAX_WAITING
                or self._waiting_bytes() > self._limits.body_bytes
            ):
                self._transport.pause_reading()
        else:
            self._respond(request, keep_alive)

    # What the server calls

    def check(self, now: float) -> None:
        """Close what has been quiet for too long."""
        quiet = now - self._since
        if self._is_closing or self._is_writing_slowly:
            if quiet > self._limits.write_seconds:
                self._transport.abort()
            elif self._is_draining and quiet > _LINGER_SECONDS and not self._is_writing_slowly:
                self._transport.close()
        elif self._in_request and quiet > self._limits.request_seconds:
            self._reject(HTTPError(HTTPStatus.REQUEST_TIMEOUT, "the request came too slowly"))
        elif not self._task and quiet > self._limits.idle_seconds:
            self._transport.close()

    def drain(self) -> None:
        """Accept no more requests; close after the pending responses."""
        self._is_draining = True
        if self._is_closing or not (self._task or self._waiting or self._in_request):
            self._transport.close()

    def cancel_task(self) -> None:
        """Cancel the pending request, which gets an error response at once."""
        if self._task:
            self._task.cancel()

    # Responses

    def _respond(self, pending: Request | Response, keep_alive: bool) -> None:
        response = self._handler(pending) if isinstance(pending, Request) else pending
        if isinstance(response, Response):
            self._write(response, keep_alive)
        else:
            self._task = asyncio.ensure_future(self._respond_later(response, keep_alive))

    async def _respond_later(self, coming: Awaitable[Response], keep_alive: bool) -> None:
        response = await coming
        self._task = None
        self._write(response, keep_alive)
        while self._waiting and not self._task and not self._is_closing:
            self._transport.resume_reading()
            self._respond(*self._waiting.popleft())

    def _write(self, response: Response, keep_alive: bool) -> None:
        self._since = self._clock()
        keep_alive = keep_alive and not self._is_draining and not response.closes
        if self._transport.is_closing():
            return
        self._transport.write(response.encoded(keep_alive=keep_alive))
        if not keep_alive:
            # A client that is still sending would see a reset instead of the response: read on.
            self._is_closing = True
            self._transport.write_eof()

    def _reject(self, error: HTTPError) -> None:
        request = Request(b"", self._url, b"", self._headers)
        request_id = request.given_id or new_id()
        details = {"id": request_id.decode(), "status": int(error.status)}
        log_event("refused", {**details, "error": error.message})
        self._in_request = False
        response = error_response(error, request_id)
        if self._task or self._waiting:
            self._waiting.append((response, False))
        else:
            self._write(response, keep_alive=False)

    def _waiting_bytes(self) -> int:
        return sum(len(pending.body) for pending, _ in self._waiting)

    def _discard(self, count: int) -> None:
        self._discarded += count
        if self._discarded > 2 * self._limits.body_bytes:
            self._transport.abort()

    def _count_header(self, count: int) -> None:
        self._header_bytes += count
        if self._header_bytes > _MAX_HEADER_BYTES or self._header_count > _MAX_HEADERS:
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise HTTPError(
                status, f"more than {_MAX_HEADERS} headers or {_MAX_HEADER_BYTES} bytes of them"
            )


def _too_long(limit: int) -> HTTPError:
    text = f"the body has over {limit} bytes; send it in parts"
    return HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
