"""How a server ends, what it finishes first, and what it does when a part of it dies."""

import contextlib
import os
import signal
import time

from conformance import pages
from conformance.check import Checks, NotApplicable, Violation
from conformance.harness import isolation
from conformance.harness.host import Host
from conformance.harness.process_tree import workers
from conformance.harness.server import Server
from conformance.harness.wire import Answer, free_port, head, read_answer

CHECKS = Checks[Host]()

_LOOK_SECONDS = 0.05
_MARKER = "conformance-marker-8f3a"


@CHECKS.must("SIGTERM ends a server in order within 30 seconds", pages.HOSTING)
def sigterm_ends_server(host: Host) -> None:
    """SIGKILL follows 30 s later and cuts every request. A program without a handler does not even
    notice: process number 1 of a container ignores the signal."""
    with host.serving() as server:
        server.program.signal(signal.SIGTERM)
        code = server.program.wait(host.terms.drain_seconds, "after SIGTERM")
        _require_in_order(server, code)


@CHECKS.should("An idle server ends within 2 seconds of SIGTERM, with 0", pages.HOSTING)
def idle_server_ends_at_once(host: Host) -> None:
    """Every update, and every step back in scaling, waits for each instance that leaves."""
    with host.serving() as server:
        server.program.signal(signal.SIGTERM)
        code = server.program.wait(host.terms.idle_stop_seconds, "of SIGTERM, idle")
        if code != 0:
            raise Violation(f"ended with {code} after SIGTERM: {server.program.last_words}")


@CHECKS.must("A request that was begun is answered after SIGTERM", pages.HOSTING)
def sigterm_finishes_requests(host: Host) -> None:
    """Instances leave all the time; each of these requests would be a client's error."""
    answer = _stop_during_a_request(host, 1)
    if answer is None:
        raise Violation("the connection was closed without an answer")
    if answer.status != 200:
        raise Violation(f"the request was answered {answer.shown}")


@CHECKS.should("A second SIGTERM changes nothing", pages.HOSTING)
def second_sigterm_changes_nothing(host: Host) -> None:
    """SIGTERM may come more than once, to the process or to its group."""
    answer = _stop_during_a_request(host, 2)
    if answer is None or answer.status != 200:
        raise Violation("the request that was begun was not answered")


@CHECKS.must("A server whose workers are killed answers again, or ends", pages.HOSTING)
def killed_workers_are_replaced(host: Host) -> None:
    """The kernel kills what needs too much memory. A server that stays healthy without its workers
    is never replaced."""
    with host.serving() as server:
        server.expected()
        found = workers(server.program.number)
        if not found:
            raise NotApplicable("it is one process: killed, it is replaced as a whole")
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        _require_recovery(server)


@CHECKS.should("A server needs no network but its own port", pages.ISOLATION)
def serves_without_network(host: Host) -> None:
    """With network isolation, or in a private subnet, the first download hangs or fails it."""
    host.require_healthy()
    port, place = free_port(), host.place(host.model)
    words = isolation.asked_inside(port, host.require_healthy(), host.programs.words("serve"))
    more = {"SAGEMAKER_BIND_TO_PORT": str(port)}
    with host.programs.running(words, place, more) as program:
        code = program.wait(host.terms.start_seconds, "without a network")
        if code != 0:
            raise Violation(f"did not answer without a network: {program.last_words}")


@CHECKS.should("No line of the log holds what a request held", pages.LOGS)
def log_holds_no_bodies(host: Host) -> None:
    """Logs are read by many and kept for long; what customers send is not for them."""
    server = host.require_healthy()
    for content_type in dict.fromkeys((server.serving.content_type, "application/json")):
        server.invoke(f"{_MARKER},1\n{_MARKER}".encode(), {"Content-Type": content_type})
    # The line about a request may be written after its answer.
    time.sleep(host.terms.settle_seconds)
    lines = [line for line in server.program.said.splitlines() if _MARKER in line]
    if lines:
        raise Violation(f"{len(lines)} lines repeat the body of a request")


def _stop_during_a_request(host: Host, times: int) -> Answer | None:
    """The answer to a request whose second half comes after SIGTERM; the server has ended."""
    with host.serving() as server:
        body = server.example(0)
        server.expected()
        half = len(body) // 2
        headers = {"Content-Type": server.serving.content_type, "Accept": server.serving.accept}
        first = head("POST", "/invocations", {**headers, "Content-Length": str(len(body))})
        with server.address.connected(host.terms.drain_seconds) as connection:
            connection.sendall(first + body[:half])
            # The first half has to reach the worker that will finish the request.
            time.sleep(host.terms.settle_seconds)
            for _ in range(times):
                server.program.signal(signal.SIGTERM)
                time.sleep(host.terms.settle_seconds)
            try:
                connection.sendall(body[half:])
                answer = read_answer(connection)
            except OSError:
                answer = None
        server.program.wait(host.terms.drain_seconds, "after SIGTERM during a request")
        return answer


def _require_in_order(server: Server, code: int) -> None:
    if code == -signal.SIGTERM:
        raise Violation("has no handler for SIGTERM: as process number 1 it would be killed")
    if code < 0:
        raise Violation(f"was ended by signal {-code} after SIGTERM")
    if "Traceback" in server.program.said:
        raise Violation(f"ended with a traceback: {server.program.last_words}")


def _require_recovery(server: Server) -> None:
    """Raise Violation unless requests are answered again soon, or the server has ended."""
    deadline = time.monotonic() + server.terms.recovery_seconds
    last = "nothing"
    while time.monotonic() < deadline:
        if server.program.code is not None:
            return
        try:
            answer = server.invoke()
        except Violation as error:
            last = str(error)
        else:
            if answer.status == 200:
                return
            last = answer.shown
        time.sleep(_LOOK_SECONDS)
    raise Violation(f"{server.terms.recovery_seconds:g} s after its workers were killed: {last}")
