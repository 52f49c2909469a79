"""/invocations: from a request body to a response body, in one thread."""

import functools
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from container.contract.http_errors import HTTPError, bad_request, too_large
from container.formats.media import Format, request_type, response_format
from container.protocol import Floats
from container.request.request_body import read_rows
from container.response.chunks import (
    ARRAY,
    LINES,
    LINES_WITHOUT_END,
    ONE_LINE,
    Frame,
    default_frame,
    write_in_chunks,
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
from container.serving.time_limit import run_within_time

# As text a number of an explanation takes about 50 bytes, and a score about 20.
_MAX_CONTRIBUTIONS = 500_000
_MAX_SCORES = 5_000_000
_PREDICTION_ROWS, _EXPLANATION_ROWS = 16_384, 256


def invoke(model: LoadedModel, request: Request, settings: Settings) -> Response:
    """Predict; raises HTTPError for errors of the client."""
    headers = request.headers
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise HTTPError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body uncompressed")
    media = request_type(headers.get(b"content-type", b"").decode("latin-1"))
    accept = response_format(headers.get(b"accept", b"").decode("latin-1"), settings.default_accept)
    attributes = request.custom_attributes
    explained = attributes is not None and wants_explanation(attributes)
    check_explainable(accept, explained)
    unseen: Counter[str] = Counter()
    rows = read_rows(request.body, media, model.schema, settings.builtin_responses, unseen)
    _check_response_size(model, rows.shape[0], explained)
    seconds = settings.response_seconds
    explanation = None
    if explained:
        contributions = run_within_time(model.explain, rows, _EXPLANATION_ROWS, seconds)
        explanation = Explanation(model.schema.names, contributions)
    scores = run_within_time(model.predict, rows, _PREDICTION_ROWS, seconds)
    written = _write(model, settings, scores, accept, explanation)
    return Response(
        200,
        written.body,
        written.content_type.encode(),
        rows=rows.shape[0],
        unseen=unseen.total(),
    )


def wants_explanation(attributes: str) -> bool:
    """Return whether a list of attributes, `name=value` with commas between, has `explain=true`."""
    for item in attributes.split(","):
        name, _, value = (part.strip().lower() for part in item.partition("="))
        if name == "explain":
            if value not in ("true", "false"):
                raise bad_request("custom attribute explain must be true or false")
            return value == "true"
    return False


def _check_response_size(model: LoadedModel, rows: int, explained: bool) -> None:
    """Raise HTTPError (413) when the response would be too large."""
    each = outputs(model.signature)
    if rows * each > _MAX_SCORES:
        raise too_large(
            f"a response of over {_MAX_SCORES} numbers (rows x classes) is too large; "
            "send fewer rows at once"
        )
    if explained and rows * each * (model.schema.width + 1) > _MAX_CONTRIBUTIONS:
        raise too_large(
            f"explanations of over {_MAX_CONTRIBUTIONS} numbers (rows x features x classes) "
            "are too large; send fewer rows at once"
        )


def outputs(signature: Mapping[str, Any]) -> int:
    """Return the number of scores per row: that of classes or quantiles, else one."""
    if signature.get("task") == "multiclass":
        return int(signature["classes"])
    return max(len(signature.get("quantiles") or ()), 1)


def _write(
    model: LoadedModel,
    settings: Settings,
    scores: Floats,
    accept: Format,
    explanation: Explanation | None,
) -> ResponseBody:
    def write(part: slice) -> ResponseBody:
        explained = None
        if explanation is not None:
            explained = Explanation(explanation.names, explanation.contributions[part])
        return _write_part(model, settings, scores[part], accept, explained)

    each = 1 if scores.ndim == 1 else scores.shape[1]
    if explanation is not None:
        each = outputs(model.signature) * (model.schema.width + 1)
    frame = _frame(settings, accept, explanation is not None)
    return write_in_chunks(write, len(scores), each, frame)


def _frame(settings: Settings, accept: Format, explained: bool) -> Frame:
    """Return the frame around the rows that `_write_part` writes."""
    if settings.is_multi_model and accept in BARE and not explained:
        if accept is Format.JSON:
            return ARRAY
        return LINES if settings.is_batch else ONE_LINE
    if settings.selected is not None and not settings.is_multi_model:
        ends = accept is not Format.CSV or settings.is_batch
        return default_frame(accept) if ends else LINES_WITHOUT_END
    return LINES if settings.is_batch and not explained else default_frame(accept)


def _write_part(
    model: LoadedModel,
    settings: Settings,
    scores: Floats,
    accept: Format,
    explanation: Explanation | None,
) -> ResponseBody:
    signature = model.signature
    if settings.is_multi_model and accept in BARE and explanation is None:
        return write_bare_scores(scores, accept, lines=settings.is_batch)
    if settings.selected is not None and not settings.is_multi_model:
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
