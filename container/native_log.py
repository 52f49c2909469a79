"""Log of XGBoost as events: its Python package prints it to standard output, among metric lines."""

import ctypes
import warnings
from typing import Any

from container.contract.log import log_event

_Callback = ctypes.CFUNCTYPE(None, ctypes.c_char_p)


def log_as_events(library: Any) -> None:
    """Have `library`, XGBoost's own, log one event for each message of this thread."""
    # XGBoost keeps no reference to it.
    library.callback = _Callback(_log)
    library.XGBRegisterLogCallback(library.callback)


def _log(message: bytes) -> None:
    text = message.decode(errors="replace").strip()
    if "WARNING:" in text:
        # As in XGBoost's own package, which names the caller of the function of C.
        warnings.warn(text, UserWarning, stacklevel=3)
    elif text:
        log_event("xgboost", {"text": text})
