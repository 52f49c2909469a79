"""RecordIO-protobuf framing and records, for channels, requests and responses."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from container.formats.record_message import TENSORS, record_class

Numbers = NDArray[np.float64]

MAGIC = struct.pack("<I", 0xCED7230A)

_HEADER = struct.Struct("<4sI")
# The upper three bits of a length mark a record that continues in another frame.
_MAX_BYTES = 2**29 - 1


class RecordError(ValueError):
    """What is wrong with a frame or a record, as the end of a sentence."""


@dataclass(frozen=True)
class Record:
    """One row: `keys` (None: dense) of `values`, `width` where it is given, label and weight."""

    values: Numbers
    keys: NDArray[np.int64] | None
    width: int | None
    label: float | None
    weight: float | None


def read_frames(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the payloads of all frames of a stream of `size` bytes; raises RecordError.

    A length beyond the end of the stream is an error.
    """
    position = 0
    while position < size:
        header = stream.read(_HEADER.size)
        if len(header) < _HEADER.size or header[:4] != MAGIC:
            raise RecordError("does not begin like a RecordIO frame")
        length = _HEADER.unpack(header)[1]
        padded = (length + 3) // 4 * 4
        position += _HEADER.size + padded
        if length > _MAX_BYTES or position > size:
            raise RecordError("is longer than what was sent, or goes on in another frame")
        payload = stream.read(padded)
        if len(payload) < padded:
            raise RecordError("ends too early")
        yield payload[:length]


def write_frame(payload: bytes) -> bytes:
    """Return one frame around a payload."""
    return _HEADER.pack(MAGIC, len(payload)) + payload + b"\0" * (-len(payload) % 4)


def read_record(payload: bytes) -> Record:
    """Return the row in a payload; raises RecordError. Reads `label["weights"]`, too."""
    from google.protobuf.message import DecodeError

    record = record_class()()
    try:
        record.ParseFromString(payload)
    except DecodeError as error:
        raise RecordError("is not a protobuf record") from error
    if "values" not in record.features:
        raise RecordError('has no features["values"]')
    tensor = _tensor(record.features["values"])
    values = _numbers(tensor)
    width = _width(tensor)
    keys = None
    if len(tensor.keys) or not len(values):
        keys = _keys(tensor, width)
    elif width is not None and width != len(values):
        raise RecordError("has a shape and another number of values, but no keys")
    return Record(values, keys, width, _single(record, "values"), _single(record, "weights"))


def write_record(label: Mapping[str, Sequence[float]]) -> bytes:
    """Serialise a payload with 32-bit tensors as labels, as in responses."""
    record = record_class()()
    for name, values in label.items():
        record.label[name].float32_tensor.values.extend(values)
    written: bytes = record.SerializeToString(deterministic=True)
    return written


def _tensor(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind not in TENSORS:
        raise RecordError("holds no tensor of float32, float64 or int32")
    return getattr(value, kind)


def _numbers(tensor: Any) -> Numbers:
    return np.fromiter(tensor.values, np.float64, len(tensor.values))


def _width(tensor: Any) -> int | None:
    if len(tensor.shape) > 1:
        raise RecordError("has a shape of several dimensions; send one row per record")
    return int(tensor.shape[0]) if len(tensor.shape) else None


def _keys(tensor: Any, width: int | None) -> NDArray[np.int64]:
    if len(tensor.keys) != len(tensor.values):
        raise RecordError("has another number of keys than of values")
    limit = 2**31 if width is None else min(width, 2**31)
    if len(tensor.keys) and max(tensor.keys) >= limit:
        raise RecordError(f"has a key beyond {limit - 1}")
    keys = np.fromiter(tensor.keys, np.int64, len(tensor.keys))
    if len(np.unique(keys)) < len(keys):
        raise RecordError("has a key twice")
    return keys


def _single(record: Any, name: str) -> float | None:
    if name not in record.label:
        return None
    values = _tensor(record.label[name]).values
    if len(values) != 1:
        raise RecordError(f'must have one number in label["{name}"]')
    return float(values[0])
