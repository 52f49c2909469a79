"""`kiban runs`: the trainings of a model."""

from typing import Annotated

import typer

from cli.environments.environment_loader import open_model
from cli.models import workflow_runs as workflow
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
    with screen.waiting("asking Step Functions"):
        found = workflow.newest(environment, model, limit)
        states = {
            run.arn: workflow.current_state(environment, run.arn)
            for run in found
            if run.status == "RUNNING"
        }
    if as_json:
        screen.say_json([{"name": run.name, "state": run.state, **vars(run)} for run in found])
        return
    if not found:
        screen.say(f"No runs yet. Next: {environment.command(f'data put {model} FILE.csv')}")
        return
    metric = environment.config.models[model].gate.metric
    screen.title(f"Runs of {model}")
    screen.table(
        ["started", ">took", "reason", "data", "state", f">{metric}", ">version"],
        [_row(run, metric, states.get(run.arn, "")) for run in found],
    )
    failed = next((run for run in found if run.error), None)
    if failed is not None:
        screen.say(f"\n[dim]The newest failure: {screen.plain(failed.error)}[/]")


def _row(run: Run, metric: str, now: str) -> list[str]:
    value = run.metric(metric)
    took = screen.lasting((run.ended - run.started).total_seconds()) if run.ended else ""
    state = screen.coloured("running" if run.status == "RUNNING" else run.state)
    return [
        screen.ago(run.started),
        took,
        screen.plain(run.given.get("Reason", "")),
        screen.plain(run.data_version),
        f"{state} [dim]{screen.plain(now)}[/]" if now else state,
        "" if value is None else f"{value:.4f}",
        run.package,
    ]
