"""CloudWatch log events of a job or an endpoint, and the execution history of a run."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.models import workflow_runs
from cli.terminal.errors import Failure
from config.outputs import ARTIFACTS_BUCKET_NAME, ENDPOINT_NAME
from config.s3_layout import model_prefix
from config.stack_names import STORAGE, inference_stack

_OVERLAP_MS = 10_000
_JOB_ENDED = frozenset({"Completed", "Failed", "Stopped"})


@dataclass(frozen=True)
class LogSource:
    """Log streams of one job or endpoint; `ended` returns whether no more events can come."""

    group: str
    prefix: str
    name: str
    ended: Callable[[], bool]


def newest_job_logs(env: Environment, model: str) -> LogSource:
    """Return the logs of the model's newest training job; raises Failure when none ran."""
    sagemaker = env.aws("sagemaker")
    bucket = env.output(STORAGE, ARTIFACTS_BUCKET_NAME)
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains=f"{model}-", SortBy="CreationTime", SortOrder="Descending"
    )
    names = (item["TrainingJobName"] for page in pages for item in page["TrainingJobSummaries"])
    for name in names:
        if not name.startswith(f"{model}-"):
            continue
        job = sagemaker.describe_training_job(TrainingJobName=name)
        # The name of another model may go on after this one's, and another environment of this
        # account may train a model of the same name: a job belongs where it writes.
        if job["OutputDataConfig"]["S3OutputPath"].startswith(
            f"s3://{bucket}/{model_prefix(model)}"
        ):
            return LogSource("/aws/sagemaker/TrainingJobs", f"{name}/", name, _job_ended(env, name))
    raise Failure(
        f"{model}: no training job ran yet; start one with: {env.command(f'train {model}')}"
    )


def endpoint_logs(env: Environment, model: str) -> LogSource:
    """Return the logs of the endpoint; raises Failure when no model is deployed."""
    name = env.require_stack(inference_stack(model)).outputs.get(ENDPOINT_NAME)
    if not name:
        raise Failure(f"{model}: no model is deployed yet, so there is no endpoint to log")
    return LogSource(f"/aws/sagemaker/Endpoints/{name}", "", name, lambda: False)


def _job_ended(env: Environment, name: str) -> Callable[[], bool]:
    def ended() -> bool:
        job = env.aws("sagemaker").describe_training_job(TrainingJobName=name)
        return job["TrainingJobStatus"] in _JOB_ENDED

    return ended


def read_log(
    env: Environment, source: LogSource, *, follow: bool
) -> Iterator[tuple[datetime, str]]:
    """Yield time and text of each line, oldest first; with `follow` until the job has ended."""
    seen: set[str] = set()
    since = 0
    while True:
        is_last = not follow or source.ended()
        for event in _events(env, source, since):
            if event["eventId"] not in seen:
                seen.add(event["eventId"])
                since = max(since, event["timestamp"] - _OVERLAP_MS)
                moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                yield moment, event["message"].replace("#011", "  ").rstrip()
        if is_last:
            return
        time.sleep(env.poll_seconds)


def _events(env: Environment, source: LogSource, since: int) -> list[dict[str, Any]]:
    client = env.aws("logs")
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=source.group,
        startTime=since,
        **({"logStreamNamePrefix": source.prefix} if source.prefix else {}),
    )
    try:
        return [event for page in pages for event in page["events"]]
    except client.exceptions.ClientError as error:
        if aws_errors.is_missing(error):
            return []
        raise


def run_history(env: Environment, arn: str) -> list[tuple[datetime, str, str]]:
    """Return time, state and description of each event of a run that concerns a state."""
    pages = env.aws("stepfunctions").get_paginator("get_execution_history")
    lines: list[tuple[datetime, str, str]] = []
    state = ""
    for page in pages.paginate(executionArn=arn):
        for event in page["events"]:
            state = event.get("stateEnteredEventDetails", {}).get("name", state)
            lines.append((event["timestamp"], state, _describe_event(event)))
    return [line for line in lines if line[2]]


def follow_history(env: Environment, arn: str) -> Iterator[tuple[datetime, str, str]]:
    """Yield the lines of a run's history as they come, until the run has ended."""
    printed = 0
    while True:
        is_last = workflow_runs.describe_run(env, arn).status != "RUNNING"
        lines = run_history(env, arn)
        yield from lines[printed:]
        printed = len(lines)
        if is_last:
            return
        time.sleep(env.poll_seconds)


def _describe_event(event: dict[str, Any]) -> str:
    kind = str(event["type"])
    if kind.endswith("StateEntered"):
        return "entered"
    for name, details in event.items():
        if name.endswith("EventDetails") and isinstance(details, dict) and details.get("error"):
            return workflow_runs.explain_failure(details["error"], details.get("cause", ""))
    return kind if kind.startswith("Execution") else ""
