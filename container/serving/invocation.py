"""From the body of one request to the body of its answer, in one thread."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import numpy as np

from container.formats.answers import write_scores
from container.formats.media_types import answer_type, request_type
from container.formats.refusal import RefusedError
from container.formats.request_body import read_rows
from container.formats.schema import Schema
from container.protocol import Floats, Rows
from container.serving.messages import Answer, Request
from container.serving.settings import Settings


@dataclass(frozen=True)
class Served:
    """A loaded model as serving sees it."""

    predict: Callable[[Rows], Floats]
    schema: Schema
    signature: Mapping[str, Any]

    def seconds_per_row(self) -> float:
        """How long one row takes here, with everything that a first prediction sets up left out."""
        row = np.zeros((1, self.schema.width), dtype=np.float32)
        best = float("inf")
        for _ in range(3):
            began = time.perf_counter()
            self.predict(row)
            best = min(best, time.perf_counter() - began)
        return best


def invoke(served: Served, request: Request, settings: Settings) -> Answer:
    """Predict; raises RefusedError for what its sender can mend."""
    headers = request.headers
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body uncompressed")
    content_type = request_type(headers.get(b"content-type", b"").decode("latin-1"))
    accept = answer_type(headers.get(b"accept", b"").decode("latin-1"), settings.default_accept)
    rows = read_rows(request.body, content_type, served.schema.width)
    body, media_type = write_scores(served.predict(rows), accept)
    return Answer(200, body, media_type, rows=len(rows))
