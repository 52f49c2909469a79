"""Selectable inference: response bodies with the keys of SAGEMAKER_INFERENCE_OUTPUT."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.contract.http_errors import bad_request
from container.formats.media import Format
from container.response.response_body import (
    Explanation,
    ResponseBody,
    check_explainable,
    content_type_of,
    write_objects,
)

Floats = NDArray[np.float32]

_CLASS_KEYS = ("predicted_label", "labels", "raw_score", "raw_scores")
_PROBABILITY_KEYS = ("probability", "probabilities")
_ALL_KEYS = (
    "predicted_label",
    "labels",
    "probability",
    "probabilities",
    "raw_score",
    "raw_scores",
    "predicted_score",
)
_WITH_PROBABILITIES = ("binary:logistic", "multi:softprob")
_CLASSIFICATION = (*_WITH_PROBABILITIES, "binary:logitraw", "binary:hinge", "multi:softmax")
_NO_VALUE = float("nan")


@dataclass(frozen=True)
class Selection:
    """The selected keys, and the parts of the model's signature that they depend on.

    The built-in has no such keys for counts, ranks and survival times; here they have a
    `predicted_score`, too. A key that an objective lacks is null in JSON and empty in CSV;
    with `built_in` it is NaN, as the built-in writes it.
    """

    keys: tuple[str, ...]
    objective: str
    classes: int | None = None
    threshold: float | None = None
    batch: bool = False
    built_in: bool = False


def selected_keys(setting: str) -> tuple[str, ...]:
    """Return the keys in the value of SAGEMAKER_INFERENCE_OUTPUT, as the built-in reads it."""
    return tuple(setting.replace(" ", "").lower().split(","))


def unknown_keys(selection: Selection) -> list[str]:
    """Return those of the keys that this objective has no value for."""
    return [key for key in selection.keys if key not in _known(selection.objective)]


def write_selected(
    scores: Floats, accept: Format, selection: Selection, explanation: Explanation | None = None
) -> ResponseBody:
    """Return the selected values for scores [n] or [n, k]; raises HTTPError (400, 406)."""
    check_explainable(accept, explanation is not None)
    if not np.isfinite(scores).all():
        raise bad_request(
            "the model's prediction for these rows is not a finite number; check the rows"
        )
    known = _known(selection.objective)
    written = _row_writer(selection, [key for key in selection.keys if key in known])
    rows = [written(score) for score in scores.tolist()]
    if accept is Format.CSV:
        return ResponseBody(_csv(rows, selection), content_type_of(accept))
    ordered = [key for key in _ALL_KEYS if key in selection.keys and key in known]
    # Unknown keys are last, independent of the order of the setting.
    keys = [*ordered, *unknown_keys(selection)]
    if accept is Format.RECORDIO:
        return ResponseBody(_records(rows, keys), content_type_of(accept))
    nothing = _NO_VALUE if selection.built_in else None
    objects = [{key: values.get(key, nothing) for key in keys} for values in rows]
    return write_objects(objects, accept, explanation)


def _known(objective: str) -> Sequence[str]:
    if objective not in _CLASSIFICATION:
        return ("predicted_score",)
    return _CLASS_KEYS + (_PROBABILITY_KEYS if objective in _WITH_PROBABILITIES else ())


def _row_writer(selection: Selection, keys: Sequence[str]) -> Callable[[Any], Mapping[str, Any]]:
    if "predicted_score" in keys:
        return lambda score: {"predicted_score": score}
    values = _of_rows if selection.objective == "multi:softprob" else _of_numbers

    def row(score: Any) -> Mapping[str, Any]:
        found = values(selection, score)
        return {key: found[key] for key in keys}

    return row


def _of_rows(selection: Selection, score: list[float]) -> dict[str, Any]:
    """Return all values of a row of probabilities."""
    largest = max(score)
    return {
        "predicted_label": score.index(largest),
        "labels": list(range(len(score))),
        "probability": largest,
        "probabilities": score,
        "raw_score": largest,
        "raw_scores": score,
    }


def _of_numbers(selection: Selection, score: float) -> dict[str, Any]:
    """Return all values of a single number, as a pair that adds up to 1, as the built-in does."""
    label: float = score
    if selection.threshold is not None and selection.objective != "binary:hinge":
        label = int(score > selection.threshold)
    pair = [1 - score, score]
    return {
        "predicted_label": label,
        "labels": list(range(selection.classes or 2)),
        "probability": score,
        "probabilities": pair,
        "raw_score": score,
        "raw_scores": pair,
    }


def _csv(rows: Sequence[Mapping[str, Any]], selection: Selection) -> bytes:
    nothing = "nan" if selection.built_in else ""
    lines = [
        ",".join(_field(row[key]) if key in row else nothing for key in selection.keys)
        for row in rows
    ]
    return ("\n".join(lines) + ("\n" if selection.batch else "")).encode()


def _field(value: Any) -> str:
    return f'"{json.dumps(value)}"' if isinstance(value, list) else repr(value)


def _records(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> bytes:
    """Return a frame per row; the built-in repeats in each of them all rows before."""
    from container.formats.recordio import write_frame, write_record

    frames = []
    for row in rows:
        values = {key: row.get(key, math.nan) for key in keys}
        label = {key: one if isinstance(one, list) else [one] for key, one in values.items()}
        frames.append(write_frame(write_record(label)))
    return b"".join(frames)
