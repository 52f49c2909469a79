"""One TCP connection between two hosts: JSON in frames, every wait bounded and interruptible."""

import json
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

Check = Callable[[], None]

_LENGTH = struct.Struct("!Q")
_LARGEST_BYTES = 2 * 1024**3
_POLL_SECONDS = 0.5
# A peer whose machine or network is gone answers no probe; one that is busy does.
_KEEP_ALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}


class HostConnection:
    """Sends and hears values; `check` is asked while it waits, and may raise to end that."""

    def __init__(self, peer: socket.socket, check: Check) -> None:
        self._peer = peer
        self._check = check
        peer.settimeout(_POLL_SECONDS)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEP_ALIVE.items():
            # macOS calls one of them by another name; there the system's own patience holds.
            if option := getattr(socket, name, None):
                peer.setsockopt(socket.IPPROTO_TCP, option, value)

    def send(self, value: Any, seconds: float) -> None:
        """Raises OSError; TimeoutError when the other end takes nothing for so long."""
        content = json.dumps(value).encode()
        frame = memoryview(_LENGTH.pack(len(content)) + content)
        sent = 0
        while sent < len(frame):
            sent += self._bounded(self._peer.send, frame[sent : sent + 1024**2], seconds)

    def receive(self, seconds: float) -> Any:
        """Raises OSError; TimeoutError when nothing comes for so long, ValueError for nonsense."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, seconds))
        if length > _LARGEST_BYTES:
            raise ValueError("not a frame of ours")
        return json.loads(self._exactly(length, seconds))

    def close(self) -> None:
        """The other end learns it at once."""
        self._peer.close()

    def _exactly(self, count: int, seconds: float) -> bytes:
        content = bytearray()
        while len(content) < count:
            piece = self._bounded(self._peer.recv, min(count - len(content), 1024**2), seconds)
            if not piece:
                raise ConnectionResetError("the other end closed")
            content += piece
        return bytes(content)

    def _bounded(self, action: Callable[[Any], Any], what: Any, seconds: float) -> Any:
        deadline = time.monotonic() + seconds
        while True:
            try:
                return action(what)
            except TimeoutError:
                self._check()
                if time.monotonic() > deadline:
                    raise
