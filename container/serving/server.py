"""Server of one listening socket: accepts connections, enforces time limits, drains."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from functools import partial
from typing import Protocol

from container.contract.log import log_event
from container.serving.connection import Connection, ConnectionLimits, Handler

_POLL_SECONDS = 1.0
_DRAIN_POLL_SECONDS = 0.02
# Delay after a failed accept, as for lack of file descriptors, some of which may be freed.
_RETRY_SECONDS = 1.0
# Delay before accepting when another worker has fewer connections.
_REBALANCE_DELAY_SECONDS = 0.001


class ConnectionBalance(Protocol):
    """Connection counts of the processes that accept from one socket."""

    def set_connections(self, connections: int) -> None:
        """Publish the number of connections of this process."""

    @property
    def others_have_fewer(self) -> bool:
        """Whether another process has fewer."""


class Server:
    """Accepts connections and enforces their time limits.

    With a `balance`, a process with fewer connections has a moment to accept first.
    """

    def __init__(
        self, handler: Handler, limits: ConnectionLimits, balance: ConnectionBalance | None = None
    ) -> None:
        self._balance = balance
        self._connections: set[Connection] = _ObservedSet(self._count)
        self._opening: set[asyncio.Task[None]] = set()
        self._make = partial(Connection, handler, limits, self._connections)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Have `serve` return after the pending responses."""
        self._stopping.set()

    async def serve(self, listener: socket.socket, drain_seconds: float) -> None:
        """Accept until `stop`; then wait at most `drain_seconds` for pending requests.

        Requests that are not done by then get 503.
        """
        listener.setblocking(False)
        loop = asyncio.get_running_loop()
        checking = asyncio.create_task(self._check_connections(_POLL_SECONDS))
        self._listen(listener)
        await self._stopping.wait()
        loop.remove_reader(listener)
        listener.close()
        await asyncio.gather(*self._opening)
        for connection in list(self._connections):
            connection.drain()
        checking.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._check_connections(_DRAIN_POLL_SECONDS), drain_seconds)
        for connection in list(self._connections):
            connection.cancel_task()
        if self._connections:
            await asyncio.sleep(_DRAIN_POLL_SECONDS)

    def _listen(self, listener: socket.socket) -> None:
        if not self._stopping.is_set():
            asyncio.get_running_loop().add_reader(listener, self._accept_or_wait, listener)

    def _accept_or_wait(self, listener: socket.socket) -> None:
        """Accept a connection, or leave it for a moment to a process that has fewer."""
        if self._balance is None or not self._balance.others_have_fewer:
            self._accept(listener)
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(listener)
        loop.call_later(_REBALANCE_DELAY_SECONDS, self._accept_after_delay, listener)

    def _accept_after_delay(self, listener: socket.socket) -> None:
        """Accept a connection that no other process has accepted."""
        if not self._stopping.is_set():
            self._listen(listener)
            self._accept(listener)

    def _accept(self, listener: socket.socket) -> None:
        """Accept one connection: accepting all that wait would leave the other processes idle."""
        loop = asyncio.get_running_loop()
        try:
            accepted, _ = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            loop.remove_reader(listener)
            loop.call_later(_RETRY_SECONDS, self._listen, listener)
            log_event("server", {"message": f"no connection accepted: {error.strerror}"})
            return
        opening = loop.create_task(self._open(accepted))
        self._opening.add(opening)
        opening.add_done_callback(self._opened)
        self._count()

    async def _open(self, accepted: socket.socket) -> None:
        # It may be closed already.
        with contextlib.suppress(OSError):
            loop = asyncio.get_running_loop()
            await loop.connect_accepted_socket(self._make, accepted)

    def _opened(self, opening: "asyncio.Task[None]") -> None:
        self._opening.discard(opening)
        self._count()

    def _count(self) -> None:
        if self._balance is not None:
            self._balance.set_connections(len(self._connections) + len(self._opening))

    async def _check_connections(self, seconds: float) -> None:
        """Close connections over their time limits, until `stop` and until none is left."""
        clock = asyncio.get_running_loop().time
        while self._connections or not self._stopping.is_set():
            for connection in list(self._connections):
                connection.check(clock())
            await asyncio.sleep(seconds)


class _ObservedSet(set[Connection]):
    """A set with a callback for additions and removals."""

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed

    def add(self, connection: Connection) -> None:
        super().add(connection)
        self._changed()

    def discard(self, connection: object) -> None:
        super().discard(connection)
        self._changed()
