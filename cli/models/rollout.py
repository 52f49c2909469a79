"""Rollout of an approved version, followed until its endpoint serves it."""

from cli.environments.environment import Environment
from cli.models import model_versions
from cli.models.model_versions import ModelVersion
from cli.terminal import screen
from cli.terminal.errors import Interrupted


def wait_for_rollout(env: Environment, model: str, version: ModelVersion) -> None:
    """Wait until a version is live; raises Failure when the rollout rejected it."""
    try:
        with screen.spinner(f"rolling out version {version.number}") as spinner:
            model_versions.wait_until_live(env, model, version, spinner.update)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{model}: interrupted; the rollout goes on, see: {env.command('status')}"
        ) from None
    screen.print_line(f"[green]✓[/] version [bold]{version.number}[/] of {model} is live")


def newer_approved_version(env: Environment, model: str, number: int) -> ModelVersion | None:
    """Return an approved version newer than `number`, which is live instead, if there is one."""
    found = model_versions.list_versions(env, model)
    return next((v for v in found if v.number > number and v.status == "Approved"), None)
