"""Values that JSON has no word for, each written as a list of a word and its text."""

from __future__ import annotations

import base64
import ipaddress
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path, PosixPath, PurePosixPath
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.saving import classes
from sandbox.state import context

PLAIN = (type(None), bool, int, float, str)
"""Kinds that JSON has a word for."""

_LOCKS: dict[str, Callable[[], Any]] = {
    "Lock": threading.Lock,
    "RLock": threading.RLock,
    "Condition": threading.Condition,
    "Event": threading.Event,
}
_LOCK_OF = {type(make()): word for word, make in _LOCKS.items()}
_PRIVATE_KEYS = (RSAPrivateKey, EllipticCurvePrivateKey)


def _folder() -> Path:
    return context.current().folder.resolve()


def _write_path(path: Path) -> str:
    return path.resolve().relative_to(_folder()).as_posix()


def _read_path(text: str) -> Path:
    pure = PurePosixPath(text)
    if pure.is_absolute() or ".." in pure.parts:
        raise ValueError("a path that leaves the folder")
    return _folder() / pure


def _write_private_key(key: Any) -> str:
    form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8)
    return base64.b64encode(key.private_bytes(*form, serialization.NoEncryption())).decode()


def _read_private_key(text: str) -> Any:
    key = serialization.load_der_private_key(_bytes(text), None)
    if not isinstance(key, _PRIVATE_KEYS):
        raise ValueError(f"a key of the kind {type(key).__name__}")
    return key


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


_WORDS: dict[type, str] = {
    bytes: "bytes",
    datetime: "datetime",
    date: "date",
    timedelta: "timedelta",
    Decimal: "decimal",
    uuid.UUID: "uuid",
    PosixPath: "path",
    ipaddress.IPv4Address: "address",
    ipaddress.IPv4Network: "network",
    ipaddress.IPv6Network: "network",
}
_WRITERS: dict[str, Callable[[Any], str]] = {
    "bytes": lambda value: base64.b64encode(value).decode(),
    "datetime": datetime.isoformat,
    "date": date.isoformat,
    "timedelta": lambda value: str(value / timedelta(microseconds=1)),
    "decimal": str,
    "uuid": str,
    "path": _write_path,
    "address": str,
    "network": str,
}
_READERS: dict[str, Callable[[str], Any]] = {
    "bytes": _bytes,
    "datetime": lambda text: _utc(datetime.fromisoformat(text)),
    "date": date.fromisoformat,
    "timedelta": lambda text: timedelta(microseconds=float(text)),
    "decimal": Decimal,
    "uuid": uuid.UUID,
    "path": _read_path,
    "address": ipaddress.IPv4Address,
    "network": ipaddress.ip_network,
    "private key": _read_private_key,
    "lock": lambda text: _LOCKS[text](),
}


def _utc(moment: datetime) -> datetime:
    # dateutil and botocore have zones of their own for the same thing.
    is_utc = moment.tzinfo is not None and moment.utcoffset() == timedelta()
    return moment.astimezone(UTC) if is_utc else moment


def write(value: Any) -> list[str] | None:
    """Return what stands for a value of these kinds; None for one of any other kind.

    ValueError for a path outside the sandbox's folder.
    """
    kind = type(value)
    if kind in _WORDS:
        return [_WORDS[kind], _WRITERS[_WORDS[kind]](value)]
    if kind in _LOCK_OF:
        return ["lock", _LOCK_OF[kind]]
    if isinstance(value, _PRIVATE_KEYS):
        return ["private key", _write_private_key(value)]
    if isinstance(value, Enum) and classes.name_of(kind) in classes.enumerations():
        return ["member", classes.name_of(kind), value.name]
    return None


def is_word(word: str) -> bool:
    """Return whether a list that begins with `word` stands for one of these values."""
    return word in _READERS or word == "member"


def read(written: list[Any]) -> Any:
    """Return the value that was written; ValueError, TypeError or KeyError for one that is none."""
    word, *rest = written
    if not all(type(one) is str for one in rest):
        raise ValueError("not a text")
    if word == "member":
        name, member = rest
        if name not in classes.enumerations():
            raise KeyError(name)
        return classes.import_class(name)[member]  # type: ignore[index]
    (text,) = rest
    return _READERS[word](text)
