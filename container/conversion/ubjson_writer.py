"""Writes documents in UBJSON, with arrays as XGBoost wants them: each of one type."""

import struct
from typing import Any

import numpy as np

_MARKERS = {"float32": b"d", "int32": b"l", "int64": b"L", "uint8": b"U"}


def to_ubjson(value: Any) -> bytes:
    """Dictionaries, lists, arrays, text, and numbers."""
    if isinstance(value, dict):
        members = (_counted(str(name).encode()) + to_ubjson(each) for name, each in value.items())
        return b"{" + b"".join(members) + b"}"
    if isinstance(value, str):
        return b"S" + _counted(value.encode())
    if isinstance(value, np.ndarray):
        content = value.astype(value.dtype.newbyteorder(">")).tobytes()
        return b"[$" + _MARKERS[value.dtype.name] + b"#" + _count(len(value)) + content
    if isinstance(value, list):
        return b"[#" + _count(len(value)) + b"".join(map(to_ubjson, value))
    if isinstance(value, float):
        return b"d" + struct.pack(">f", value)
    return b"L" + struct.pack(">q", value)


def _counted(content: bytes) -> bytes:
    return _count(len(content)) + content


def _count(number: int) -> bytes:
    return b"L" + struct.pack(">q", number)
