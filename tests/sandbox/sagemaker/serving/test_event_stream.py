"""A streamed answer reaches botocore piece by piece, and says when it breaks."""

import http.client
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer

from sandbox.sagemaker.serving.event_stream import Events


class Answer:
    """A response of a container whose pieces come so; an exception breaks it."""

    status = 200

    def __init__(self, pieces: Iterable[bytes | Exception], missing: int | None = None) -> None:
        self.pieces, self.length, self.closed = list(pieces), missing, 0

    def read1(self, most: int) -> bytes:
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, Exception):
            raise piece
        if piece[most:]:
            self.pieces.insert(0, piece[most:])
        return piece[:most]

    def close(self) -> None:
        self.closed += 1


def events(answer: Answer) -> tuple[Any, list[int]]:
    counted: list[int] = []
    connection: Any = SimpleNamespace(close=lambda: None)
    made: Any = answer
    return Events(connection, made, counted.append), counted


def decoded(content: bytes) -> list[dict[str, Any]]:
    buffer = EventStreamBuffer()
    buffer.add_data(content)
    return [event.to_response_dict() for event in buffer]


def test_each_piece_is_an_event_of_its_own() -> None:
    made, counted = events(answer := Answer([b"one", b"\x00two"]))

    found = [decoded(message) for message in made]
    made.close()
    made.close()

    assert [event["body"] for (event,) in found] == [b"one", b"\x00two"]
    assert {event["headers"][":event-type"] for (event,) in found} == {"PayloadPart"}
    assert (counted, answer.closed > 0) == ([200], True)


def test_a_piece_of_more_than_64_kib_is_several_events() -> None:
    made, _ = events(Answer([b"x" * 150_000]))

    assert [len(event["body"]) for event in decoded(b"".join(made))] == [65_536, 65_536, 18_928]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TimeoutError(), "ModelInvocationTimeExceeded"),
        (ConnectionResetError(), "StreamBroken"),
        (http.client.IncompleteRead(b""), "StreamBroken"),
    ],
)
def test_an_answer_that_breaks_ends_in_an_error_with_its_code(error: Exception, code: str) -> None:
    made, counted = events(Answer([b"one", error]))

    first, last = decoded(b"".join(made))
    made.close()

    assert first["body"] == b"one"
    assert last["headers"][":exception-type"] == "ModelStreamError"
    assert f'"ErrorCode": "{code}"' in last["body"].decode()
    assert counted == [500]


def test_an_answer_that_is_shorter_than_it_said_is_broken() -> None:
    made, _ = events(Answer([b"one"], missing=3))

    *_, last = decoded(b"".join(made))

    assert "StreamBroken" in last["body"].decode()


def test_a_bug_is_not_told_as_a_broken_stream() -> None:
    made, _ = events(Answer([KeyError("a bug")]))

    with pytest.raises(KeyError):
        list(made)


def test_a_caller_that_leaves_before_the_first_piece_is_counted() -> None:
    made, counted = events(answer := Answer([b"one"]))

    made.close()

    assert (counted, answer.closed) == ([200], 1)
