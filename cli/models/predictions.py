"""Predictions of an endpoint, in requests below SageMaker's size limit."""

import json
from collections.abc import Iterator

from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.terminal.errors import Failure
from config.outputs import ENDPOINT_NAME
from config.stack_names import inference_stack

# InvokeEndpoint takes 6 MB; a little less leaves room for what surrounds the body.
_MOST_BYTES = 5_000_000


def request_predictions(env: Environment, model: str, rows: list[list[str]]) -> list[str]:
    """Return one prediction per row, as the endpoint wrote it; raises Failure with the reason."""
    name = require_endpoint(env, model)
    runtime = env.aws("sagemaker-runtime")
    predictions: list[str] = []
    try:
        for body in _bodies(rows):
            response = runtime.invoke_endpoint(
                EndpointName=name, ContentType="text/csv", Accept="text/csv", Body=body
            )
            predictions += response["Body"].read().decode().split()
    except runtime.exceptions.ClientError as error:
        raise _explained(env, model, error) from None
    if len(predictions) != len(rows):
        # The built-in XGBoost writes all predictions on one line.
        predictions = ",".join(predictions).split(",")
    if len(predictions) != len(rows):
        raise Failure(f"{name}: {len(predictions)} predictions for {len(rows)} rows; see its logs")
    return predictions


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


def _bodies(rows: list[list[str]]) -> Iterator[bytes]:
    lines: list[bytes] = []
    size = 0
    for row in rows:
        line = (",".join(row) + "\n").encode()
        if lines and size + len(line) > _MOST_BYTES:
            yield b"".join(lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    yield b"".join(lines)


def _explained(env: Environment, model: str, error: Exception) -> Exception:
    code, message = aws_errors.code_of(error), aws_errors.message_of(error)
    if code == "ModelError":
        original = getattr(error, "response", {}).get("OriginalMessage") or message
        return Failure(f"{model}: the model refused the rows: {_reason(str(original))}")
    if code == "ValidationError":
        return Failure(f"{model}: {message}; see: {env.command('status')}")
    return error


def _reason(message: str) -> str:
    """Return the message in our container's JSON, or another container's text as it is."""
    try:
        document = json.loads(message)
    except ValueError:
        document = None
    error = document.get("error") if isinstance(document, dict) else None
    return " ".join(str(message if error is None else error).split())
