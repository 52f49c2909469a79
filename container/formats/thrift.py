"""Thrift's compact protocol, as far as Parquet uses it, with a limit on the values read."""

from collections.abc import Sequence
from typing import Any

INT, BINARY, LIST, STRUCT = 6, 8, 9, 12

_TRUE, _FALSE, _BYTE, _DOUBLE, _SET = 1, 2, 3, 7, 10
_WHOLE = (4, 5, INT)
_MAX_DEPTH = 12
_I32 = 5


class ThriftError(ValueError):
    """Bytes that are no struct, or one that is too large to be read."""


class ThriftReader:
    """Reads structs as dictionaries by the numbers of their fields.

    `budget` bounds how many values are read: every value may be an object of its own.
    """

    def __init__(self, content: bytes, position: int, end: int, budget: int) -> None:
        self._content = content
        self._end = end
        self._budget = budget
        self.position = position

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """Return the struct at `position`, which then is behind it; raises ThriftError."""
        if depth > _MAX_DEPTH:
            raise ThriftError("nested too deeply")
        fields: dict[int, Any] = {}
        number = 0
        while byte := self._byte():
            delta, kind = divmod(byte, 16)
            number = number + delta if delta else self._signed()
            fields[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        self._budget -= 1
        if self._budget < 0:
            raise ThriftError("too many values")
        if kind in _WHOLE:
            return self._signed()
        if kind == STRUCT:
            return self.struct(depth + 1)
        if kind in (LIST, _SET):
            return self._list(depth + 1)
        if kind == BINARY:
            return self._bytes(self._varint())
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._byte()
        if kind == _DOUBLE:
            return self._bytes(8)
        raise ThriftError("an unknown type")

    def _list(self, depth: int) -> list[Any]:
        if depth > _MAX_DEPTH:
            raise ThriftError("nested too deeply")
        size, kind = divmod(self._byte(), 16)
        size = self._varint() if size == 15 else size
        return [self._value(kind, depth) for _ in range(size)]

    def _signed(self) -> int:
        number = self._varint()
        return number >> 1 ^ -(number & 1)

    def _varint(self) -> int:
        number = shift = 0
        while (byte := self._byte()) > 127:
            number |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise ThriftError("too long a number")
        return number | byte << shift

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _bytes(self, count: int) -> bytes:
        start = self.position
        if count > self._end - start:
            raise ThriftError("ends too early")
        self.position += count
        return self._content[start : self.position]


def write_struct(fields: Sequence[tuple[int, int, Any]]) -> bytes:
    """Return a struct of (number, kind, value), of which those without a value (None) are left out.

    A list holds whole numbers, or bytes as `write_struct` returned them or as text.
    """
    written = bytearray()
    before = 0
    for number, kind, value in fields:
        if value is not None:
            written.append((number - before) << 4 | kind)
            written += _written(kind, value)
            before = number
    written.append(0)
    return bytes(written)


def write_list(kind: int, values: Sequence[Any]) -> bytes:
    """Return a list of values of one kind."""
    return (
        bytes([0xF0 | kind])
        + _number(len(values))
        + b"".join(_written(kind, value) for value in values)
    )


def _written(kind: int, value: Any) -> bytes:
    if kind in _WHOLE:
        return _number(value << 1 if value >= 0 else (-value << 1) - 1)
    if kind == BINARY:
        return _number(len(value)) + bytes(value)
    # A struct or a list is written already.
    return bytes(value)


def _number(value: int) -> bytes:
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)
