"""Serves connections of one listening socket until told to stop, then lets requests finish."""

import asyncio
import contextlib
import socket
from functools import partial

from container.serving.connection import Connection, Handler, Limits

_LOOK_SECONDS = 1.0
_DRAIN_LOOK_SECONDS = 0.02


class Server:
    """All connections of this process, and the clock that none of them outlives its limits by."""

    def __init__(self, handler: Handler, limits: Limits) -> None:
        self._handler = handler
        self._limits = limits
        self._connections: set[Connection] = set()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Have `serve` return, once requests that came are answered."""
        self._stopping.set()

    async def serve(self, listener: socket.socket, drain_seconds: float) -> None:
        """Accept until `stop`; after it wait at most `drain_seconds` for what is under way.

        What is not done by then is answered with 503.
        """
        loop = asyncio.get_running_loop()
        make = partial(Connection, self._handler, self._limits, self._connections)
        accepting = await loop.create_server(make, sock=listener)
        looking = asyncio.create_task(self._look())
        await self._stopping.wait()
        accepting.close()
        for connection in list(self._connections):
            connection.drain()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(drain_seconds):
                while self._connections:
                    await asyncio.sleep(_DRAIN_LOOK_SECONDS)
        for connection in list(self._connections):
            connection.give_up()
        if self._connections:
            await asyncio.sleep(_DRAIN_LOOK_SECONDS)
        looking.cancel()

    async def _look(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            for connection in list(self._connections):
                connection.check(clock())
