"""Chunked writing of long response bodies: other threads run in between."""

from dataclasses import dataclass

from container.formats.media import Format

# As text a number takes about 20 bytes, as a Python object about 100.
CHUNK_NUMBERS = 50_000


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


def join_bodies(bodies: list[bytes], frame: Frame) -> bytes:
    """Return one body of the rows of several, each with the frame around it."""
    if len(bodies) == 1:
        return bodies[0]
    inner = [body.removeprefix(frame.head).removesuffix(frame.tail) for body in bodies]
    # Joined once: a long body is in memory twice, and no more.
    bodies.clear()
    inner[0] = frame.head + inner[0]
    inner[-1] += frame.tail
    return frame.between.join(inner)
