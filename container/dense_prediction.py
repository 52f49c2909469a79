"""Fast path of algorithm.py for predictions on dense rows, in a third of the time.

It calls XGBoost's C interface as Booster.inplace_predict does, without what that does around it.
"""

import ctypes
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.contract.errors import AlgorithmError, first_line

_SETTINGS = (
    b'{"type": 0, "training": false, "iteration_begin": 0, "iteration_end": 0, "missing": NaN, '
    b'"strict_shape": false, "cache_id": 0}'
)


class DensePrediction:
    """Calls `library`, XGBoost's own; threads may share it."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._predict = library.XGBoosterPredictFromDense

    def scores(self, handle: Any, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the booster's predictions for a C-ordered matrix."""
        address, _ = rows.__array_interface__["data"]
        matrix = b'{"data":[%d,true],"shape":[%d,%d],"typestr":"<f4","version":3}' % (
            address,
            *rows.shape,
        )
        shape, scores = ctypes.POINTER(ctypes.c_uint64)(), ctypes.POINTER(ctypes.c_float)()
        dimensions = ctypes.c_uint64()
        failed = self._predict(
            handle,
            matrix,
            _SETTINGS,
            None,
            ctypes.byref(shape),
            ctypes.byref(dimensions),
            ctypes.byref(scores),
        )
        if failed:
            message = self._library.XGBGetLastError().decode(errors="replace")
            raise AlgorithmError(f"XGBoost: {first_line(message)}")
        sizes = shape[: dimensions.value]
        # A copy: the numbers belong to XGBoost until this thread predicts again. By way of bytes
        # it takes 1 us, by numpy.ctypeslib 10.
        content = ctypes.string_at(scores, 4 * math.prod(sizes))
        return np.frombuffer(content, np.float32).reshape(sizes).copy()
