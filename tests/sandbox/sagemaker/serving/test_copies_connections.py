"""How a variant is asked over its connections, and how it ends."""

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.sagemaker.serving.copies import ContainerResponse
from sandbox.state import context
from tests.sandbox.sagemaker.serving.copy_made import Child, Connection, make_copy

ANSWER = ContainerResponse(200, {"content-type": "text/csv"}, b"body")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(folder=tmp_path))
    yield


@pytest.mark.parametrize(
    ("answer", "healthy"),
    [
        (200, True),
        (204, False),
        (503, False),
        (ConnectionRefusedError(), False),
        (http.client.HTTPException(), False),
    ],
)
def test_only_200_is_healthy(answer: Any, healthy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection(answer)
    monkeypatch.setattr(http.client, "HTTPConnection", lambda *given: connection)

    assert make_copy()._ping() is healthy
    assert connection.closed == 1


def test_a_bug_of_a_ping_is_not_told_as_an_unhealthy_variant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http.client, "HTTPConnection", lambda *given: Connection(KeyError()))

    with pytest.raises(KeyError):
        make_copy()._ping()


def test_a_connection_is_used_again_unless_the_container_closes_it() -> None:
    one = make_copy()
    kept, closing = Connection(200), Connection(200, will_close=True)

    one._idle = [closing]
    assert one.invoke(b"", {}) == ANSWER
    assert (one._idle, closing.closed) == ([], 1)
    one._connect = lambda: kept
    one.invoke(b"", {})
    assert (one._idle, kept.closed) == ([kept], 0)
    one._connect = None
    assert one.invoke(b"", {}) == ANSWER


@pytest.mark.parametrize("error", [ConnectionResetError(), http.client.BadStatusLine("")])
def test_a_connection_that_went_idle_too_long_is_replaced(error: Exception) -> None:
    one, old, fresh = make_copy(), Connection(error), Connection(200)
    one._idle, one._connect = [old, Connection(error)], lambda: fresh

    assert one.invoke(b"", {}) == ANSWER
    assert (old.closed, one._idle) == (1, [fresh])


@pytest.mark.parametrize("error", [TimeoutError(), KeyError("a bug")])
def test_a_request_that_was_not_answered_in_time_is_not_sent_again(error: Exception) -> None:
    one, old = make_copy(), Connection(error)
    one._idle, one._connect = [old], lambda: Connection(200)

    with pytest.raises(type(error)):
        one.invoke(b"", {})
    assert old.closed == 1


def test_a_variant_ends_after_the_requests_on_the_way() -> None:
    one, idle = make_copy(), Connection(200)
    one._child, one._idle = Child(), [idle]
    one.acquire()
    ending = threading.Thread(target=one.end)
    ending.start()
    assert one._child.did == []

    one.release()
    ending.join(10)

    assert one._child.did == ["stop 30"]
    assert (idle.closed, one._leaving) == (1, True)


def test_a_variant_that_is_let_go_ends_at_once() -> None:
    one, idle = make_copy(), Connection(200)
    one._child, one._idle = Child(), [idle]
    one.acquire()

    one.abandon()

    assert (one._child.did, idle.closed, one._leaving) == (["kill"], 1, True)
    make_copy().abandon()
    make_copy().end()
