"""`kiban status`: what is deployed, what is live, what ran last."""

from typing import Any

from cli import runs, screen, versions
from cli.environment import Environment, Stack, open_environment
from cli.options import AsJson, Env, UseSandbox
from sandbox.gaps import GAPS

_LAST_RUNS = 3


def status(env: Env = "dev", sandbox: UseSandbox = False, as_json: AsJson = False) -> None:
    """Show the stacks, endpoints and last runs of an environment."""
    environment = open_environment(env, sandbox=sandbox)
    with screen.waiting("asking CloudFormation"):
        stacks = {part: environment.stack(part) for part in environment.stack_parts()}
        models = {model: _model(environment, model, stacks) for model in environment.config.models}
    if as_json:
        screen.say_json(_document(environment, stacks, models))
        return
    place = environment.connection.url or f"AWS, {environment.connection.region}"
    screen.title(environment.config.stage, place)
    screen.table(["stack", "state", "changed"], [_row(part, stacks[part]) for part in stacks])
    for model, facts in models.items():
        _show_model(environment, model, facts)
    if sandbox:
        screen.title("Not as on AWS", "everything else behaves as AWS does")
        screen.table(
            ["what", "here"], [[screen.plain(gap.name), screen.plain(gap.here)] for gap in GAPS]
        )


def _model(env: Environment, model: str, stacks: dict[str, Stack | None]) -> dict[str, Any]:
    live = versions.live(env, model) if stacks[f"Inference-{model}"] else None
    training = stacks[f"Training-{model}"]
    has_runs = training is not None and "WorkflowArn" in training.outputs
    return {"live": live, "runs": runs.newest(env, model, _LAST_RUNS) if has_runs else []}


def _row(part: str, stack: Stack | None) -> list[str]:
    if stack is None:
        return [part, "[dim]not deployed[/]", ""]
    return [part, screen.coloured(stack.status), f"[dim]{screen.ago(stack.updated)}[/]"]


def _show_model(env: Environment, model: str, facts: dict[str, Any]) -> None:
    live: versions.Live | None = facts["live"]
    screen.title(f"Model {model}")
    if live is None:
        screen.say("  [dim]not deployed[/]")
        return
    if live.endpoint:
        number = live.package.rpartition("/")[2]
        state = screen.coloured(live.endpoint_status)
        screen.say(f"  endpoint {live.endpoint} is {state}, version {number}")
    else:
        screen.say("  [dim]no version is live: the endpoint appears with the first approval[/]")
    for run in facts["runs"]:
        value = run.metric(env.config.models[model].gate.metric)
        metric = "" if value is None else f"{env.config.models[model].gate.metric} {value:.4f}"
        screen.say(
            f"  run {screen.ago(run.started)}: {screen.coloured(run.state)} "
            f"{metric} [dim]{screen.plain(run.error)}[/]"
        )


def _document(
    env: Environment, stacks: dict[str, Stack | None], models: dict[str, Any]
) -> dict[str, Any]:
    return {
        "stage": env.config.stage,
        "region": env.connection.region,
        "stacks": {part: vars(stack) if stack else None for part, stack in stacks.items()},
        "models": {
            model: {
                "live": vars(facts["live"]) if facts["live"] else None,
                "runs": [{"name": run.name, **vars(run)} for run in facts["runs"]],
            }
            for model, facts in models.items()
        },
        "not_emulated": [gap.name for gap in GAPS] if env.connection.is_sandbox else [],
    }
