"""TCP connection between two hosts: JSON in length-prefixed frames, with timeouts."""

import json
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

Check = Callable[[], None]

_LENGTH = struct.Struct("!Q")
_LARGEST_BYTES = 2 * 1024**3
_POLL_SECONDS = 0.5
# Elsewhere than on Linux the end is seen when both directions are closed.
_ENDED = getattr(select, "POLLRDHUP", 0)
# A peer whose machine or network is lost answers no keep-alive probe; a busy one does.
_KEEP_ALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}


class HostConnection:
    """Sends and receives values; `check` is called while it waits, and may raise to end that."""

    def __init__(self, peer: socket.socket, check: Check) -> None:
        self._peer = peer
        self._check = check
        peer.settimeout(_POLL_SECONDS)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEP_ALIVE.items():
            # macOS has another name for one of them; there the system's default applies.
            if option := getattr(socket, name, None):
                peer.setsockopt(socket.IPPROTO_TCP, option, value)

    def send(self, value: Any, seconds: float) -> None:
        """Send a value; raises OSError, TimeoutError when the peer reads nothing for so long."""
        content = json.dumps(value).encode()
        frame = memoryview(_LENGTH.pack(len(content)) + content)
        sent = 0
        while sent < len(frame):
            sent += self._bounded(self._peer.send, frame[sent : sent + 1024**2], seconds)

    def receive(self, seconds: float) -> Any:
        """Receive a value; raises OSError, TimeoutError, ValueError for malformed data."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, seconds))
        if length > _LARGEST_BYTES:
            raise ValueError("not a frame of ours")
        return json.loads(self._exactly(length, seconds))

    def is_ended(self) -> bool:
        """Tell whether the other end closed or died; what it sent before can still be received."""
        poll = select.poll()
        poll.register(self._peer, _ENDED)
        return bool(poll.poll(0))

    def close(self) -> None:
        """Close the connection; the peer notices at once."""
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
