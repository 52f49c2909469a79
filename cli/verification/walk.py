"""One walk through an environment's life, timed and recorded; it ends with nothing left."""

import time
from collections.abc import Callable, Sequence

from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.system.signal_handlers import defer_signals
from cli.terminal.errors import Failure, Interrupted
from cli.verification.call_record import CallRecord
from cli.verification.findings import StepOutcome, Walk
from cli.verification.life import Variant, steps_of_life
from config.outputs import WORKFLOW_ARN
from config.stack_names import training_stack

REMOVAL = "Removal"
BEGIN_WITHIN_SECONDS = 2 * 60 * 60
"""No step begins later than this; the longest one, a rollout, is given up after 90 minutes."""

_SETTLE_SECONDS = 60 * 60

Remove = Callable[[Environment], None]


def walk(
    place: str,
    variants: Sequence[Variant],
    model: str,
    record: CallRecord,
    *,
    remove: Remove,
    wait: Callable[[str], None],
) -> Walk:
    """Walk through the steps until one fails; destroy the environment whatever happened.

    An interruption is raised after the environment is destroyed, and another one during that waits
    for its end.
    """
    found = Walk(place, calls=record.steps)
    env = variants[0].env
    try:
        _go(found, variants, model, record, wait)
    finally:
        with defer_signals():
            wait("destroying the environment; an interruption waits for the end of it")
            _remove(found, env, record, remove)
    return found


def _go(
    found: Walk,
    variants: Sequence[Variant],
    model: str,
    record: CallRecord,
    wait: Callable[[str], None],
) -> None:
    start = began = time.monotonic()
    last = "the beginning"
    steps = steps_of_life(variants, model, wait)
    while True:
        try:
            if began - start > BEGIN_WITHIN_SECONDS:
                raise Failure(f"given up after {BEGIN_WITHIN_SECONDS // 3600} hours")
            name, result = next(steps)
        except StopIteration:
            return
        except Interrupted:
            raise
        except Exception as error:
            # Whatever stops the walk is its result, and the environment is destroyed.
            failed = f"after {last}"
            record.close_step(failed)
            took = time.monotonic() - began
            found.steps.append(StepOutcome(failed, "", took, _text(error)))
            return
        record.close_step(name)
        found.steps.append(StepOutcome(name, result, time.monotonic() - began))
        began, last = time.monotonic(), name


def _remove(found: Walk, env: Environment, record: CallRecord, remove: Remove) -> None:
    began, error = time.monotonic(), ""
    try:
        _stop_runs(env)
        _settle(env)
        remove(env)
    except Exception as problem:
        error = _text(problem)
    found.left = _whatever_is_left(env)
    if found.left and not error:
        error = f"{', '.join(found.left)} is left"
    record.close_step(REMOVAL)
    result = "" if error else "nothing is left"
    found.steps.append(StepOutcome(REMOVAL, result, time.monotonic() - began, error))


def _stop_runs(env: Environment) -> None:
    """Stop executions of workflows: they would go on and make what is being removed."""
    steps = env.aws("stepfunctions")
    for model in env.config.models:
        stack = env.stack(training_stack(model))
        arn = stack.outputs.get(WORKFLOW_ARN) if stack else None
        if arn is None:
            continue
        listed = steps.list_executions(stateMachineArn=arn, statusFilter="RUNNING")
        for execution in listed["executions"]:
            steps.stop_execution(executionArn=execution["executionArn"])


def _settle(env: Environment) -> None:
    """Wait for what an interrupted deployment left going on: no update can be deleted."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while time.monotonic() < deadline:
        states = [stack.status for stack in env.stacks().values() if stack is not None]
        if not any(one.endswith("_IN_PROGRESS") and "REVIEW" not in one for one in states):
            return
        time.sleep(env.poll_seconds)


def _whatever_is_left(env: Environment) -> list[str]:
    stage = env.config.stage
    try:
        left = [f"stack {stack.name}" for stack in env.stacks().values() if stack is not None]
        endpoints = env.aws("sagemaker").list_endpoints(NameContains=f"{stage}-")["Endpoints"]
        left += [f"endpoint {one['EndpointName']}" for one in endpoints]
        names = [bucket["Name"] for bucket in env.aws("s3").list_buckets()["Buckets"]]
        return left + [f"bucket {name}" for name in names if name.startswith(f"{stage}-")]
    except Exception as error:
        # Nothing may be called removed that nobody could look at.
        return [f"perhaps all of {stage} ({_text(error)})"]


def _text(error: Exception) -> str:
    known = str(error) if isinstance(error, Failure) else aws_errors.explain(error)
    return known or f"{type(error).__name__}: {error}"
