"""`kiban logs`: CloudWatch logs of a job or an endpoint, or the execution history of a run."""

from typing import Annotated

import typer

from cli.environments.environment import Environment
from cli.environments.environment_loader import open_model
from cli.models import log_events as reader
from cli.models import workflow_runs
from cli.terminal import json_document, screen
from cli.terminal.errors import Failure, WrongInput
from cli.terminal.options import AsJson, Env, Model, UseSandbox

_LONGEST = 120

Job = Annotated[bool, typer.Option("--job", help="The newest training job (this is the default).")]
Endpoint = Annotated[bool, typer.Option("--endpoint", help="The endpoint.")]
Run = Annotated[bool, typer.Option("--run", help="The steps of the newest training run.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Keep reading while more can come.")]


def logs(
    model: Model,
    job: Job = False,
    endpoint: Endpoint = False,
    run: Run = False,
    follow: Follow = False,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Show logs of a model: its newest job, its endpoint, or the steps of its newest run."""
    if job + endpoint + run > 1:
        raise WrongInput("logs: --job, --endpoint and --run exclude each other; give one")
    environment = open_model(env, model, sandbox=sandbox)
    if as_json:
        _write_document(environment, model, endpoint=endpoint, run=run, follow=follow)
        return
    if run:
        _show_run(environment, model, follow=follow)
        return
    find = reader.endpoint_logs if endpoint else reader.newest_job_logs
    source = find(environment, model)
    screen.err.print(f"[dim]{source.name}[/]", soft_wrap=True)
    nothing = True
    for moment, text in reader.read_log(environment, source, follow=follow):
        nothing = False
        screen.print_line(f"[dim]{moment:%H:%M:%S}[/]  {screen.escape(text)}")
    if nothing:
        screen.err.print("[dim]no lines yet[/]")


def _write_document(
    env: Environment, model: str, *, endpoint: bool, run: bool, follow: bool
) -> None:
    """Write one document, or with `follow` one line for each event as it comes."""
    if run:
        newest = _newest_run(env, model)
        name = newest.name
        read = reader.follow_history if follow else reader.run_history
        steps = read(env, newest.arn)
        events = ({"time": time, "state": state, "text": text} for time, state, text in steps)
    else:
        source = (reader.endpoint_logs if endpoint else reader.newest_job_logs)(env, model)
        name = source.name
        lines = reader.read_log(env, source, follow=follow)
        events = ({"time": time, "text": text} for time, text in lines)
    if follow:
        for event in events:
            json_document.write_line(event)
    else:
        screen.print_json({"source": name, "lines": list(events)})


def _newest_run(env: Environment, model: str) -> workflow_runs.Run:
    newest = workflow_runs.newest_runs(env, model, 1)
    if not newest:
        raise Failure(f"{model}: no run yet; start one with: {env.command(f'train {model}')}")
    return newest[0]


def _show_run(env: Environment, model: str, *, follow: bool) -> None:
    newest = _newest_run(env, model)
    screen.err.print(f"[dim]{newest.name}[/]", soft_wrap=True)
    if follow:
        for moment, state, text in reader.follow_history(env, newest.arn):
            line = f"{screen.escape(state):<24}  {screen.escape(_clipped(text))}"
            screen.print_line(f"[dim]{moment:%H:%M:%S}[/]  {line}")
        return
    rows = [
        [
            f"[dim]{moment:%H:%M:%S}[/]",
            screen.escape(state),
            screen.escape(_clipped(text)),
        ]
        for moment, state, text in reader.run_history(env, newest.arn)
    ]
    screen.print_table(["time", "state", "what"], rows)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
