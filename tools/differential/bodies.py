"""Rows as bodies and files of each format that the original reads."""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

Row = Sequence[float]
Rows = Sequence[Row]
_MAGIC = 0xCED7230A


def csv(rows: Rows) -> bytes:
    """Return lines of numbers; nothing stands for a missing value."""
    return _lines(",".join("" if value != value else repr(value) for value in row) for row in rows)


def libsvm(rows: Rows) -> bytes:
    """Return lines of `index:value`, counted from 0; a missing value is left out."""
    return _lines(
        " ".join(
            ["0", *(f"{place}:{value!r}" for place, value in enumerate(row) if value == value)]
        )
        for row in rows
    )


def recordio(rows: Rows) -> bytes:
    """Return records that list all values of a row."""
    return b"".join(record({"values": _tensor(row)}) for row in rows)


def sparse_recordio(rows: Rows) -> bytes:
    """Return records that list the values of a row that are not missing, with their places."""
    records = []
    for row in rows:
        kept = [(place, value) for place, value in enumerate(row) if value == value]
        keys = b"".join(_varint(place) for place, _ in kept)
        shape = _field(3, _varint(len(row)))
        tensor = _tensor([value for _, value in kept]) + _field(2, keys) + shape
        records.append(record({"values": tensor}))
    return b"".join(records)


def record(features: Mapping[str, bytes], labels: Mapping[str, bytes] | None = None) -> bytes:
    """Return one framed record with these float32 tensors."""
    payload = b"".join(_entry(1, name, tensor) for name, tensor in features.items())
    payload += b"".join(_entry(2, name, tensor) for name, tensor in (labels or {}).items())
    return struct.pack("<II", _MAGIC, len(payload)) + payload + b"\0" * (-len(payload) % 4)


def labelled_recordio(labels: Row, rows: Rows) -> bytes:
    """Return records of a channel."""
    pairs = zip(labels, rows, strict=True)
    return b"".join(record({"values": _tensor(row)}, {"values": _tensor([y])}) for y, row in pairs)


FORMATS: Mapping[str, tuple[str, Callable[[Rows], bytes]]] = MappingProxyType(
    {
        "csv": ("text/csv", csv),
        "libsvm": ("text/libsvm", libsvm),
        "recordio": ("application/x-recordio-protobuf", recordio),
        "sparse-recordio": ("application/x-recordio-protobuf", sparse_recordio),
    }
)


def _tensor(values: Row) -> bytes:
    """Return the message Float32Tensor with packed values."""
    return _field(1, struct.pack(f"<{len(values)}f", *values))


def _entry(number: int, name: str, tensor: bytes) -> bytes:
    """Return an entry of a map from names to a Value; its second alternative is float32."""
    return _field(number, _field(1, name.encode()) + _field(2, _field(2, tensor)))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found += bytes([value & 127 | 128])
        value >>= 7
    return found + bytes([value])


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
