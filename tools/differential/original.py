"""What the original's response is for given scores, by the rules of its documented forms.

The rules: numbers are Python's shortest text of 32-bit scores as 64-bit floats; text/csv is one
line for each row; application/json holds objects with a score; in batch mode all are lines.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

CSV, JSON, LINES = "text/csv", "application/json", "application/jsonlines"
ERROR = {"content type": "text/html; charset=utf-8"}

Scores = Sequence[Any]


def response(scores: Scores, accept: str = CSV, *, batch: bool = False) -> dict[str, Any]:
    """Return the answer to a request that succeeds: scores, or a list of them for each row."""
    shown = f"{CSV}; charset=utf-8" if accept in (CSV, "") else accept
    if batch:
        body = "".join(f"{score}\n" for score in scores)
    elif accept in (CSV, ""):
        body = "".join(f"{_comma_joined(score)}\n" for score in scores)
    elif accept == JSON:
        body = json.dumps({"predictions": [{"score": score} for score in scores]})
    else:
        # There is no encoder for the other two.
        return failure(500)
    return {"status": 200, "content type": shown, "body": body}


def failure(status: int) -> dict[str, Any]:
    """Return the answer to a request that fails: the status; the words are no contract."""
    return {"status": status}


# Keys that an objective has, of SAGEMAKER_INFERENCE_OUTPUT; all others are not a number.
_NUMBERS = ("reg:squarederror", "reg:logistic", "reg:gamma", "reg:absoluteerror", "reg:tweedie")
_PROBABILITIES = ("binary:logistic", "multi:softprob")
_LABELS = (*_PROBABILITIES, "binary:logitraw", "binary:hinge", "multi:softmax")


def selected(objective: str, classes: int, score: Any) -> Mapping[str, Any] | None:
    """Return every selectable value of one row; None: the original refuses the objective."""
    if objective in _NUMBERS:
        return {"predicted_score": score}
    if objective not in _LABELS:
        return None
    labels = list(range(max(classes, 2)))
    row = score if isinstance(score, list) else [1 - score, score]
    values: dict[str, Any] = {"labels": labels, "raw_scores": row}
    if objective == "multi:softprob":
        best = score.index(max(score))
        return {
            **values,
            "predicted_label": best,
            "probability": max(score),
            "probabilities": score,
            "raw_score": max(score),
        }
    values["raw_score"] = score
    if objective == "binary:logistic":
        return {
            **values,
            "predicted_label": int(score > 0.5),
            "probability": score,
            "probabilities": row,
        }
    values["predicted_label"] = int(score > 0) if objective == "binary:logitraw" else score
    return values


def _comma_joined(score: Any) -> str:
    return ",".join(map(str, score)) if isinstance(score, list) else str(score)
