"""A connection without a network: what it was told, at a clock that stands still."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any

from container.serving.connection import Connection, ConnectionLimits
from container.serving.messages import Request, Response

LIMITS = ConnectionLimits(body_bytes=100, idle_seconds=75, request_seconds=30, write_seconds=60)
HEAD = b"POST /invocations HTTP/1.1\r\nhost: x\r\n"
ONE = HEAD + b"content-length: 1\r\n\r\n1"


def in_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @functools.wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        asyncio.run(test(*arguments, **named))  # type: ignore[arg-type]

    return run


class Transport(asyncio.Transport):
    """Remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.calls: list[str] = []

    def write(self, data: Any) -> None:
        self.sent += data

    def write_eof(self) -> None:
        self.calls.append("eof")

    def close(self) -> None:
        self.calls.append("close")

    def abort(self) -> None:
        self.calls.append("abort")

    def pause_reading(self) -> None:
        self.calls.append("pause")

    def resume_reading(self) -> None:
        self.calls.append("resume")

    def is_closing(self) -> bool:
        return "close" in self.calls or "abort" in self.calls


class Line:
    """A connection at second 0 of a clock that stands still."""

    def __init__(self, limits: ConnectionLimits = LIMITS, *, later: bool = False) -> None:
        self.now = 0.0
        asyncio.get_running_loop().time = lambda: self.now  # type: ignore[method-assign]
        self.transport = Transport()
        self.open: set[Connection] = set()
        self._coming: list[tuple[asyncio.Future[Response], Response]] = []
        self._is_answered = False
        self._later = later
        self.connection = Connection(self._answer, limits, self.open)
        self.connection.connection_made(self.transport)

    def _answer(self, request: Request) -> Response | Awaitable[Response]:
        response = Response(200, request.path + request.body, closes=request.query == b"close")
        if not self._later or self._is_answered:
            return response
        # A coroutine that a closed connection never awaits would warn in whichever test comes next.
        coming = asyncio.get_running_loop().create_future()
        self._coming.append((coming, response))
        return coming

    def receive(self, data: bytes) -> "Line":
        self.connection.data_received(data)
        return self

    async def answer(self) -> None:
        self._is_answered = True
        for coming, response in self._coming:
            if not coming.done():
                coming.set_result(response)
        for _ in range(200):
            await asyncio.sleep(0)

    @property
    def statuses(self) -> list[int]:
        return [int(part[:3]) for part in self.transport.sent.split(b"HTTP/1.1 ")[1:]]


def pending() -> Line:
    """One request whose response is still to come."""
    return Line(later=True).receive(ONE)
