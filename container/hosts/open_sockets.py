"""TCP connections that a library in this process has opened, as the operating system lists them."""

import contextlib
import os
import socket

_DESCRIPTORS = "/proc/self/fd"


def open_sockets() -> dict[int, str]:
    """Return the sockets of this process by file descriptor; none where only Linux lists them."""
    found = {}
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir(_DESCRIPTORS):
            # The descriptor by which the folder was listed is closed by now.
            with contextlib.suppress(FileNotFoundError):
                target = os.readlink(f"{_DESCRIPTORS}/{name}")
                if target.startswith("socket:"):
                    found[int(name)] = target
    return found


def hang_up(opened_before: dict[int, str]) -> None:
    """End every connection that was opened since; who waits for data at its other end, notices."""
    for descriptor, _ in open_sockets().items() - opened_before.items():
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as connection:
            connection.shutdown(socket.SHUT_RDWR)
