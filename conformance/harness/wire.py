"""HTTP as SageMaker speaks it, and as a hostile client does; every wait has an end."""

import contextlib
import http.client
import random
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from conformance.check import Violation

_SHOWN = 120
# Linux, macOS and Windows give outgoing connections higher ones.
_BELOW_OUTGOING = range(20_000, 32_000)
_TRIES = 50


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def shown(self) -> str:
        """Status and the beginning of the body, on one line."""
        text = " ".join(self.body.decode("utf-8", "replace").split())[:_SHOWN]
        return f"{self.status} {text!r}" if text else f"{self.status} with an empty body"


@dataclass(frozen=True)
class Address:
    """Where a server listens on this machine."""

    host: str
    port: int

    @contextmanager
    def connected(self, seconds: float) -> Iterator[socket.socket]:
        """A connection on which no single step takes longer than `seconds`."""
        try:
            opened = socket.create_connection((self.host, self.port), seconds)
        except OSError as error:
            raise Violation(f"no connection to port {self.port}: {_words(error)}") from error
        with opened:
            yield opened

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float,
    ) -> Answer:
        """One request on a connection of its own; raises Violation when no answer comes."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=seconds)
        began = time.monotonic()
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Violation(f"{method} {path}: no answer: {_words(error)}") from error
        finally:
            connection.close()
        # A single step was quick enough; drops of an answer may not be, all together.
        took = time.monotonic() - began
        if took > seconds:
            raise Violation(f"{method} {path}: answered after {took:.1f} s; {seconds:g} s are due")
        return Answer(response.status, _lowered(response), content)


def read_answer(connection: socket.socket) -> Answer | None:
    """The next answer on an open connection; None when it is closed without one."""
    response = http.client.HTTPResponse(connection, method="POST")
    try:
        response.begin()
        content = response.read()
    except TimeoutError:
        raise
    except (OSError, http.client.HTTPException):
        return None
    finally:
        response.close()
    return Answer(response.status, _lowered(response), content)


def head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    """The first part of a request, exactly as given."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def free_port() -> int:
    """A free TCP port below the range of ports that outgoing connections are given."""
    for port in random.sample(_BELOW_OUTGOING, _TRIES):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError(f"none of {_TRIES} ports of this machine is free")


def is_taken(port: int) -> bool:
    """Whether something on this machine listens on `port`."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def _lowered(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "none in time"
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
