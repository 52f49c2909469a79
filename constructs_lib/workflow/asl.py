"""Amazon States Language as plain values: a state is a dict, an expression is JSONata."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

State = dict[str, Any]
States = dict[str, State]

FAILURE = {
    "failure": {
        "Error": "{% $states.errorOutput.Error %}",
        # A timeout has no cause.
        "Cause": "{% $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : '' %}",
    }
}
"""Variable `failure` that a Catch assigns."""


def jsonata(expression: str) -> str:
    """Return a JSONata expression as the value of a field."""
    return "{% " + expression + " %}"


def string_literal(text: str) -> str:
    """Return `text` as a JSONata string literal; it must hold no CDK token with a quote in it."""
    return json.dumps(text)


def one_line(expression: str) -> str:
    """Return the JSONata of a SageMaker description: no line breaks, 1024 characters."""
    return rf"$substring($replace({expression}, /\s+/, ' '), 0, 1024)"


def sdk(service: str, action: str) -> str:
    """Return the resource of an AWS SDK integration, as in `sdk("s3", "getObject")`."""
    return f"arn:aws:states:::aws-sdk:{service}:{action}"


def task(
    resource: str,
    arguments: Mapping[str, Any],
    *,
    then: str,
    assign: Mapping[str, Any] | None = None,
    retry: Sequence[State] = (),
    catch: Sequence[State] = (),
) -> State:
    """Return a Task state that goes on to `then`."""
    state: State = {"Type": "Task", "Resource": resource, "Arguments": dict(arguments)}
    if retry:
        state["Retry"] = list(retry)
    if catch:
        state["Catch"] = list(catch)
    if assign:
        state["Assign"] = dict(assign)
    return state | {"Next": then}


def choice(rules: Mapping[str, str], *, otherwise: str) -> State:
    """Return a Choice state: the first condition that holds leads to its state."""
    return {
        "Type": "Choice",
        "Choices": [
            {"Condition": jsonata(condition), "Next": then} for condition, then in rules.items()
        ],
        "Default": otherwise,
    }


def set_variables(values: Mapping[str, Any], *, then: str) -> State:
    """Return a Pass state that assigns variables."""
    return {"Type": "Pass", "Assign": dict(values), "Next": then}


def wait(seconds: int | str, *, then: str) -> State:
    """Return a Wait state; `seconds` is a number or an expression."""
    return {"Type": "Wait", "Seconds": seconds, "Next": then}


def retry(errors: Sequence[str], *, attempts: int, first_seconds: int, most_seconds: int) -> State:
    """Return a retrier with exponential backoff and full jitter."""
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": first_seconds,
        "MaxAttempts": attempts,
        "BackoffRate": 2,
        "MaxDelaySeconds": most_seconds,
        "JitterStrategy": "FULL",
    }


def retry_transient_errors(prefix: str) -> State:
    """Return a retrier with backoff for throttling and server errors of a service.

    `prefix` is the service, as in `SageMaker`. Throttling has no error name of its own in most
    APIs; Step Functions then names it after the service.
    """
    errors = [f"{prefix}.ThrottlingException", f"{prefix}.{prefix}Exception"]
    errors += [f"{prefix}.ServerException", f"{prefix}.SdkClientException"]
    return retry(errors, attempts=5, first_seconds=2, most_seconds=60)


def in_partition(states: States, partition: str) -> States:
    """Return `states` with the integrations of another partition, as in `arn:aws-cn:states:::…`."""
    return {
        name: state | {"Resource": state["Resource"].replace("arn:aws:", f"arn:{partition}:", 1)}
        if "Resource" in state
        else state
        for name, state in states.items()
    }


def catch_all(then: str) -> State:
    """Return a catcher of all errors that assigns `failure` and goes on to `then`."""
    return {"ErrorEquals": ["States.ALL"], "Assign": FAILURE, "Next": then}
