"""Records of an input object by SplitType, and the mini-batches that they are sent in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

T = TypeVar("T")

_RECORDIO_MAGIC = 0xCED7230A
_RECORDIO_HEADER = 8
_TFRECORD_HEADER, _TFRECORD_FOOTER = 12, 4


class SplitError(Exception):
    """Data that is not in the format of SplitType; the text is one line."""


class Record(NamedTuple):
    """One record: its bytes as they lie in the object, and its data without framing."""

    framed: bytes
    data: bytes


def split(content: bytes, split_type: str) -> Iterator[Record]:
    """Yield the records of an object; raises SplitError."""
    return _SPLITTERS[split_type](content)


def _whole(content: bytes) -> Iterator[Record]:
    yield Record(content, content)


def _lines(content: bytes) -> Iterator[Record]:
    """Yield each line; an empty one is no record, and the last may lack its newline."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start) + 1 or len(content)
        line = content[start:end]
        if data := line.rstrip(b"\r\n"):
            yield Record(line, data)
        start = end


def _recordio(content: bytes) -> Iterator[Record]:
    """Yield the records of MXNet's RecordIO; one in several parts is put together.

    A part: magic number, three bits of flag (0 whole, 1 first, 2 middle, 3 last) and 29 of length,
    data, padding to four bytes: mxnet.apache.org/versions/1.9.1/api/architecture/note_data_loading.
    """
    position = 0
    while position < len(content):
        begun, parts, flag = position, [], 1
        while flag in (1, 2):
            magic, word = _numbers(content, position, 4, 4, name="RecordIO")
            if magic != _RECORDIO_MAGIC:
                raise SplitError(f"no RecordIO record begins at byte {position}")
            flag, length = word >> 29, word & (1 << 29) - 1
            start = position + _RECORDIO_HEADER
            parts.append(_cut(content, start, length, name="RecordIO"))
            position = start + (length + 3) // 4 * 4
        # Where data holds the magic number, it is cut there and the number left out.
        data = _RECORDIO_MAGIC.to_bytes(4, "little").join(parts)
        yield Record(content[begun:position], data)


def _tfrecord(content: bytes) -> Iterator[Record]:
    """Yield the records of TFRecord: length, its checksum, data, its checksum.

    www.tensorflow.org/tutorials/load_data/tfrecord; checksums are passed on, not compared.
    """
    position = 0
    while position < len(content):
        (length,) = _numbers(content, position, 8, name="TFRecord")
        start = position + _TFRECORD_HEADER
        data = _cut(content, start, length + _TFRECORD_FOOTER, name="TFRecord")[:length]
        end = start + length + _TFRECORD_FOOTER
        yield Record(content[position:end], data)
        position = end


def _numbers(content: bytes, position: int, *sizes: int, name: str) -> list[int]:
    found = []
    for size in sizes:
        found.append(int.from_bytes(_cut(content, position, size, name=name), "little"))
        position += size
    return found


def _cut(content: bytes, start: int, length: int, *, name: str) -> bytes:
    if start + length > len(content):
        raise SplitError(f"the last {name} record is not whole")
    return content[start : start + length]


_SPLITTERS: dict[str, Callable[[bytes], Iterator[Record]]] = {
    "None": _whole,
    "Line": _lines,
    "RecordIO": _recordio,
    "TFRecord": _tfrecord,
}


class Oversized(Exception):
    """A record that MaxPayloadInMB does not let through; `size` is its bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


def batch(
    records: Iterable[T], size: Callable[[T], int], limit: int | None, *, single: bool
) -> Iterator[list[T]]:
    """Yield mini-batches of at most `limit` bytes, of one record each if `single`.

    Raises Oversized for a record that is larger; with None as limit there is none.
    """
    waiting: list[T] = []
    total = 0
    for record in records:
        bytes_of = size(record)
        if limit is not None and bytes_of > limit:
            raise Oversized(bytes_of)
        if waiting and (single or (limit is not None and total + bytes_of > limit)):
            yield waiting
            waiting, total = [], 0
        waiting.append(record)
        total += bytes_of
    if waiting:
        yield waiting
