"""Predictions of an endpoint, in requests below SageMaker's size limit, each with the header."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.models.request_rows import RequestRows
from cli.terminal.errors import Failure
from config.outputs import ENDPOINT_NAME
from config.stack_names import inference_stack

# InvokeEndpoint takes 6 MB; a little less leaves room for what surrounds the body.
_MOST_BYTES = 5_000_000
# Of the response, which has the same limit and up to 20 bytes for each number.
_MOST_ROWS = 10_000
_PLAIN, _NAMED = "text/csv", "text/csv; header=present"
_BY_POSITION = (
    "a container that reads no header gets the columns in the order of training with --by-position"
)
_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True)
class _Piece:
    """Some rows as a body, and the line of the file that each line of the body was."""

    body: bytes
    rows: int
    lines: list[int] = field(default_factory=list)


def request_predictions(
    env: Environment, model: str, rows: RequestRows, *, labels: bool = False
) -> Iterator[str]:
    """Yield one prediction per row, as the endpoint wrote it; raises Failure with the reason.

    With `labels` a prediction is an object in JSON, which has the text of the predicted class.
    """
    name = require_endpoint(env, model)
    runtime = env.aws("sagemaker-runtime")
    call: dict[str, Any] = {
        "EndpointName": name,
        "ContentType": _PLAIN if rows.names is None else _NAMED,
        "Accept": "application/jsonlines" if labels else "text/csv",
        **({"CustomAttributes": "labels=true"} if labels else {}),
    }
    for piece in _pieces(rows):
        try:
            response = runtime.invoke_endpoint(**call, Body=piece.body)
        except runtime.exceptions.ClientError as error:
            raise _explained(env, model, error, piece, named=rows.names is not None) from None
        yield from _split(response["Body"].read().decode(), piece.rows, name, labels=labels)


def require_endpoint(env: Environment, model: str) -> str:
    """Return the endpoint's name; raises Failure when no version was approved yet."""
    name = env.require_stack(inference_stack(model)).outputs.get(ENDPOINT_NAME)
    if not name:
        raise Failure(
            f"{model}: no version is live yet; see what may be approved: "
            f"{env.command(f'models {model}')}"
        )
    return name


def parse_prediction(prediction: str) -> float | list[float] | str:
    """Return a prediction as JSON: a number, a list of numbers for several classes, or text."""
    try:
        values = [float(part) for part in prediction.split(",")]
    except ValueError:
        return prediction
    return values[0] if len(values) == 1 else values


def parse_labelled(model: str, prediction: str) -> tuple[Any, str]:
    """Return the score and the class of an object; raises Failure when it has no class."""
    try:
        document = json.loads(prediction)
        return document.get("score"), str(document["label"])
    except (ValueError, KeyError, AttributeError, TypeError):
        raise Failure(
            f"{model}: the endpoint's container names no classes; leave --labels out"
        ) from None


def _split(text: str, rows: int, endpoint: str, *, labels: bool) -> list[str]:
    found = text.splitlines() if labels else text.split()
    if len(found) != rows and not labels:
        # The built-in XGBoost writes all predictions on one line.
        found = ",".join(found).split(",")
    if len(found) != rows:
        raise Failure(f"{endpoint}: {len(found)} predictions for {rows} rows; see its logs")
    return found


def _pieces(rows: RequestRows) -> Iterator[_Piece]:
    header = b"" if rows.names is None else _encoded(rows.names)
    first_lines = [] if rows.names is None else [1]
    encoded: list[bytes] = []
    lines: list[int] = []
    size = 0
    for number, cells in rows.rows:
        line = _encoded(cells)
        if lines and (size + len(line) > _MOST_BYTES - len(header) or len(lines) == _MOST_ROWS):
            yield _Piece(header + b"".join(encoded), len(lines), first_lines + lines)
            encoded, lines, size = [], [], 0
        encoded.append(line)
        lines.append(number)
        size += len(line)
    if lines:
        yield _Piece(header + b"".join(encoded), len(lines), first_lines + lines)


def _encoded(cells: list[str]) -> bytes:
    line = ",".join(cells)
    if line.count(",") != len(cells) - 1 or any(sign in line for sign in '"\r\n'):
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerow(cells)
        return written.getvalue().encode()
    return (line + "\n").encode()


def _explained(
    env: Environment, model: str, error: Exception, piece: _Piece, *, named: bool
) -> Exception:
    code, message = aws_errors.code_of(error), aws_errors.message_of(error)
    if code == "ModelError":
        details = getattr(error, "response", {})
        answer = str(details.get("OriginalMessage") or message)
        ours = _error_of(answer)
        said = " ".join(answer.split()) if ours is None else _in_file(ours, piece)
        advice = ""
        if "no column of this model" in said:
            advice = "; leave a column out with --drop"
        elif named and (ours is None or details.get("OriginalStatusCode") == 415):
            advice = f"; {_BY_POSITION}"
        return Failure(f"{model}: the model refused the rows: {said}{advice}")
    if code == "ValidationError":
        return Failure(f"{model}: {message}; see: {env.command('status')}")
    return error


def _error_of(message: str) -> str | None:
    """Return the message in our container's JSON; None for another container's answer."""
    try:
        document = json.loads(message)
    except ValueError:
        return None
    error = document.get("error") if isinstance(document, dict) else None
    return None if error is None else " ".join(str(error).split())


def _in_file(error: str, piece: _Piece) -> str:
    """Return an error with the line of the file: the container counts those of the request."""

    def replaced(found: re.Match[str]) -> str:
        number = int(found[1])
        return f"line {piece.lines[number - 1] if 0 < number <= len(piece.lines) else number}"

    return _LINE.sub(replaced, error, count=1)
