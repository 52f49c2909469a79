"""Chunked writing of long response bodies: other threads run in between."""

from collections.abc import Callable
from dataclasses import dataclass

from container.formats.media import Format
from container.response.response_body import ResponseBody

# As text a number takes about 20 bytes, as a Python object about 100.
_CHUNK_NUMBERS = 50_000


@dataclass(frozen=True)
class Frame:
    """The bytes before, between and after the rows of a response body."""

    head: bytes = b""
    between: bytes = b""
    tail: bytes = b""


LINES = Frame()
LINES_WITHOUT_END = Frame(between=b"\n")
ONE_LINE = Frame(between=b",")
ARRAY = Frame(b"[", b", ", b"]")
PREDICTIONS = Frame(b'{"predictions": [', b", ", b"]}")


def default_frame(accept: Format) -> Frame:
    """Return the frame of a plain response body in a format."""
    return PREDICTIONS if accept is Format.JSON else LINES


def write_in_chunks(
    write: Callable[[slice], ResponseBody], rows: int, numbers_per_row: int, frame: Frame
) -> ResponseBody:
    """Return what `write` returns for all rows, calling it with some of them at a time."""
    step = max(_CHUNK_NUMBERS // numbers_per_row, 1)
    if rows <= step:
        return write(slice(None))
    bodies = []
    for start in range(0, rows, step):
        piece = write(slice(start, start + step))
        bodies.append(piece.body.removeprefix(frame.head).removesuffix(frame.tail))
    # Joined once: a long body is in memory twice, and no more.
    bodies[0] = frame.head + bodies[0]
    bodies[-1] += frame.tail
    return ResponseBody(frame.between.join(bodies), piece.content_type)
