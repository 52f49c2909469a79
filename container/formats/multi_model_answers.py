"""Writes predictions byte for byte as the built-in does behind a multi-model endpoint."""

import json

import numpy as np
from numpy.typing import NDArray

from container.formats.answers import Answer, content_type_of
from container.formats.media import Format
from container.formats.refusal import bad_request

Floats = NDArray[np.float32]

# The formats that the built-in writes there; all others are written as for a single model.
BARE = (Format.CSV, Format.JSON)


def write_bare_scores(scores: Floats, accept: Format, *, lines: bool) -> Answer:
    """A bare JSON array, or all numbers on one line without its end; a line each if `lines`."""
    if not np.isfinite(scores).all():
        raise bad_request("the model's answer to these rows is not a finite number; check the rows")
    if accept is Format.JSON:
        return Answer(json.dumps(scores.tolist()).encode(), content_type_of(accept))
    if lines:
        body = "".join(",".join(map(repr, row)) + "\n" for row in _rows(scores))
    else:
        body = ",".join(map(repr, scores.ravel().tolist()))
    return Answer(body.encode(), content_type_of(accept))


def _rows(scores: Floats) -> list[list[float]]:
    table: list[list[float]] = scores.reshape(len(scores), -1).tolist()
    return table
