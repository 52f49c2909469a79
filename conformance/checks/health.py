"""The health check, and whether it tells the truth under load."""

import concurrent.futures
import socket
import time

from conformance import pages
from conformance.check import Checks, Violation
from conformance.harness.server import Server

CHECKS = Checks[Server]()

_CLIENTS = 32
_ROUNDS = 3
# A machine that is busy with something else may be late once, but not every time.
_TRIES = 3


@CHECKS.must("/ping answers 200 with an empty body within 2 seconds", pages.HOSTING)
def ping_is_quick_and_empty(server: Server) -> None:
    """SageMaker asks all the time and takes an instance out whose answer is late or different."""
    answer = server.ping()
    if answer.status != 200 or answer.body:
        raise Violation(f"GET /ping is answered {answer.shown}")


@CHECKS.must("Connections are accepted within 250 ms, also many at once", pages.HOSTING)
def connections_are_accepted(server: Server) -> None:
    """SageMaker gives a connection a quarter of a second, then the request has failed."""
    limit = server.terms.connect_seconds
    slowest = min(_slowest_connection(server) for _ in range(_TRIES))
    if slowest > limit:
        raise Violation(f"one of {_CLIENTS} connections took {slowest:.2f} s; {limit:g} s are due")


@CHECKS.must("/ping answers in time while every worker is busy", pages.HOSTING)
def ping_answers_under_load(server: Server) -> None:
    """A busy instance that misses its health check is replaced, which makes the others busier."""
    with concurrent.futures.ThreadPoolExecutor(_CLIENTS) as clients:
        busy = [clients.submit(_invoke_quietly, server) for _ in range(_ROUNDS * _CLIENTS)]
        try:
            while not all(future.done() for future in busy):
                status = server.ping().status
                if status != 200:
                    raise Violation(f"/ping is answered {status}")
        except Violation as error:
            raise Violation(f"with {_CLIENTS} clients: {error}") from error
        finally:
            for future in busy:
                future.cancel()


@CHECKS.must("An example request is answered with 200 within 60 seconds", pages.HOSTING)
def example_is_answered(server: Server) -> None:
    """This is what the endpoint is for; SageMaker gives up after 60 seconds."""
    answer = server.invoke()
    if answer.status != 200:
        hint = "; is it the request in conformance.toml?" if answer.status < 500 else ""
        raise Violation(f"the example request is answered {answer.shown}{hint}")
    if not answer.body:
        raise Violation("the example request is answered 200 with an empty body")


@CHECKS.must("32 clients at once get the answers that one gets", pages.HOSTING)
def many_clients_same_answers(server: Server) -> None:
    """Requests that share a model share its mistakes: one customer sees another's answer."""
    expected = [server.expected(number).body for number in range(len(server.serving.requests))]

    def differs(number: int) -> str:
        answer = server.invoke(server.example(number))
        right = answer.status == 200 and answer.body == expected[number % len(expected)]
        return "" if right else answer.shown

    with concurrent.futures.ThreadPoolExecutor(_CLIENTS) as clients:
        wrong = [shown for shown in clients.map(differs, range(_ROUNDS * _CLIENTS)) if shown]
    if wrong:
        total = _ROUNDS * _CLIENTS
        raise Violation(f"{len(wrong)} of {total} answers differ, one is {wrong[0]}")


@CHECKS.must("Headers that the container does not know change nothing", pages.HOSTING)
def unknown_headers_are_ignored(server: Server) -> None:
    """SageMaker adds headers of its own, and more of them as it grows."""
    headers = {
        "X-Amzn-SageMaker-Custom-Attributes": "trace-id=1",
        "X-Amzn-SageMaker-Not-Yet-Invented": "1",
    }
    plain, answer = server.expected(), server.invoke(headers=headers)
    if (answer.status, answer.body) != (plain.status, plain.body):
        raise Violation(f"with unknown headers the example is answered {answer.shown}")


@CHECKS.should("/execution-parameters answers with JSON, or not at all", pages.BATCH)
def execution_parameters_are_json(server: Server) -> None:
    """Batch transform asks for it before it begins; an error there fails the job."""
    answer = server.address.ask("GET", "/execution-parameters", seconds=server.terms.answer_seconds)
    if answer.status >= 500:
        raise Violation(f"GET /execution-parameters is answered {answer.shown}")
    if answer.status == 200 and not answer.body.lstrip().startswith(b"{"):
        raise Violation(f"GET /execution-parameters is answered {answer.shown}")


def _slowest_connection(server: Server) -> float:
    """Open many connections before any of them says something; the longest one, in seconds."""
    seconds = server.terms.connect_seconds
    slowest = 0.0
    opened = []
    try:
        for _ in range(_CLIENTS):
            began = time.monotonic()
            where = (server.address.host, server.address.port)
            opened.append(socket.create_connection(where, 2 * seconds))
            slowest = max(slowest, time.monotonic() - began)
    except OSError:
        return 2 * seconds
    finally:
        for one in opened:
            one.close()
    return slowest


def _invoke_quietly(server: Server) -> None:
    # What these requests get is another check's business.
    try:
        server.invoke()
    except Violation:
        return
