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

Floats = NDArray[np.float32]

_CONTENT_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/json",
    Format.JSON_LINES: "application/jsonlines",
    Format.RECORDIO: "application/x-recordio-protobuf",
}
_WITH_NAMES = (Format.JSON, Format.JSON_LINES)
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
    values: list[Any] = scores.tolist()
    if not _finite(scores, values):
        raise bad_request(
            "the model's prediction for these rows is not a finite number; check the rows"
        )
    if style.quantiles and scores.ndim == 2:
        # Each quantile is learned by itself, so neighbours may be in the wrong order.
        values = np.sort(scores, axis=1).tolist()
    content_type = _CONTENT_TYPES[accept]
    if style.batch and explanation is None:
        return ResponseBody(_lines(values, brackets=style.built_in), content_type)
    if accept is Format.CSV:
        return ResponseBody(_lines(values, brackets=False), content_type)
    if accept is Format.RECORDIO:
        return ResponseBody(_records(values), content_type)
    if explanation is None and not style.quantiles:
        return ResponseBody(_scores_as_json(values, accept), content_type)
    objects: list[dict[str, Any]] = [_interval(value, style.quantiles) for value in values]
    return write_objects(objects, accept, explanation)


def write_bare_scores(scores: Floats, accept: Format, *, lines: bool) -> ResponseBody:
    """Return a bare JSON array, or all numbers on one line; a line each if `lines`."""
    if not np.isfinite(scores).all():
        raise bad_request(
            "the model's prediction for these rows is not a finite number; check the rows"
        )
    if accept is Format.JSON:
        return ResponseBody(json.dumps(scores.tolist()).encode(), content_type_of(accept))
    if lines:
        body = "".join(",".join(map(repr, row)) + "\n" for row in _rows(scores))
    else:
        body = ",".join(map(repr, scores.ravel().tolist()))
    return ResponseBody(body.encode(), content_type_of(accept))


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


def _finite(scores: Floats, values: list[Any]) -> bool:
    if scores.ndim == 1:
        # 32-bit numbers cannot overflow a 64-bit sum, and this needs a tenth of numpy's time.
        return math.isfinite(sum(values))
    return bool(np.isfinite(scores).all())


def _lines(values: list[Any], *, brackets: bool) -> bytes:
    """Return a line per row; the built-in's batch mode writes several numbers as Python's list."""
    if values and isinstance(values[0], list) and not brackets:
        return ("\n".join(",".join(map(repr, row)) for row in values) + "\n").encode()
    return ("\n".join(map(repr, values)) + "\n").encode()


def _scores_as_json(values: list[Any], accept: Format) -> bytes:
    # The built-in prints each 32-bit score as the 64-bit number it equals.
    if accept is Format.JSON:
        objects = ", ".join([f'{{"score": {value!r}}}' for value in values])
        return f'{{"predictions": [{objects}]}}'.encode()
    return "".join([f'{{"score": {value!r}}}\n' for value in values]).encode()


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


def _rows(scores: Floats) -> list[list[float]]:
    table: list[list[float]] = scores.reshape(len(scores), -1).tolist()
    return table
