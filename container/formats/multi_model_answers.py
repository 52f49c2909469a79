"""Writes predictions byte for byte as the built-in does behind a multi-model endpoint."""

import json

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def write_bare_scores(scores: Floats, media_type: str) -> tuple[bytes, bytes]:
    """Body and content type: a bare JSON array, or all numbers on one line without its end."""
    if media_type == "application/json":
        return json.dumps(scores.tolist()).encode(), b"application/json"
    line = ",".join(map(repr, scores.ravel().tolist()))
    return line.encode(), b"text/csv; charset=utf-8"
