"""`kiban runs`: lists the training runs of a model."""

from typing import Annotated

import typer

from cli.environments.environment_loader import open_model
from cli.models import workflow_runs as workflow
from cli.models.metric_titles import metric_text, metric_title
from cli.models.workflow_runs import Run
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, Model, UseSandbox

Limit = Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many at most.")]


def runs(
    model: Model,
    limit: Limit = 10,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """List the trainings of a model, newest first."""
    environment = open_model(env, model, sandbox=sandbox)
    with screen.spinner("reading the executions"):
        found = workflow.newest_runs(environment, model, limit)
        states = {
            run.arn: workflow.current_state(environment, run.arn)
            for run in found
            if run.status == "RUNNING"
        }
    if as_json:
        screen.print_json([{"name": run.name, "state": run.state, **vars(run)} for run in found])
        return
    if not found:
        screen.print_line(f"No runs yet. Next: {environment.command(f'data put {model} FILE.csv')}")
        return
    metric = environment.config.models[model].gate.metric
    screen.print_title(f"Runs of {model}")
    screen.print_table(
        ["started", ">took", "reason", "data", "state", f">{metric_title(metric)}", ">version"],
        [_row(run, metric, states.get(run.arn, "")) for run in found],
    )
    failed = next((run for run in found if run.error), None)
    if failed is not None:
        screen.print_line(f"\n[dim]The newest failure: {screen.escape(failed.error)}[/]")


def _row(run: Run, metric: str, now: str) -> list[str]:
    value = run.metric(metric)
    took = screen.format_duration((run.ended - run.started).total_seconds()) if run.ended else ""
    state = screen.state_markup("running" if run.status == "RUNNING" else run.state)
    return [
        screen.format_age(run.started),
        took,
        screen.escape(run.given.get("Reason", "")),
        screen.escape(run.data_version),
        f"{state} [dim]{screen.escape(now)}[/]" if now else state,
        "" if value is None else metric_text(value),
        run.package,
    ]
