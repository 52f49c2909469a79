"""Response bodies, byte for byte as the built-in XGBoost container writes them."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.contract.http_errors import HTTPError, bad_request
from container.formats.media import Format
from container.response.number_text import FEW, join_numbers

Floats = NDArray[np.float32]

_CONTENT_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/json",
    Format.JSON_LINES: "application/jsonlines",
    Format.RECORDIO: "application/x-recordio-protobuf",
}
_WITH_NAMES = (Format.JSON, Format.JSON_LINES)
# What stands before, between and after the scores.
_AROUND = {
    Format.JSON: (b'{"predictions": [{"score": ', b'}, {"score": ', b"}]}"),
    Format.JSON_LINES: (b'{"score": ', b'}\n{"score": ', b"}\n"),
}
# The formats that the built-in writes there; all others are written as for a single model.
BARE = (Format.CSV, Format.JSON)


@dataclass(frozen=True)
class ResponseStyle:
    """How all responses of one server are written.

    `batch`: SAGEMAKER_BATCH is set, so every response is plain lines, independent of Accept.
    `built_in`: BUILTIN_ANSWERS is true. `quantiles`: what the columns of scores are, if quantiles.
    """

    batch: bool = False
    built_in: bool = False
    quantiles: Sequence[float] = ()


@dataclass(frozen=True)
class Explanation:
    """What a row has beside its score: contributions, the text of the predicted class, or both.

    Contributions are to the raw score, last the bias: [n, features + 1] or [n, classes, …].
    """

    names: Sequence[str] = ()
    contributions: Floats | None = None
    labels: Sequence[str] | None = None

    def part(self, rows: slice) -> "Explanation":
        """Return what some of the rows have."""
        return Explanation(
            self.names,
            None if self.contributions is None else self.contributions[rows],
            None if self.labels is None else self.labels[rows],
        )


@dataclass(frozen=True)
class ResponseBody:
    """A response body with its media type."""

    body: bytes
    content_type: str


def write_predictions(
    scores: Floats, accept: Format, style: ResponseStyle, explanation: Explanation | None = None
) -> ResponseBody:
    """Return the body for scores [n] or [n, k]; raises HTTPError (400, 406)."""
    check_explainable(accept, explanation is not None)
    if not _finite(scores):
        raise bad_request(
            "the model's prediction for these rows is not a finite number; check the rows"
        )
    if style.quantiles and scores.ndim == 2:
        # Each quantile is learned by itself, so neighbours may be in the wrong order.
        scores = np.sort(scores, axis=1)
    content_type = _CONTENT_TYPES[accept]
    if accept is Format.CSV or (style.batch and explanation is None):
        brackets = style.batch and style.built_in and explanation is None
        return ResponseBody(_lines(scores, brackets=brackets), content_type)
    if accept is not Format.RECORDIO and explanation is None and not style.quantiles:
        return ResponseBody(_scores_as_json(scores, accept), content_type)
    values: list[Any] = scores.tolist()
    if accept is Format.RECORDIO:
        return ResponseBody(_records(values), content_type)
    objects: list[dict[str, Any]] = [_interval(value, style.quantiles) for value in values]
    return write_objects(objects, accept, explanation)


def write_bare_scores(scores: Floats, accept: Format, *, lines: bool) -> ResponseBody:
    """Return a bare JSON array, or all numbers on one line; a line each if `lines`."""
    if not np.isfinite(scores).all():
        raise bad_request(
            "the model's prediction for these rows is not a finite number; check the rows"
        )
    if accept is Format.JSON and scores.ndim == 1:
        body = b"[" + join_numbers(scores, b", ") + b"]"
    elif accept is Format.JSON:
        body = json.dumps(scores.tolist()).encode()
    elif lines:
        body = _lines(scores, brackets=False)
    else:
        body = join_numbers(scores.ravel(), b",")
    return ResponseBody(body, content_type_of(accept))


def write_objects(
    objects: Sequence[dict[str, Any]], accept: Format, explanation: Explanation | None
) -> ResponseBody:
    """Return one object per row as JSON or JSON Lines, each with what explains it."""
    if explanation is not None:
        explained = _explained(explanation)
        objects = [{**row, **why} for row, why in zip(objects, explained, strict=True)]
    written = map(json.dumps, objects)
    if accept is Format.JSON:
        body = '{"predictions": [' + ", ".join(written) + "]}"
    else:
        body = "\n".join(written) + "\n"
    return ResponseBody(body.encode(), _CONTENT_TYPES[accept])


def check_explainable(accept: Format, explained: bool) -> None:
    """Raise HTTPError (406) when explanations are wanted in a format without names."""
    if explained and accept not in _WITH_NAMES:
        message = f"explanations and labels need Accept {_WITH_NAMES[0]} or {_WITH_NAMES[1]}"
        raise HTTPError(HTTPStatus.NOT_ACCEPTABLE, message)


def content_type_of(accept: Format) -> str:
    """Return the Content-Type header of a format."""
    return _CONTENT_TYPES[accept]


def _finite(scores: Floats) -> bool:
    if scores.ndim == 1 and len(scores) < FEW:
        # 32-bit numbers cannot overflow a 64-bit sum, and this needs a tenth of numpy's time.
        return math.isfinite(sum(scores.tolist()))
    return bool(np.isfinite(scores).all())


def _lines(scores: Floats, *, brackets: bool) -> bytes:
    """Return a line per row; the built-in's batch mode writes several numbers as Python's list."""
    if scores.ndim == 1:
        return join_numbers(scores, b"\n") + b"\n"
    if brackets:
        return ("\n".join(map(repr, scores.tolist())) + "\n").encode()
    return ("\n".join([",".join(map(repr, row)) for row in scores.tolist()]) + "\n").encode()


def _scores_as_json(scores: Floats, accept: Format) -> bytes:
    # The built-in prints each 32-bit score as the 64-bit number it equals.
    before, between, after = _AROUND[accept]
    if scores.ndim == 1:
        return before + join_numbers(scores, between) + after
    return before + between.join([repr(row).encode() for row in scores.tolist()]) + after


def _records(values: list[Any]) -> bytes:
    from container.formats.recordio import write_frame, write_record

    rows = (value if isinstance(value, list) else [value] for value in values)
    return b"".join(write_frame(write_record({"score": row})) for row in rows)


def _interval(value: Any, quantiles: Sequence[float]) -> dict[str, Any]:
    if not quantiles or not isinstance(value, list):
        return {"score": value}
    middle = sorted(quantiles).index(0.5) if 0.5 in quantiles else None
    return {
        "score": value if middle is None else value[middle],
        "interval": [value[0], value[-1]],
    }


def _explained(explanation: Explanation) -> list[Mapping[str, Any]]:
    labels = [{"label": label} for label in explanation.labels or ()]
    if explanation.contributions is None:
        return [*labels]
    contributions = _contributions(explanation.names, explanation.contributions)
    if not labels:
        return contributions
    return [{**label, **row} for label, row in zip(labels, contributions, strict=True)]


def _contributions(names: Sequence[str], contributions: Floats) -> list[Mapping[str, Any]]:
    if contributions.ndim == 2:
        rows = contributions.tolist()
        return [
            {"contributions": dict(zip(names, row[:-1], strict=True)), "bias": row[-1]}
            for row in rows
        ]
    return [
        {
            "contributions": [dict(zip(names, by_class[:-1], strict=True)) for by_class in row],
            "bias": [by_class[-1] for by_class in row],
        }
        for row in contributions.tolist()
    ]
