import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from container.serving.connection import ConnectionLimits
from container.serving.messages import Request, Response
from container.serving.server import Server

Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[Any]]
LIMITS = ConnectionLimits(body_bytes=100, idle_seconds=0.3, request_seconds=0.3, write_seconds=0.5)
HEAD = b"POST /invocations HTTP/1.1\r\nhost: x\r\n"


def echo(request: Request) -> Response:
    return Response(200, request.path + b" " + request.body, b"text/plain")


async def echo_later(request: Request) -> Response:
    await asyncio.sleep(0.05)
    return echo(request)


def talk(
    client: Client,
    handler: Callable[[Request], Any] = echo,
    limits: ConnectionLimits = LIMITS,
) -> Any:
    """What `client` returns after talking to a server that answers with `handler`."""

    async def both() -> Any:
        server = Server(handler, limits)
        listener = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(listener, 5))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        try:
            return await asyncio.wait_for(client(reader, writer), 10)
        finally:
            writer.close()
            server.stop()
            await asyncio.wait_for(serving, 10)

    return asyncio.run(both())


def answers_to(sent: bytes, handler: Callable[[Request], Any] = echo) -> bytes:
    """Everything that comes back for these bytes, after which nothing more is sent."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(sent)
        writer.write_eof()
        return await reader.read()

    answer: bytes = talk(client, handler)
    return answer


def statuses(answer: bytes) -> list[int]:
    lines = [line for line in answer.split(b"\r\n") if b"HTTP/1.1 " in line]
    return [int(line.rpartition(b"HTTP/1.1 ")[2].split()[0]) for line in lines]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("container.serving.server._POLL_SECONDS", 0.05)


@pytest.mark.parametrize("handler", [echo, echo_later])
def test_requests_in_one_packet_are_answered_in_order(handler: Callable[[Request], Any]) -> None:
    sent = HEAD + b"content-length: 1\r\n\r\n1" + HEAD + b"content-length: 1\r\n\r\n2"

    answer = answers_to(sent, handler)

    assert statuses(answer) == [200, 200]
    assert answer.index(b"/invocations 1") < answer.index(b"/invocations 2")


def test_requests_in_one_packet_wait_only_as_far_as_memory_allows() -> None:
    """Six bodies as large as they may be: the connection is read on when there is room again."""
    one = HEAD + b"content-length: 100\r\n\r\n" + b"1" * 100

    assert statuses(answers_to(one * 6, echo_later)) == [200] * 6


def test_a_broken_request_behind_a_good_one_is_answered_after_it() -> None:
    answer = answers_to(HEAD + b"content-length: 1\r\n\r\n1NONSENSE\r\n\r\n", echo_later)

    assert statuses(answer) == [200, 400]


def test_a_body_may_come_in_chunks_with_headers_of_any_case() -> None:
    answer = answers_to(HEAD + b"Transfer-ENCODING: chunked\r\n\r\n2\r\n1,\r\n1\r\n2\r\n0\r\n\r\n")

    assert answer.endswith(b"/invocations 1,2")


def test_a_connection_stays_open_for_the_next_request() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[bytes]:
        seen = []
        for number in (b"1", b"2"):
            writer.write(HEAD + b"content-length: 1\r\n\r\n" + number)
            seen.append(await reader.readuntil(b"/invocations " + number))
        return seen

    assert len(talk(client)) == 2


def test_http_1_0_is_answered_and_closed() -> None:
    answer = answers_to(b"GET /ping HTTP/1.0\r\n\r\n")

    assert statuses(answer) == [200]
    assert b"connection: close" in answer


def test_a_sender_that_asks_first_is_told_to_go_on() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(HEAD + b"content-length: 1\r\nexpect: 100-continue\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"7")
        return await reader.readuntil(b"/invocations 7")

    assert b"200" in talk(client)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (HEAD + b"content-length: 5\r\ncontent-length: 6\r\n\r\n", 400),
        (HEAD + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n", 400),
        (HEAD + b"transfer-encoding: chunked\r\n\r\nxyz\r\n", 400),
        (HEAD + b"content-length: 101\r\n\r\n", 413),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n65\r\n" + b"1" * 101, 413),
        (HEAD + b"a: b\r\n" * 2_000 + b"\r\n", 431),
        (HEAD + b"a: " + b"b" * 70_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 431),
    ],
)
def test_what_cannot_be_served_is_refused_once_and_closed(sent: bytes, status: int) -> None:
    answer = answers_to(sent)

    assert statuses(answer) == [status]
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"connection: close" in head
    assert sorted(json.loads(body)) == ["error", "id"]


def test_a_body_that_is_too_long_is_refused_before_it_is_sent() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(HEAD + b"content-length: 99999999\r\n\r\n")
        return await reader.read()

    assert statuses(talk(client)) == [413]


def test_a_request_that_never_ends_is_408() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(HEAD + b"content-length: 9\r\n\r\n1")
        return await reader.read()

    assert statuses(talk(client)) == [408]


def test_a_connection_that_says_nothing_is_closed() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        return await reader.read()

    assert talk(client) == b""


def test_a_receiver_that_never_reads_is_cut_off() -> None:
    answered = asyncio.Event()
    large = Response(200, bytes(50_000_000))

    def answer(request: Request) -> Response:
        answered.set()
        return large

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET /ping HTTP/1.1\r\n\r\n")
        await answered.wait()
        await asyncio.sleep(2)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(len(large.body))

    talk(client, answer)


def test_a_request_to_change_the_protocol_is_answered_without_changing_it() -> None:
    head = b"GET /ping HTTP/1.1\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"

    assert statuses(answers_to(head)) == [200]


def test_when_the_server_stops_what_was_asked_is_answered_and_nothing_else() -> None:
    stopping: list[Server] = []

    async def slow(request: Request) -> Response:
        stopping[0].stop()
        await asyncio.sleep(0.1)
        return echo(request)

    async def both() -> bytes:
        server = Server(slow, LIMITS)
        stopping.append(server)
        listener = socket.create_server(("127.0.0.1", 0))
        address = listener.getsockname()
        serving = asyncio.create_task(server.serve(listener, 5))
        reader, writer = await asyncio.open_connection(*address)
        writer.write(HEAD + b"content-length: 1\r\n\r\n1")
        answer = await reader.read()
        writer.close()
        await asyncio.wait_for(serving, 5)
        with pytest.raises(ConnectionError):
            await asyncio.open_connection(*address)
        return answer

    answer = asyncio.run(both())

    assert statuses(answer) == [200]
    assert b"connection: close" in answer
