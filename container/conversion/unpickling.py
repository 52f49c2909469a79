"""The only file here that unpickles, and it makes nothing but text, numbers and byte strings.

A pickle is a program. This reader knows the few names that XGBoost's own pickles use, gives each a
stand-in that runs no code of anybody's, and refuses all others.
"""

import io

# Opening what somebody else made is what this file is for; see the class for how it is safe.
import pickle  # nosec B403
from collections.abc import Mapping
from typing import Any

from container.contract.errors import InputError

_BOOSTERS = {("xgboost.core", "Booster"), ("xgboost", "Booster")}
_MOST_BYTES = 4 * 1024**3


class _Booster:
    """Stands in for XGBoost's: it keeps the state that XGBoost would have opened."""

    def __init__(self) -> None:
        self.state: Mapping[str, Any] = {}

    def __setstate__(self, state: object) -> None:
        self.state = state if isinstance(state, dict) else {}


def _bytes(content: object = b"", *_: object) -> bytes:
    """Stands in for bytearray(bytes), bytearray(text, "latin-1") and _codecs.encode of old."""
    if isinstance(content, str):
        return content.encode("latin-1")
    if not isinstance(content, bytes):
        raise pickle.UnpicklingError("a byte string made of something else")
    return content


def _nothing(*_: object) -> None:
    """Stands in for numbers of numpy, such as the best score: a model does not need them."""


class _Reader(pickle.Unpickler):
    """Finds a stand-in for each name that XGBoost's pickles use, and none for any other."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _BOOSTERS:
            return _Booster
        if (module, name) in {("builtins", "bytearray"), ("_codecs", "encode")}:
            return _bytes
        if module in ("numpy", "numpy.core.multiarray", "numpy._core.multiarray"):
            return _nothing
        raise pickle.UnpicklingError(f"it names {module}.{name}")

    def persistent_load(self, pid: object) -> Any:
        raise pickle.UnpicklingError("it refers to something outside")


def state_of_booster(content: bytes) -> Mapping[str, Any]:
    """What XGBoost put into a pickle of a Booster; raises InputError for any other pickle."""
    try:
        found = _Reader(io.BytesIO(content)).load()
    except Exception as error:
        # A hostile pickle may raise anything.
        raise InputError(
            f"not a pickle of an XGBoost Booster: {type(error).__name__}: {error}"
        ) from error
    handle = found.state.get("handle") if isinstance(found, _Booster) else None
    if not isinstance(handle, bytes) or len(handle) > _MOST_BYTES:
        raise InputError("not a pickle of an XGBoost Booster: it holds no model")
    assert isinstance(found, _Booster)
    return found.state
