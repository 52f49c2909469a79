"""From the body of one request to the body of its answer, in one thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from container.formats.answers import write_scores
from container.formats.media_types import answer_type, request_type
from container.formats.multi_model_answers import write_bare_scores
from container.formats.refusal import RefusedError
from container.formats.request_body import read_rows
from container.formats.schema import Schema
from container.protocol import Floats, Rows
from container.serving.messages import Answer, Request
from container.serving.settings import Settings


@dataclass(frozen=True)
class Served:
    """A loaded model as serving sees it; a body of `inline_bytes` takes a moment only."""

    predict: Callable[[Rows], Floats]
    schema: Schema
    signature: Mapping[str, Any]
    inline_bytes: int


def invoke(served: Served, request: Request, settings: Settings) -> Answer:
    """Predict; raises RefusedError for what its sender can mend."""
    headers = request.headers
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body uncompressed")
    content_type = request_type(headers.get(b"content-type", b"").decode("latin-1"))
    accept = answer_type(headers.get(b"accept", b"").decode("latin-1"), settings.default_accept)
    rows = read_rows(request.body, content_type, served.schema.width)
    write = write_bare_scores if settings.is_multi_model else write_scores
    body, media_type = write(served.predict(rows), accept)
    return Answer(200, body, media_type, rows=len(rows))
