"""/invocations: from a request body to a response body, in one thread."""

import functools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus

from container.contract.http_errors import HTTPError, bad_request, too_large
from container.formats.content_kinds import other_kind
from container.formats.media import Format, MediaType, request_type, response_format
from container.metrics.scored import predicted_classes
from container.protocol import Floats, Rows
from container.request.pieces import Piece, Reading, is_one_piece, read_pieces, split_rows
from container.request.request_body import read_rows
from container.response.chunks import (
    ARRAY,
    CHUNK_NUMBERS,
    LINES,
    LINES_WITHOUT_END,
    ONE_LINE,
    Frame,
    default_frame,
    join_bodies,
)
from container.response.response_body import (
    BARE,
    Explanation,
    ResponseBody,
    ResponseStyle,
    check_explainable,
    write_bare_scores,
    write_predictions,
)
from container.response.selectable_inference import Selection, write_selected
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.settings import Settings
from container.serving.time_limit import TimeLimit

_PREDICTION_ROWS, _EXPLANATION_ROWS = 16_384, 256
# Of rows for a model, which are in memory at once.
_MAX_NUMBERS = 4_000_000
# For models without categories, of which none is unseen.
_NO_UNSEEN: Counter[str] = Counter()
_COMPRESSIONS = {b"gzip", b"x-gzip", b"deflate", b"br", b"zstd", b"compress", b"x-compress"}


@dataclass(slots=True)
class _Answer:
    """What is predicted for the rows of one request, `numbers` for each, and how it is written."""

    model: LoadedModel
    settings: Settings
    accept: Format
    explained: bool
    labelled: bool
    numbers: int

    @property
    def frame(self) -> Frame:
        """The frame around the rows that `body` writes."""
        return _frame(self.settings, self.accept, self.explained or self.labelled)

    @property
    def rows_at_once(self) -> int:
        """How many rows are predicted and written before other threads run."""
        most = _EXPLANATION_ROWS if self.explained else _PREDICTION_ROWS
        width = max(self.model.schema.width, 1)
        return max(min(most, CHUNK_NUMBERS // self.numbers, _MAX_NUMBERS // width), 1)

    def check_size(self, rows: int) -> None:
        """Raise HTTPError (413) when so many rows have too large a response."""
        numbers, settings = rows * self.numbers, self.settings
        if numbers <= (
            settings.explanation_numbers if self.explained else settings.response_numbers
        ):
            return
        if self.explained:
            raise too_large(
                f"explanations of over {settings.explanation_numbers} numbers (rows x features x "
                "classes) are too large; send fewer rows at once, or raise MAX_EXPLANATION_NUMBERS"
            )
        raise too_large(
            f"a response of over {settings.response_numbers} numbers (rows x classes) is too "
            "large; send fewer rows at once, or raise MAX_RESPONSE_NUMBERS"
        )

    def body(self, rows: Rows) -> ResponseBody:
        """Return the response body for some rows."""
        explanation = None
        if self.explained:
            explanation = Explanation(self.model.schema.names, self.model.explain(rows))
        scores = self.model.predict(rows)
        if self.labelled:
            labels = _labels(self.model, scores)
            explanation = replace(explanation or Explanation(), labels=labels)
        return _write(self.model, self.settings, scores, self.accept, explanation)


def invoke(model: LoadedModel, request: Request, settings: Settings) -> Response:
    """Predict; raises HTTPError for errors of the client."""
    headers = request.headers
    if b"content-encoding" in headers and is_compressed(headers[b"content-encoding"]):
        raise HTTPError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body uncompressed")
    media = request_type(headers.get(b"content-type", b"").decode("latin-1"))
    accept = response_format(headers.get(b"accept", b"").decode("latin-1"), settings.default_accept)
    attributes, explained, labelled = request.custom_attributes, False, False
    if attributes is not None:
        explained, labelled = (is_wanted(each, attributes) for each in ("explain", "labels"))
    check_explainable(accept, explained or labelled)
    if labelled:
        _check_labelled(model)
    numbers = model.outputs * (model.schema.width + 1 if explained else 1)
    answer = _Answer(model, settings, accept, explained, labelled, numbers)
    try:
        return _respond(answer, request.body, media)
    except HTTPError as error:
        is_unreadable = error.status == HTTPStatus.BAD_REQUEST
        kind = other_kind(request.body, media.format) if is_unreadable else ""
        if kind:
            raise bad_request(f"the body is {kind}") from error
        raise


def is_compressed(encoding: bytes) -> bool:
    """Return whether a Content-Encoding is a compression; the built-in looks at none."""
    return not _COMPRESSIONS.isdisjoint(encoding.lower().replace(b" ", b"").split(b","))


def _respond(answer: _Answer, body: bytes, media: MediaType) -> Response:
    """Respond to a body, at once if it is small; raises HTTPError."""
    schema, lenient = answer.model.schema, answer.settings.builtin_responses
    unseen: Counter[str] = Counter() if schema.categorical else _NO_UNSEEN
    if not is_one_piece(body, schema.width):
        reading = Reading(media, schema, lenient, unseen, answer.rows_at_once)
        return _respond_in_pieces(answer, read_pieces(body, reading), unseen)
    rows = read_rows(body, media, schema, lenient, unseen)
    count = rows.shape[0]
    if count > 1 and count > answer.rows_at_once:
        return _respond_in_pieces(answer, split_rows(rows, answer.rows_at_once), unseen)
    answer.check_size(count)
    written = answer.body(rows)
    content_type = written.content_type.encode()
    return Response(200, written.body, content_type, rows=count, unseen=unseen.total())


def _respond_in_pieces(answer: _Answer, pieces: Iterable[Piece], unseen: Counter[str]) -> Response:
    """Predict and write some rows at a time; raises HTTPError, also for too slow a model."""
    limit = TimeLimit(answer.settings.response_seconds)
    bodies: list[bytes] = []
    content_type, count = "", 0
    for piece in pieces:
        count += piece.rows.shape[0]
        answer.check_size(count)
        written = answer.body(piece.rows)
        bodies.append(written.body)
        content_type = written.content_type
        limit.check(count, piece.share)
    body = join_bodies(bodies, answer.frame)
    return Response(200, body, content_type.encode(), rows=count, unseen=unseen.total())


def is_wanted(wanted: str, attributes: str) -> bool:
    """Return whether a list of attributes, `name=value` with commas between, has this as `true`."""
    if wanted not in attributes.lower():
        return False
    for item in attributes.split(","):
        name, _, value = (part.strip().lower() for part in item.partition("="))
        if name == wanted:
            if value not in ("true", "false"):
                raise bad_request(f"custom attribute {wanted} must be true or false")
            return value == "true"
    return False


def _check_labelled(model: LoadedModel) -> None:
    """Raise HTTPError unless the model predicts classes that have names."""
    label = model.schema.label
    if label is None or len(label.classes) != model.signature.get("classes"):
        raise bad_request(
            "this model predicts no classes with names: labels were numbers when it was trained; "
            "leave labels=true out"
        )


def _labels(model: LoadedModel, scores: Floats) -> list[str]:
    """Return the name of the predicted class of each row."""
    classes = model.schema.label.classes if model.schema.label else ()
    codes = predicted_classes(scores, model.signature.get("threshold")).tolist()
    return [classes[code] for code in codes]


def _frame(settings: Settings, accept: Format, explained: bool) -> Frame:
    """Return the frame around the rows that `_write` writes."""
    if settings.is_multi_model and accept in BARE and not explained:
        if accept is Format.JSON:
            return ARRAY
        return LINES if settings.is_batch else ONE_LINE
    if settings.selected is not None and not settings.is_multi_model:
        ends = accept is not Format.CSV or settings.is_batch
        return default_frame(accept) if ends else LINES_WITHOUT_END
    return LINES if settings.is_batch and not explained else default_frame(accept)


def _write(
    model: LoadedModel,
    settings: Settings,
    scores: Floats,
    accept: Format,
    explanation: Explanation | None,
) -> ResponseBody:
    if settings.is_multi_model and accept in BARE and explanation is None:
        return write_bare_scores(scores, accept, lines=settings.is_batch)
    if settings.selected is not None and not settings.is_multi_model:
        signature = model.signature
        selection = Selection(
            settings.selected,
            signature["objective"],
            signature.get("classes"),
            signature.get("threshold"),
            settings.is_batch,
            settings.builtin_responses,
        )
        return write_selected(scores, accept, selection, explanation)
    style = _style(settings.is_batch, settings.builtin_responses, model.quantiles)
    return write_predictions(scores, accept, style, explanation)


@functools.lru_cache(maxsize=64)
def _style(batch: bool, built_in: bool, quantiles: tuple[float, ...]) -> ResponseStyle:
    return ResponseStyle(batch, built_in, quantiles)
