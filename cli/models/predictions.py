"""Asks an endpoint for predictions, in requests that SageMaker accepts."""

import json
from collections.abc import Iterator

from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.terminal.errors import Failure

# InvokeEndpoint takes 6 MB; a little less leaves room for what surrounds the body.
_MOST_BYTES = 5_000_000


def ask(env: Environment, model: str, rows: list[list[str]]) -> list[str]:
    """Return one answer per row, as the endpoint wrote it; raises Failure when it cannot."""
    name = require_endpoint(env, model)
    runtime = env.aws("sagemaker-runtime")
    answers: list[str] = []
    try:
        for body in _bodies(rows):
            said = runtime.invoke_endpoint(
                EndpointName=name, ContentType="text/csv", Accept="text/csv", Body=body
            )
            answers += said["Body"].read().decode().split()
    except runtime.exceptions.ClientError as error:
        raise _explained(env, model, error) from None
    if len(answers) != len(rows):
        # The built-in XGBoost puts all its answers on one line.
        answers = ",".join(answers).split(",")
    if len(answers) != len(rows):
        raise Failure(f"{name}: {len(answers)} answers for {len(rows)} rows; see its logs")
    return answers


def require_endpoint(env: Environment, model: str) -> str:
    """Return the endpoint's name; raises Failure when no version was approved yet."""
    name = env.require_stack(inference_stack(model)).outputs.get(ENDPOINT_NAME)
    if not name:
        raise Failure(
            f"{model}: no version is live yet; see what may be approved: "
            f"{env.command(f'models {model}')}"
        )
    return name


def typed(answer: str) -> float | list[float] | str:
    """Return an answer as JSON has it: a number, a list of numbers for several classes, or text."""
    try:
        values = [float(part) for part in answer.split(",")]
    except ValueError:
        return answer
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
    code, words = aws_errors.code_of(error), aws_errors.message_of(error)
    if code == "ModelError":
        told = getattr(error, "response", {}).get("OriginalMessage") or words
        return Failure(f"{model}: the model refused the rows: {_reason(str(told))}")
    if code == "ValidationError":
        return Failure(f"{model}: {words}; see: {env.command('status')}")
    return error


def _reason(told: str) -> str:
    """Return what our own container says in its JSON, or another container's words as they are."""
    try:
        said = json.loads(told)
    except ValueError:
        said = None
    words = said["error"] if isinstance(said, dict) and "error" in said else told
    return " ".join(str(words).split())
