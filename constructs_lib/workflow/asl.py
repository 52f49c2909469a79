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
"""What a Catch remembers, under the variable `failure`."""


def jsonata(expression: str) -> str:
    """An expression where a state takes a value."""
    return "{% " + expression + " %}"


def string_literal(text: str) -> str:
    """`text` as a literal inside an expression; must hold no CDK token with a quote in it."""
    return json.dumps(text)


def one_line(expression: str) -> str:
    """Expression of a description as SageMaker takes it: no line breaks, 1024 characters."""
    return rf"$substring($replace({expression}, /\s+/, ' '), 0, 1024)"


def sdk(service: str, action: str) -> str:
    """Resource of a Task that calls any AWS API, as in `sdk("s3", "getObject")`."""
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
    """A Task state that goes on to `then`."""
    state: State = {"Type": "Task", "Resource": resource, "Arguments": dict(arguments)}
    if retry:
        state["Retry"] = list(retry)
    if catch:
        state["Catch"] = list(catch)
    if assign:
        state["Assign"] = dict(assign)
    return state | {"Next": then}


def choice(rules: Mapping[str, str], *, otherwise: str) -> State:
    """A Choice state: the first condition that holds leads to its state."""
    return {
        "Type": "Choice",
        "Choices": [
            {"Condition": jsonata(condition), "Next": then} for condition, then in rules.items()
        ],
        "Default": otherwise,
    }


def set_variables(values: Mapping[str, Any], *, then: str) -> State:
    """A Pass state that only sets variables."""
    return {"Type": "Pass", "Assign": dict(values), "Next": then}


def wait(seconds: int | str, *, then: str) -> State:
    """A Wait state; `seconds` is a number or an expression."""
    return {"Type": "Wait", "Seconds": seconds, "Next": then}


def retry(errors: Sequence[str], *, attempts: int, first_seconds: int, most_seconds: int) -> State:
    """A retrier that doubles its pause and waits a random part of it."""
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": first_seconds,
        "MaxAttempts": attempts,
        "BackoffRate": 2,
        "MaxDelaySeconds": most_seconds,
        "JitterStrategy": "FULL",
    }


def retry_transient_errors(prefix: str) -> State:
    """Retry throttling and server errors with backoff; `prefix` is a service, as in `SageMaker`.

    Throttling has no name of its own in most APIs; Step Functions then names it after the service.
    """
    errors = [f"{prefix}.ThrottlingException", f"{prefix}.{prefix}Exception"]
    errors += [f"{prefix}.ServerException", f"{prefix}.SdkClientException"]
    return retry(errors, attempts=5, first_seconds=2, most_seconds=60)


def in_partition(states: States, partition: str) -> States:
    """`states` as another partition names its integrations, as in `arn:aws-cn:states:::…`."""
    return {
        name: state | {"Resource": state["Resource"].replace("arn:aws:", f"arn:{partition}:", 1)}
        if "Resource" in state
        else state
        for name, state in states.items()
    }


def catch_all(then: str) -> State:
    """Whatever went wrong is remembered as `failure`, and `then` decides."""
    return {"ErrorEquals": ["States.ALL"], "Assign": FAILURE, "Next": then}
