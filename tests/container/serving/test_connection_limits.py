"""How much a connection takes: headers, bodies, requests that wait, and what comes too late."""

import json

import pytest

from tests.container.support.connections import HEAD, ONE, Line, in_a_loop, pending

FULL = HEAD + b"content-length: 100\r\n\r\n" + b"1" * 100


def chunked(*pieces: bytes) -> bytes:
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return HEAD + b"transfer-encoding: chunked\r\n\r\n" + body + b"0\r\n\r\n"


def headers(count: int) -> bytes:
    return b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * count + b"\r\n"


def header_of(length: int) -> bytes:
    """A request whose target and header have so many bytes."""
    return b"GET / HTTP/1.1\r\na: " + b"b" * (length - 2) + b"\r\n\r\n"


def target_of(length: int) -> bytes:
    return b"GET /" + b"a" * (length - 1) + b" HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (FULL, 200),
        (HEAD + b"content-length: 101\r\n\r\n", 413),
        (chunked(b"1" * 60, b"2" * 40), 200),
        (chunked(b"1" * 60, b"2" * 41), 413),
        (headers(200), 200),
        (headers(201), 431),
        (header_of(65_536), 200),
        (header_of(65_537), 431),
        (target_of(65_536), 200),
        (target_of(65_537), 431),
        (b"NONSENSE\r\n\r\n", 400),
    ],
)
@in_a_loop
async def test_a_request_is_as_large_as_it_may_be_and_no_larger(sent: bytes, status: int) -> None:
    line = Line().receive(sent)

    assert line.statuses == [status]
    assert line.transport.calls == ([] if status == 200 else ["eof"])


@in_a_loop
async def test_a_refusal_says_what_is_wrong_and_repeats_the_id_of_the_client() -> None:
    line = Line().receive(HEAD + b"x-request-id: mine\r\ncontent-length: 101\r\n\r\n")

    document = json.loads(line.transport.sent.partition(b"\r\n\r\n")[2])

    assert document == {"error": "the body has over 100 bytes; send it in parts", "id": "mine"}


@in_a_loop
async def test_each_request_begins_without_what_the_one_before_had() -> None:
    line = Line()

    for _ in range(3):
        line.receive(headers(199)).receive(FULL).receive(header_of(60_000))

    assert line.statuses == [200] * 9


@pytest.mark.parametrize(
    ("expectation", "told"),
    [(b"100-continue", True), (b"100-Continue", True), (b"something", False)],
)
@in_a_loop
async def test_a_client_that_asks_before_it_sends_is_told_to_go_on(
    expectation: bytes, told: bool
) -> None:
    line = Line().receive(HEAD + b"content-length: 1\r\nexpect: " + expectation + b"\r\n\r\n")

    assert line.transport.sent == (b"HTTP/1.1 100 Continue\r\n\r\n" if told else b"")
    assert line.receive(b"1").statuses[-1] == 200


@pytest.mark.parametrize(("waiting", "paused"), [(31, False), (32, True)])
@in_a_loop
async def test_no_more_is_read_while_many_requests_wait(waiting: int, paused: bool) -> None:
    line = pending().receive(ONE * waiting)

    assert ("pause" in line.transport.calls) is paused
    await line.answer()

    assert line.statuses == [200] * (waiting + 1)
    assert line.transport.calls[-1] == "resume"


@pytest.mark.parametrize(("bodies", "paused"), [([FULL], False), ([FULL, ONE], True)])
@in_a_loop
async def test_no_more_is_read_while_large_bodies_wait(bodies: list[bytes], paused: bool) -> None:
    line = pending().receive(b"".join(bodies))

    assert ("pause" in line.transport.calls) is paused


@in_a_loop
async def test_requests_are_answered_one_after_the_other() -> None:
    line = pending().receive(HEAD + b"content-length: 1\r\n\r\n2").receive(b"NONSENSE\r\n\r\n")

    assert line.transport.sent == b""
    await line.answer()

    assert line.statuses == [200, 200, 400]
    assert line.transport.calls[-1] == "eof"


@in_a_loop
async def test_a_refusal_is_written_at_once_where_nothing_is_before_it() -> None:
    assert Line(later=True).receive(b"NONSENSE\r\n\r\n").statuses == [400]


@in_a_loop
async def test_what_comes_after_a_refusal_is_thrown_away_up_to_twice_a_body() -> None:
    line = Line().receive(b"NONSENSE\r\n\r\n")

    line.receive(b"x" * 150).receive(ONE[:50])
    assert line.transport.calls == ["eof"]
    line.receive(b"x")

    assert line.transport.calls == ["eof", "abort"]
    assert line.statuses == [400]


@in_a_loop
async def test_a_client_that_wants_another_protocol_is_answered_and_closed() -> None:
    line = Line().receive(b"GET /ping HTTP/1.1\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n")

    assert line.statuses == [200]
    line.receive(b"GET /ping HTTP/1.1\r\n\r\n")
    assert b"connection: close" in line.transport.sent
