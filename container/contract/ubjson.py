"""UBJSON validation: is a document complete, and where are its members?

XGBoost itself may crash on a document that was cut off.
"""

import struct

_SIZES = {
    **dict.fromkeys(b"ZNTF", 0),
    **dict.fromkeys(b"iUC", 1),
    ord("I"): 2,
    **dict.fromkeys(b"ld", 4),
    **dict.fromkeys(b"LD", 8),
}
_INTEGERS = {ord("i"): ">b", ord("U"): ">B", ord("I"): ">h", ord("l"): ">i", ord("L"): ">q"}
_DEEPEST = 64


def members(content: bytes) -> dict[str, slice]:
    """Return the members of the outermost object; raises ValueError when it is not whole."""
    if content[:1] != b"{":
        raise ValueError("it is no object")
    try:
        return _object(content, 1, 0)[0]
    except (IndexError, struct.error) as error:
        raise ValueError("it ends too early") from error


def _object(content: bytes, start: int, depth: int) -> tuple[dict[str, slice], int]:
    """Return the members of the object whose content begins at `start`, and where it ends."""
    found: dict[str, slice] = {}
    position = start
    while content[position] != ord("}"):
        begin, end = _text(content, position)
        position = _after(content, end, depth + 1)
        found[content[begin:end].decode(errors="replace")] = slice(end, position)
    return found, position + 1


def _after(content: bytes, start: int, depth: int) -> int:
    """Return where the value that begins at `start` ends."""
    marker, position = content[start], start + 1
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if marker == ord("{"):
        return _object(content, position, depth)[1]
    if marker == ord("["):
        return _after_array(content, position, depth)
    if marker == ord("S"):
        return _text(content, position)[1]
    if marker not in _SIZES:
        raise ValueError(f"byte {start} begins no value")
    return _inside(content, position + _SIZES[marker])


def _after_array(content: bytes, start: int, depth: int) -> int:
    position, kind = start, None
    if content[position] == ord("$"):
        kind, position = content[position + 1], position + 2
    if content[position] != ord("#"):
        if kind is not None:
            # A type needs a count: https://ubjson.org/type-reference/container-types/
            raise ValueError(f"byte {start} begins no array")
        while content[position] != ord("]"):
            position = _after(content, position, depth + 1)
        return position + 1
    count, position = _count(content, position + 1)
    if kind is not None:
        if kind not in _SIZES:
            raise ValueError(f"byte {start} begins no array")
        return _inside(content, position + count * _SIZES[kind])
    for _ in range(count):
        position = _after(content, position, depth + 1)
    return position


def _text(content: bytes, start: int) -> tuple[int, int]:
    length, begin = _count(content, start)
    return begin, _inside(content, begin + length)


def _count(content: bytes, start: int) -> tuple[int, int]:
    """Return a whole number from 0 up, and where it ends."""
    marker = content[start]
    if marker not in _INTEGERS:
        raise ValueError(f"byte {start} begins no length")
    (value,) = struct.unpack_from(_INTEGERS[marker], content, start + 1)
    if value < 0:
        raise ValueError(f"byte {start} begins a negative length")
    return value, start + 1 + _SIZES[marker]


def _inside(content: bytes, position: int) -> int:
    if position > len(content):
        raise ValueError("it ends too early")
    return position
