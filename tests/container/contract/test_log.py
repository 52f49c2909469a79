import contextlib
import json
import os
import select
from collections.abc import Callable, Iterator

from container.contract.log import log_event

Read = Callable[[], bytes]


@contextlib.contextmanager
def pipe() -> Iterator[Read]:
    """Standard error as a pipe, and what reads all that is in it."""
    read, write = os.pipe()
    before = os.dup(2)
    os.dup2(write, 2)
    os.set_blocking(read, False)
    try:
        yield lambda: os.read(read, 1 << 20)
    finally:
        os.dup2(before, 2)
        for number in (read, write, before):
            os.close(number)


def test_an_event_is_one_line_whatever_it_says() -> None:
    said = 'x\n{"event": "ready"}\r\x1b[31m\x00 ünï'

    with pipe() as read:
        log_event("refused", {"error": said})
        line = read()

    assert line.count(b"\n") == 1
    assert line.isascii()
    assert b"\x1b" not in line
    assert json.loads(line)["error"] == said


def test_a_line_is_short_enough_for_a_pipe_to_take_it_whole() -> None:
    stack = "\n".join(f"  File {number}\x1b" for number in range(9_000)) + "\nKeyError: 'plan'"

    with pipe() as read:
        log_event("error", {"id": "abc", "path": "/x" * 30_000, "stack": stack})
        line = read()

    assert len(line) <= select.PIPE_BUF
    event = json.loads(line)
    assert event["id"] == "abc"
    assert event["stack"].endswith("KeyError: 'plan'")


def test_lines_that_find_no_room_are_counted_and_nobody_waits() -> None:
    with pipe() as read:
        for _ in range(3_000):
            log_event("refused", {"error": "x" * 100})
        written = read().count(b"\n")
        log_event("refused")
        log_event("refused")
        first, second = read().splitlines()

    assert json.loads(first)["lines_lost_before"] == 3_000 - written > 0
    assert "lines_lost_before" not in json.loads(second)
