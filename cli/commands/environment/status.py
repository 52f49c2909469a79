"""`kiban status`: stacks, endpoints and newest runs of an environment."""

from collections.abc import Collection
from typing import Any

from cli.environments.environment import DeployedStack, Environment
from cli.environments.environment_loader import open_environment
from cli.models import model_versions, workflow_runs
from cli.removal.prune_dialogue import warn_of_removed
from cli.removal.removed_stacks import find_removed_stacks
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, UseSandbox
from config.outputs import WORKFLOW_ARN
from config.stack_names import inference_stack, model_stacks, training_stack
from sandbox.gaps import GAPS
from sandbox.operations import checked

_LAST_RUNS = 3
_SHOWN_IN_FULL = 10
"""With more models than that, each is one row without its runs."""


def status(env: Env = "dev", sandbox: UseSandbox = False, as_json: AsJson = False) -> None:
    """Show the stacks, endpoints and last runs of an environment."""
    environment = open_environment(env, sandbox=sandbox)
    with screen.spinner("reading the stacks"):
        stacks = environment.stacks()
        removed = find_removed_stacks(environment)
        models = {model: _model(environment, model, stacks) for model in environment.config.models}
    if as_json:
        document = _document(environment, stacks, models)
        document["removed_stacks"] = [vars(one.stack) for one in removed.found]
        screen.print_json(document)
        return
    place = environment.connection.url or f"AWS, {environment.connection.region}"
    screen.print_title(environment.config.stage, place)
    screen.print_table(["stack", "state", "changed"], _rows(stacks, models))
    warn_of_removed(environment, removed)
    if len(models) > _SHOWN_IN_FULL:
        _show_many(environment, models)
    else:
        for model, facts in models.items():
            _show_model(environment, model, facts)
    if sandbox:
        screen.print_title("Not as on AWS", checked.summary())
        screen.print_table(
            ["what", "here"],
            [[screen.escape(gap.name), screen.escape(gap.here)] for gap in GAPS],
        )


def _model(env: Environment, model: str, stacks: dict[str, DeployedStack | None]) -> dict[str, Any]:
    inference, training = stacks[inference_stack(model)], stacks[training_stack(model)]
    live = model_versions.live_endpoint(env, model, inference) if inference else None
    has_runs = training is not None and WORKFLOW_ARN in training.outputs
    if len(env.config.models) > _SHOWN_IN_FULL:
        has_runs = False
    return {
        "live": live,
        "runs": workflow_runs.newest_runs(env, model, _LAST_RUNS) if has_runs else [],
    }


def _rows(stacks: dict[str, DeployedStack | None], models: Collection[str]) -> list[list[str]]:
    """Return one row per stack; with many models, only failed or missing ones of theirs."""
    many = len(models) > _SHOWN_IN_FULL
    of_models = {part for model in models for part in model_stacks(model)}
    failed = {
        part
        for part, stack in stacks.items()
        if stack is None or "ROLLBACK" in stack.status or not stack.status.endswith("_COMPLETE")
    }
    listed = {
        part: stack
        for part, stack in stacks.items()
        if not many or part in failed or part not in of_models
    }
    rows = [_row(part, stack) for part, stack in listed.items()]
    left = len(stacks) - len(listed)
    return [*rows, [f"[dim]{left} more[/]", "[green]all well[/]", ""]] if left else rows


def _show_many(env: Environment, models: dict[str, Any]) -> None:
    rows = []
    for model, facts in models.items():
        live: model_versions.LiveEndpoint | None = facts["live"]
        serving = live is not None and live.endpoint
        number = live.package.rpartition("/")[2] if live and serving else ""
        state = live.endpoint_status if live and serving else "no version is live"
        if live and live.disagreement:
            state = live.disagreement
        rows.append([model, number, screen.state_markup(state) if serving else f"[dim]{state}[/]"])
    screen.print_title(f"{len(models)} models", env.command("runs MODEL"))
    screen.print_table(["model", ">version", "endpoint"], rows)


def _row(part: str, stack: DeployedStack | None) -> list[str]:
    if stack is None:
        return [part, "[dim]not deployed[/]", ""]
    return [part, screen.state_markup(stack.status), f"[dim]{screen.format_age(stack.updated)}[/]"]


def _show_model(env: Environment, model: str, facts: dict[str, Any]) -> None:
    live: model_versions.LiveEndpoint | None = facts["live"]
    screen.print_title(f"Model {model}")
    if live is None:
        screen.print_line("  [dim]not deployed[/]")
        return
    if live.endpoint:
        number = live.package.rpartition("/")[2]
        state = screen.state_markup(live.endpoint_status)
        screen.print_line(f"  endpoint {live.endpoint} is {state}, version {number}")
        if live.disagreement:
            screen.print_line(
                f"  [red]it {screen.escape(live.disagreement)}[/]: SageMaker went back by itself, "
                "or somebody changed it; mend it with: aws sagemaker update-endpoint "
                f"--endpoint-name {live.endpoint} --endpoint-config-name {live.wanted} "
                f"--retain-all-variant-properties --region {env.connection.region}"
            )
    else:
        screen.print_line(
            "  [dim]no version is live: the endpoint appears with the first approval[/]"
        )
    for run in facts["runs"]:
        value = run.metric(env.config.models[model].gate.metric)
        metric = "" if value is None else f"{env.config.models[model].gate.metric} {value:.4f}"
        screen.print_line(
            f"  run {screen.format_age(run.started)}: {screen.state_markup(run.state)} "
            f"{metric} [dim]{screen.escape(run.error)}[/]"
        )


def _document(
    env: Environment, stacks: dict[str, DeployedStack | None], models: dict[str, Any]
) -> dict[str, Any]:
    return {
        "stage": env.config.stage,
        "region": env.connection.region,
        "stacks": {part: vars(stack) if stack else None for part, stack in stacks.items()},
        "models": {
            model: {
                "live": _live(facts["live"]) if facts["live"] else None,
                "runs": [{"name": run.name, **vars(run)} for run in facts["runs"]],
            }
            for model, facts in models.items()
        },
        "not_emulated": [gap.name for gap in GAPS] if env.connection.is_sandbox else [],
        "operations": checked.names() if env.connection.is_sandbox else {},
    }


def _live(live: model_versions.LiveEndpoint) -> dict[str, object]:
    return {**vars(live), "disagreement": live.disagreement}
