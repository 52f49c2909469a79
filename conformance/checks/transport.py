"""Requests that are malformed below the level of a path and a body."""

import contextlib
import select
import socket
import time

from conformance import pages
from conformance.check import Checks, Violation
from conformance.harness.host import Host
from conformance.harness.server import Server
from conformance.harness.wire import Answer, head, read_answer

CHECKS = Checks[Server]()
PATIENT_CHECKS = Checks[Host]()

_CLAIMED_BYTES = 1 << 30
_SENT_BYTES = 64 << 20
_PIECE = b"1,2,3,4\n" * 8192
_HANG_UPS = 8
_HEADERS = 2000
_AFTER_SENDING_SECONDS = 0.5
_EARLY_SECONDS = 0.1


@CHECKS.should("A body far too large is refused before all of it was read", pages.INVOKE)
def oversized_body_is_refused(server: Server) -> None:
    """SageMaker sends 6 MB at most, batch transform what it is told: a server that reads on is out
    of memory, and takes every other request with it."""
    sent = 0
    with server.address.connected(server.terms.answer_seconds) as connection:
        connection.sendall(_head(server, {"Content-Length": str(_CLAIMED_BYTES)}))
        # A server that closes after its answer makes sending fail: then the answer is there.
        with contextlib.suppress(OSError):
            while sent < _SENT_BYTES and not _has_said_something(connection, 0):
                connection.sendall(_PIECE)
                sent += len(_PIECE)
        answer = None
        said = _has_said_something(connection, _AFTER_SENDING_SECONDS)
        if said:
            answer = _answer(connection)
    if not said:
        raise Violation(f"took {sent >> 20} MiB of a body of 1 GiB without an answer")
    if answer is not None and not 400 <= answer.status < 500:
        raise Violation(f"a body of 1 GiB is answered {answer.shown}")
    server.require_alive("a body of 1 GiB")


@CHECKS.should("A Content-Length that is none is answered 4xx", pages.INVOKE)
def wrong_length_is_refused(server: Server) -> None:
    """A server that guesses reads one request as two, or waits for bytes that never come."""
    for length in ("-1", "many", "1e3"):
        with server.address.connected(server.terms.answer_seconds) as connection:
            connection.sendall(_head(server, {"Content-Length": length}) + server.example(0))
            answer = _answer(connection)
        if answer is not None and not 400 <= answer.status < 500:
            raise Violation(f"Content-Length: {length} is answered {answer.shown}")
    server.require_alive("a wrong Content-Length")


@CHECKS.should("A client that hangs up in the middle disturbs nobody", pages.HOSTING)
def hang_up_disturbs_nobody(server: Server) -> None:
    """Callers time out and leave; a worker that waits for the rest is lost for good."""
    for _ in range(_HANG_UPS):
        with server.address.connected(server.terms.answer_seconds) as connection:
            connection.sendall(_head(server, {"Content-Length": "1000"}) + b"1,2")
            connection.shutdown(socket.SHUT_WR)
    server.require_alive("clients that hung up in the middle of their body")


@CHECKS.should("A body in chunks is read, or refused with 4xx", pages.BATCH)
def chunked_body_is_understood(server: Server) -> None:
    """Batch transform with a payload of 0 sends chunks; a server that ignores them hangs."""
    plain, body = server.expected(), server.example(0)
    middle = len(body) // 2
    with server.address.connected(server.terms.answer_seconds) as connection:
        connection.sendall(_head(server, {"Transfer-Encoding": "chunked"}))
        # Who refuses by the header alone may close at once, and sending on would lose the answer.
        if not _has_said_something(connection, _EARLY_SECONDS):
            for piece in (body[:middle], body[middle:], b""):
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        answer = _answer(connection)
    if answer is None:
        raise Violation("the connection was closed without an answer to a chunked body")
    refused = 400 <= answer.status < 500
    if not refused and (answer.status, answer.body) != (200, plain.body):
        raise Violation(f"the example in chunks is answered {answer.shown}")


@CHECKS.should("A connection is kept for the next request", pages.HOSTING)
def connection_is_kept(server: Server) -> None:
    """A new connection for each request costs more than many a small model."""
    _, body = server.expected(), server.example(0)
    request = _head(server, {"Content-Length": str(len(body))}) + body
    with server.address.connected(server.terms.answer_seconds) as connection:
        connection.sendall(request)
        first = _answer(connection)
        with contextlib.suppress(OSError):
            connection.sendall(request)
        second = _answer(connection)
    if first is None or second is None:
        raise Violation("the connection was closed after the first answer")


@CHECKS.should("2000 headers are answered 4xx, and the next request is answered", pages.HOSTING)
def many_headers_are_refused(server: Server) -> None:
    """Headers are read before anything is known of the caller: they must have a limit."""
    headers = {f"X-Filler-{number}": "x" * 64 for number in range(_HEADERS)}
    body = server.example(0)
    with server.address.connected(server.terms.answer_seconds) as connection:
        with contextlib.suppress(OSError):
            length = {"Content-Length": str(len(body))}
            connection.sendall(_head(server, {**headers, **length}) + body)
        answer = _answer(connection)
    if answer is not None and not 400 <= answer.status < 500:
        raise Violation(f"{_HEADERS} headers are answered {answer.shown}")
    server.require_alive(f"{_HEADERS} headers")


@PATIENT_CHECKS.should("A body that does not come ends its request", pages.HOSTING, patient=True)
def slow_body_times_out(host: Host) -> None:
    """A few clients with a bad line would otherwise hold every worker, for as long as they like."""
    limit = host.terms.slow_body_seconds
    with host.serving() as server, server.address.connected(limit) as connection:
        connection.sendall(_head(server, {"Content-Length": "100"}) + b"1,2")
        if not _has_said_something(connection, limit):
            raise Violation(f"waits {limit:g} s and longer for the rest of a body")
        answer = _answer(connection)
    if answer is not None and answer.status < 400:
        raise Violation(f"half a body is answered {answer.shown}")


def _head(server: Server, headers: dict[str, str]) -> bytes:
    types = {"Content-Type": server.serving.content_type, "Accept": server.serving.accept}
    return head("POST", "/invocations", {**types, **headers})


def _has_said_something(connection: socket.socket, seconds: float) -> bool:
    """Whether an answer, or the end of the connection, can be read within `seconds`."""
    return bool(select.select([connection], [], [], seconds)[0])


def _answer(connection: socket.socket) -> Answer | None:
    began = time.monotonic()
    try:
        return read_answer(connection)
    except TimeoutError:
        waited = time.monotonic() - began
        raise Violation(f"neither an answer nor an end within {waited:.1f} s") from None
