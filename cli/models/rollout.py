"""Rollout of an approved version, followed until its endpoint serves it."""

from cli.environments.environment import Environment
from cli.models import model_versions
from cli.models.model_versions import Version
from cli.terminal import screen
from cli.terminal.errors import Interrupted


def follow(env: Environment, model: str, version: Version) -> None:
    """Wait until a version is live; raises Failure when the rollout rejected it."""
    try:
        with screen.waiting(f"rolling out version {version.number}") as waiting:
            model_versions.wait_until_live(env, model, version, waiting.now)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{model}: interrupted; the rollout goes on, see: {env.command('status')}"
        ) from None
    screen.say(f"[green]✓[/] version [bold]{version.number}[/] of {model} is live")


def newer_approved(env: Environment, model: str, number: int) -> Version | None:
    """Return the version that is live instead of this one, if there is one."""
    found = model_versions.list_versions(env, model)
    return next((v for v in found if v.number > number and v.status == "Approved"), None)
