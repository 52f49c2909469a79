"""Writes predictions byte for byte as the built-in XGBoost container does."""

import numpy as np
from numpy.typing import NDArray

from container.formats.refusal import bad_request

Floats = NDArray[np.float32]

_CONTENT_TYPES = {"text/csv": b"text/csv; charset=utf-8", "application/json": b"application/json"}


def write_scores(scores: Floats, media_type: str) -> tuple[bytes, bytes]:
    """Body and content type for scores of shape [n] or [n, classes]; raises RefusedError."""
    if not np.isfinite(scores).all():
        raise bad_request("the model's answer to these rows is not a finite number; check the rows")
    # The built-in prints each 32-bit score as the 64-bit number it equals.
    write = _json if media_type == "application/json" else _csv
    return write(scores.tolist()).encode(), _CONTENT_TYPES[media_type]


def _json(scores: list[float] | list[list[float]]) -> str:
    return '{"predictions": [' + ", ".join(f'{{"score": {score!r}}}' for score in scores) + "]}"


def _csv(scores: list[float] | list[list[float]]) -> str:
    lines = [",".join(map(repr, row)) if isinstance(row, list) else repr(row) for row in scores]
    return "\n".join(lines) + "\n"
