"""Starts ministack in its own Python; what it does beyond this machine is refused and noted.

Run as a file, with the file for the notes as its argument. That Python has nothing of ours.
"""

import contextlib
import ipaddress
import runpy
import sys
from pathlib import Path
from typing import Any


def is_loopback(host: str) -> bool:
    """Whether a connection to this host stays on this machine."""
    if host in ("localhost", "127.0.0.1", "::1", ""):
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    return False


def guard(notes: Path) -> None:
    """Refuse connections, look-ups and listeners of other machines, and every program."""

    def check(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.bind", "socket.sendto"):
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else ""
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            host = arguments[0] or ""
        elif event in ("subprocess.Popen", "os.system", "os.posix_spawn"):
            host = f"a program: {arguments[0]}"
        else:
            return
        if isinstance(host, bytes):
            host = host.decode()
        if not is_loopback(host):
            with notes.open("a", encoding="utf-8") as file:
                file.write(f"{event} {host}\n")
            raise PermissionError(f"{event} {host} is refused: tests stay on this machine")

    sys.addaudithook(check)


if __name__ == "__main__":
    guard(Path(sys.argv.pop()))
    runpy.run_module("ministack", run_name="__main__")
