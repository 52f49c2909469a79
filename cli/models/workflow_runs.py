"""Step Functions executions of a model's training workflow: started, listed, polled."""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli.environments.environment import Environment
from cli.terminal.screen import Spinner
from config.outputs import WORKFLOW_ARN
from config.stack_names import training_stack


@dataclass(frozen=True)
class Run:
    """One execution; outcome, metrics and package are set once it succeeded."""

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
        """The outcome when there is one, else the status."""
        return str(self.output.get("Outcome") or self.status)

    @property
    def data_version(self) -> str:
        """The data version it trained on, empty when unknown."""
        return str(self.output.get("DataVersion") or self.given.get("DataVersion") or "")

    @property
    def package(self) -> str:
        """Number of the registered version, or an empty text."""
        return str(self.output.get("ModelPackageArn") or "").rpartition("/")[2]

    def metric(self, name: str) -> float | None:
        """Return one metric of the held-out rows."""
        value = self.output.get("Metrics", {}).get(name)
        return None if value is None else float(value)


def start_run(env: Environment, model: str, data_version: str | None) -> str:
    """Start a training with the reason `person` and return the execution's ARN."""
    given = {"Reason": "person"} | ({"DataVersion": data_version} if data_version else {})
    response = env.aws("stepfunctions").start_execution(
        stateMachineArn=env.output(training_stack(model), WORKFLOW_ARN), input=json.dumps(given)
    )
    return str(response["executionArn"])


def newest_runs(env: Environment, model: str, limit: int) -> list[Run]:
    """Return the newest runs of a model, newest first."""
    workflow = env.output(training_stack(model), WORKFLOW_ARN)
    listed = env.aws("stepfunctions").list_executions(stateMachineArn=workflow, maxResults=limit)
    found = [describe_run(env, item["executionArn"]) for item in listed["executions"]]
    return sorted(found, key=lambda run: run.started, reverse=True)


def describe_run(env: Environment, arn: str) -> Run:
    """Return one run as it is now."""
    response = env.aws("stepfunctions").describe_execution(executionArn=arn)
    return Run(
        arn,
        response["status"],
        response["startDate"],
        response.get("stopDate"),
        _object(response.get("input")),
        _object(response.get("output")),
        explain_failure(response.get("error", ""), response.get("cause", "")),
    )


def wait_for_run(env: Environment, arn: str, spinner: Spinner) -> Run:
    """Poll a run until it has ended, and return it."""
    while True:
        run = describe_run(env, arn)
        if run.status not in ("RUNNING", "PENDING_REDRIVE"):
            return run
        spinner.update(f"{run.name}: {current_state(env, arn) or 'starting'}")
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


def explain_failure(error: str, cause: str) -> str:
    """Return the reason of a failure on one line, from AWS's nested JSON."""
    details = _object(cause)
    reason = next(
        (
            str(details[key])
            for key in ("FailureReason", "errorMessage", "Cause")
            if details.get(key)
        ),
        cause,
    )
    return ": ".join(part for part in (error, " ".join(reason.split())) if part)


def _object(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
