"""Executions and jobs of an environment that still run, and how they are stopped."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from cli.aws import aws_errors
from cli.environments.environment import DeployedStack, Environment
from cli.terminal.errors import Failure
from config.outputs import INTAKE_ARN, ROLLOUT_ARN, WORKFLOW_ARN
from config.tag_names import ENVIRONMENT_TAG, MODEL_TAG

_STOP_SECONDS = 15 * 60


@dataclass(frozen=True)
class RunningWork:
    """One execution of a state machine, or one job; `command` is the AWS CLI's line to stop it."""

    name: str
    command: str
    stop: Callable[[], object]


def find_running_work(
    env: Environment, stacks: list[DeployedStack], models: set[str]
) -> list[RunningWork]:
    """Return what runs in the state machines of `stacks`, and running jobs of `models`."""
    return [*_executions(env, stacks), *_jobs(env, models)]


def stop_all(env: Environment, find: Callable[[], list[RunningWork]]) -> None:
    """Stop everything that `find` returns and wait until nothing is left; raises Failure."""
    until = time.monotonic() + _STOP_SECONDS
    stopped: set[str] = set()
    while left := find():
        for work in left:
            if work.name not in stopped:
                stopped.add(work.name)
                _stop(work)
        if time.monotonic() > until:
            raise Failure(f"{left[0].name}: does not stop; {left[0].command}")
        time.sleep(env.poll_seconds)


def _stop(work: RunningWork) -> None:
    try:
        work.stop()
    except Exception as error:
        # It ended meanwhile: SageMaker then says ValidationException, and the next look is right.
        if aws_errors.code_of(error) != "ValidationException":
            raise


def _executions(env: Environment, stacks: list[DeployedStack]) -> Iterator[RunningWork]:
    states = env.aws("stepfunctions")
    for stack in stacks:
        # The intake first: it starts executions of the workflow.
        for key in (INTAKE_ARN, WORKFLOW_ARN, ROLLOUT_ARN):
            if key not in stack.outputs:
                continue
            for arn in _running_executions(states, stack.outputs[key]):
                stop = partial(states.stop_execution, executionArn=arn, cause="To be deleted")
                command = f"aws stepfunctions stop-execution --execution-arn {arn}"
                yield RunningWork(f"execution {arn.rpartition(':')[2]}", command, stop)


def _running_executions(states: Any, machine: str) -> list[str]:
    pages = states.get_paginator("list_executions")
    try:
        return [
            item["executionArn"]
            for page in pages.paginate(stateMachineArn=machine, statusFilter="RUNNING")
            for item in page["executions"]
        ]
    except states.exceptions.StateMachineDoesNotExist:
        return []


def _jobs(env: Environment, models: set[str]) -> Iterator[RunningWork]:
    """Yield running jobs by their tags: the name of one model may begin that of another."""
    sagemaker = env.aws("sagemaker")
    for kind in ("Training", "Processing"):
        name_key, low = f"{kind}JobName", kind.lower()
        pages = sagemaker.get_paginator(f"list_{low}_jobs")
        for status in ("InProgress", "Stopping"):
            for page in pages.paginate(StatusEquals=status):
                for job in page[f"{kind}JobSummaries"]:
                    if not _is_of(sagemaker, job[f"{kind}JobArn"], env.config.stage, models):
                        continue
                    name = job[name_key]
                    stop = getattr(sagemaker, f"stop_{low}_job")
                    command = f"aws sagemaker stop-{low}-job --{low}-job-name {name}"
                    yield RunningWork(
                        f"{low} job {name}", command, partial(stop, **{name_key: name})
                    )


def _is_of(sagemaker: Any, arn: str, stage: str, models: set[str]) -> bool:
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    return tags.get(ENVIRONMENT_TAG) == stage and tags.get(MODEL_TAG) in models
