"""Executions of a model's training workflow: started, listed, followed."""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli.environments.environment import Environment
from cli.terminal.screen import Waiting


@dataclass(frozen=True)
class Run:
    """One execution; outcome, metrics and package are there once it succeeded."""

    arn: str
    status: str
    started: datetime
    ended: datetime | None
    given: dict[str, Any]
    output: dict[str, Any]
    error: str

    @property
    def name(self) -> str:
        """The execution's own name."""
        return self.arn.rpartition(":")[2]

    @property
    def state(self) -> str:
        """The word that says most: the outcome when there is one, else the status."""
        return str(self.output.get("Outcome") or self.status)

    @property
    def data_version(self) -> str:
        """The data it trained on, as far as it is known."""
        return str(self.output.get("DataVersion") or self.given.get("DataVersion") or "")

    @property
    def package(self) -> str:
        """Number of the registered version, or an empty text."""
        return str(self.output.get("ModelPackageArn") or "").rpartition("/")[2]

    def metric(self, name: str) -> float | None:
        """Return one metric of the held-out rows."""
        value = self.output.get("Metrics", {}).get(name)
        return None if value is None else float(value)


def start(env: Environment, model: str, data_version: str | None) -> str:
    """Start one training as a person and return the execution's ARN."""
    given = {"Reason": "person"} | ({"DataVersion": data_version} if data_version else {})
    answer = env.aws("stepfunctions").start_execution(
        stateMachineArn=env.output(training_stack(model), WORKFLOW_ARN), input=json.dumps(given)
    )
    return str(answer["executionArn"])


def newest(env: Environment, model: str, limit: int) -> list[Run]:
    """Return the newest runs of a model, newest first."""
    workflow = env.output(training_stack(model), WORKFLOW_ARN)
    listed = env.aws("stepfunctions").list_executions(stateMachineArn=workflow, maxResults=limit)
    found = [describe(env, item["executionArn"]) for item in listed["executions"]]
    return sorted(found, key=lambda run: run.started, reverse=True)


def describe(env: Environment, arn: str) -> Run:
    """Return one run as it is now."""
    said = env.aws("stepfunctions").describe_execution(executionArn=arn)
    return Run(
        arn,
        said["status"],
        said["startDate"],
        said.get("stopDate"),
        _object(said.get("input")),
        _object(said.get("output")),
        explain(said.get("error", ""), said.get("cause", "")),
    )


def wait(env: Environment, arn: str, waiting: Waiting) -> Run:
    """Follow a run until it has ended."""
    while True:
        run = describe(env, arn)
        if run.status not in ("RUNNING", "PENDING_REDRIVE"):
            return run
        waiting.now(f"{run.name}: {current_state(env, arn) or 'starting'}")
        time.sleep(env.poll_seconds)


def current_state(env: Environment, arn: str) -> str:
    """Return the name of the state the run entered last, or an empty text."""
    history = env.aws("stepfunctions").get_execution_history(
        executionArn=arn, reverseOrder=True, maxResults=50
    )
    events = sorted(history["events"], key=lambda event: int(event["id"]), reverse=True)
    entered = (event["stateEnteredEventDetails"]["name"] for event in events if _entered(event))
    return next(entered, "")


def _entered(event: dict[str, Any]) -> bool:
    return "stateEnteredEventDetails" in event


def explain(error: str, cause: str) -> str:
    """Return why something failed on one line, whatever AWS wrapped it into."""
    told = _object(cause)
    reason = next(
        (str(told[key]) for key in ("FailureReason", "errorMessage", "Cause") if told.get(key)),
        cause,
    )
    return ": ".join(part for part in (error, " ".join(reason.split())) if part)


def _object(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
