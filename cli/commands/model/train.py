"""`kiban train`: starts a training run."""

from typing import Annotated

import typer

from cli.data import data_versions
from cli.environments.environment import Environment
from cli.environments.environment_loader import open_model
from cli.models import workflow_runs
from cli.models.metric_titles import metric_text, metric_title
from cli.models.workflow_runs import Run
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted
from cli.terminal.options import AsJson, Env, Model, UseSandbox, Wait

DataVersion = Annotated[
    str | None, typer.Option("--data-version", help="Default: the newest that arrived.")
]


def train(
    model: Model,
    data_version: DataVersion = None,
    wait: Wait = False,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Start a training; the gate, the registration and the rollout follow by themselves."""
    environment = open_model(env, model, sandbox=sandbox)
    if data_version is not None:
        data_versions.require_ready(environment, model, data_version)
    arn = workflow_runs.start_run(environment, model, data_version)
    run = (
        wait_for_run(environment, model, arn)
        if wait
        else workflow_runs.describe_run(environment, arn)
    )
    if as_json:
        # Beside the error of a command, which a document has under that name.
        facts = {"failure" if key == "error" else key: value for key, value in vars(run).items()}
        screen.print_json({"name": run.name, **facts})
    elif not wait:
        screen.print_line(f"Training of {model} started: [bold]{run.name}[/]")
        screen.print_line(f"[dim]Next: {environment.command(f'runs {model}')}[/]")
    else:
        screen.print_line(outcome_markup(environment, model, run))
    require_registered(model, run, finished=wait)


def wait_for_run(env: Environment, model: str, arn: str) -> Run:
    """Wait until a run has ended and return it."""
    try:
        with screen.spinner(f"training {model}") as spinner:
            return workflow_runs.wait_for_run(env, arn, spinner)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{model}: interrupted; the training goes on, see: {env.command(f'runs {model}')}"
        ) from None


def outcome_markup(env: Environment, model: str, run: Run) -> str:
    """Return how a run ended, as markup."""
    metrics = ", ".join(
        f"{metric_title(key)} {metric_text(value)}"
        for key, value in run.output.get("Metrics", {}).items()
    )
    if run.state == "registered":
        approval = env.config.models[model].gate.approval
        words = f"approve {model} {run.package} --wait"
        after = f"\n[dim]Next: {env.command(words)}[/]" if approval == "manual" else ""
        return f"[green]✓[/] registered as version [bold]{run.package}[/]: {metrics}{after}"
    return f"{screen.state_markup(run.state)}{f': {metrics}' if metrics else ''}"


def require_registered(model: str, run: Run, *, finished: bool) -> None:
    """Raise Failure when a finished run did not register a version for approval."""
    if not finished or run.state == "registered":
        return
    if run.state == "refused":
        raise Failure(f"{model}: the gate refused the candidate, version {run.package} says why")
    raise Failure(f"{model}: the training {run.status.lower()}: {run.error or 'no reason given'}")
