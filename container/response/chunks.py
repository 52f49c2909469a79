"""Writes long answers some rows at a time: other threads run in between, and little is held."""

from collections.abc import Callable
from dataclasses import dataclass

from container.formats.media import Format
from container.response.response_body import ResponseBody

# Written down, each number takes some twenty bytes, and some hundred as Python's objects.
_CHUNK_NUMBERS = 50_000


@dataclass(frozen=True)
class Frame:
    """What stands before, between and after the rows of an answer."""

    head: bytes = b""
    between: bytes = b""
    tail: bytes = b""


LINES = Frame()
LINES_WITHOUT_END = Frame(between=b"\n")
ONE_LINE = Frame(between=b",")
ARRAY = Frame(b"[", b", ", b"]")
PREDICTIONS = Frame(b'{"predictions": [', b", ", b"]}")


def default_frame(accept: Format) -> Frame:
    """That of an answer in one of the formats, if nothing else was asked for."""
    return PREDICTIONS if accept is Format.JSON else LINES


def write_in_chunks(
    write: Callable[[slice], ResponseBody], rows: int, numbers_per_row: int, frame: Frame
) -> ResponseBody:
    """What `write` makes of all rows, from what it makes of some of them."""
    step = max(_CHUNK_NUMBERS // numbers_per_row, 1)
    if rows <= step:
        return write(slice(None))
    bodies = []
    for start in range(0, rows, step):
        piece = write(slice(start, start + step))
        bodies.append(piece.body.removeprefix(frame.head).removesuffix(frame.tail))
    # Joined once: a long answer is in memory twice, and no more.
    bodies[0] = frame.head + bodies[0]
    bodies[-1] += frame.tail
    return ResponseBody(frame.between.join(bodies), piece.content_type)
