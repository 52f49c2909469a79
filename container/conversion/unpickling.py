"""Restricted unpickling: only text, numbers and byte strings are created.

A pickle is a program. This reader allows the few names that XGBoost's own pickles use, replaces
each by a stand-in that runs no foreign code, and rejects all others.
"""

import io

# Untrusted pickles are the purpose of this file; see the class for how that is safe.
import pickle  # nosec B403
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from container.contract.errors import InputError

_BOOSTERS = {("xgboost.core", "Booster"), ("xgboost", "Booster")}
# The first name as Python 2 writes it, and Python 3 in a pickle that Python 2 can read.
_BYTES = {("__builtin__", "bytearray"), ("builtins", "bytearray"), ("_codecs", "encode")}
_NUMBERS = {("numpy", "dtype")} | {
    (module, "scalar") for module in ("numpy.core.multiarray", "numpy._core.multiarray")
}


class _Booster:
    """Stands in for XGBoost's: it keeps the state that XGBoost would have opened."""

    # A pickle makes objects without __init__.
    state: Mapping[str, Any] = MappingProxyType({})

    def __setstate__(self, state: object) -> None:
        self.state = state if isinstance(state, dict) else {}


def _bytes(content: object = b"", *_: object) -> bytes:
    """Replace bytearray(bytes), bytearray(text, "latin-1") and _codecs.encode of older pickles."""
    if isinstance(content, str):
        return content.encode("latin-1")
    if not isinstance(content, bytes | bytearray):
        raise pickle.UnpicklingError("a byte string made of something else")
    return bytes(content)


class _Number:
    """Stands in for a number of numpy, such as the best score: a model does not need it."""

    def __init__(self, *_: object) -> None: ...

    def __setstate__(self, state: object) -> None: ...


class _RestrictedUnpickler(pickle.Unpickler):
    """Finds a stand-in for each name that XGBoost's pickles use, and none for any other."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _BOOSTERS:
            return _Booster
        if (module, name) in _BYTES:
            return _bytes
        if (module, name) in _NUMBERS:
            return _Number
        raise pickle.UnpicklingError(f"it names {module}.{name}")

    def persistent_load(self, pid: object) -> Any:
        raise pickle.UnpicklingError("it refers to something outside")


def state_of_booster(content: bytes) -> Mapping[str, Any]:
    """Return the state in a pickle of a Booster; raises InputError for any other pickle."""
    try:
        found = _RestrictedUnpickler(io.BytesIO(content)).load()
    except Exception as error:
        # A hostile pickle may raise anything.
        raise InputError(
            f"not a pickle of an XGBoost Booster: {type(error).__name__}: {error}"
        ) from error
    state = found.state if isinstance(found, _Booster) else {}
    handle = state.get("handle")
    # Protocol 5 has byte arrays of its own.
    if not isinstance(handle, bytes | bytearray):
        raise InputError("not a pickle of an XGBoost Booster: it holds no model")
    return {**state, "handle": bytes(handle)}
