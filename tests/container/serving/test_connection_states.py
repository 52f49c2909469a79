"""A connection without a network: what it writes, when it waits, and when it ends."""

import asyncio
from collections.abc import Callable

import pytest

from container.serving import connection
from tests.container.support.connections import HEAD, ONE, Line, in_a_loop, pending


def idle() -> Line:
    return Line()


def in_request() -> Line:
    return Line().receive(HEAD)


def rejected() -> Line:
    return Line().receive(b"NONSENSE\r\n\r\n")


def slow() -> Line:
    line = Line()
    line.connection.pause_writing()
    return line


def slow_no_more() -> Line:
    line = slow()
    line.connection.resume_writing()
    return line


def drained() -> Line:
    line = Line(later=True).receive(ONE)
    line.connection.drain()
    return line


def drained_and_slow() -> Line:
    line = in_request()
    line.connection.drain()
    line.receive(b"\r\n")
    line.connection.pause_writing()
    return line


def drained_and_answered() -> Line:
    line = in_request()
    line.connection.drain()
    return line.receive(b"\r\n")


@pytest.mark.parametrize(
    ("state", "seconds", "calls"),
    [
        (idle, 75, []),
        (idle, 75.1, ["close"]),
        (in_request, 30, []),
        (in_request, 30.1, ["eof"]),
        (pending, 1000, []),
        (rejected, 60, ["eof"]),
        (rejected, 60.1, ["eof", "abort"]),
        (slow, 60, []),
        (slow, 60.1, ["abort"]),
        (slow_no_more, 60.1, []),
        (slow_no_more, 75.1, ["close"]),
        (drained, 1000, []),
        (drained_and_answered, 1, ["eof"]),
        (drained_and_answered, 1.1, ["eof", "close"]),
        (drained_and_slow, 1.1, ["eof"]),
        (drained_and_slow, 60.1, ["eof", "abort"]),
    ],
)
@in_a_loop
async def test_a_connection_ends_when_it_was_quiet_for_longer_than_its_state_allows(
    state: Callable[[], Line], seconds: float, calls: list[str]
) -> None:
    line = state()

    line.connection.check(seconds)

    assert line.transport.calls == calls


@in_a_loop
async def test_a_request_that_came_too_slowly_is_told_so() -> None:
    line = in_request()

    line.connection.check(31)

    assert line.statuses == [408]
    assert b"connection: close" in line.transport.sent


@in_a_loop
async def test_a_request_has_its_time_from_its_first_byte_to_its_last() -> None:
    line = Line()
    line.now = 10
    line.receive(b"POST /invoc")
    line.now = 35
    line.receive(b"ations HTTP/1.1\r\nhost: x\r\n")

    line.connection.check(40)
    assert line.statuses == []
    line.connection.check(40.1)
    assert line.statuses == [408]


@in_a_loop
async def test_a_connection_is_idle_from_its_last_response_on() -> None:
    line = Line()
    line.now = 50
    line.receive(ONE)

    line.connection.check(125)
    assert line.transport.calls == []
    line.connection.check(125.1)
    assert line.transport.calls == ["close"]


@pytest.mark.parametrize(
    ("state", "calls"),
    [
        (idle, ["close"]),
        (in_request, []),
        (pending, []),
        (rejected, ["eof", "close"]),
    ],
)
@in_a_loop
async def test_a_stop_closes_what_has_nothing_to_wait_for(
    state: Callable[[], Line], calls: list[str]
) -> None:
    line = state()

    line.connection.drain()

    assert line.transport.calls == calls


@in_a_loop
async def test_what_was_asked_before_a_stop_is_answered_and_says_that_it_closes() -> None:
    line = drained()

    await line.answer()

    assert line.statuses == [200]
    assert b"connection: close" in line.transport.sent
    assert line.transport.calls == ["eof"]


@pytest.mark.parametrize(("target", "calls"), [(b"/x?close", ["eof"]), (b"/x?open", [])])
@in_a_loop
async def test_a_response_may_close_its_connection(target: bytes, calls: list[str]) -> None:
    line = Line().receive(b"GET " + target + b" HTTP/1.1\r\n\r\n")

    assert line.statuses == [200]
    assert (b"connection: close" in line.transport.sent) is bool(calls)
    assert line.transport.calls == calls


@in_a_loop
async def test_nothing_is_written_to_a_client_that_has_gone() -> None:
    line = pending()
    line.transport.close()

    await line.answer()

    assert line.transport.sent == b""


@pytest.mark.parametrize(
    ("state", "stays"), [(idle, False), (in_request, False), (pending, True), (rejected, False)]
)
@in_a_loop
async def test_a_client_that_sends_no_more_still_gets_what_is_pending(
    state: Callable[[], Line], stays: bool
) -> None:
    assert state().connection.eof_received() is stays


@in_a_loop
async def test_requests_that_wait_are_kept_for_a_client_that_sends_no_more() -> None:
    line = pending().receive(ONE)

    assert line.connection.eof_received()
    await line.answer()

    assert line.statuses == [200, 200]


@pytest.mark.parametrize(
    ("state", "told"), [(idle, False), (in_request, True), (pending, True), (rejected, False)]
)
def test_a_client_that_leaves_with_something_pending_is_logged(
    state: Callable[[], Line], told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    monkeypatch.setattr(connection, "log_event", lambda event, _=None: events.append(event))

    @in_a_loop
    async def leave() -> None:
        line = state()
        assert line.open == {line.connection}
        line.connection.connection_lost(None)
        assert line.open == set()

    leave()

    assert ("client disconnected" in events) is told


@in_a_loop
async def test_the_requests_of_a_client_that_left_are_dropped() -> None:
    line = pending().receive(ONE + ONE)

    line.connection.connection_lost(None)
    await line.answer()

    assert line.statuses == [200]


@in_a_loop
async def test_a_stop_may_cancel_what_is_pending() -> None:
    line = pending()
    task = next(task for task in asyncio.all_tasks() if task is not asyncio.current_task())

    line.connection.cancel_task()
    await asyncio.sleep(0)

    assert task.cancelled()
    idle().connection.cancel_task()
