"""`kiban approve`: a person lets a version go live."""

from typing import Annotated

import typer

from cli import screen, versions
from cli.environment import Environment, open_model
from cli.errors import Interrupted
from cli.options import Env, Model, UseSandbox, Wait
from cli.versions import Version

Number = Annotated[int, typer.Argument(metavar="VERSION", help="A number `kiban models` shows.")]


def approve(
    model: Model,
    version: Number,
    wait: Wait = False,
    env: Env = "dev",
    sandbox: UseSandbox = False,
) -> None:
    """Approve a version; the newest approved version goes live."""
    environment = open_model(env, model, sandbox=sandbox)
    chosen = versions.find(environment, model, version)
    if chosen.status == "Approved":
        screen.say(f"Version {version} of {model} is already approved.")
    else:
        versions.judge(environment, chosen, "Approved", "")
        screen.say(f"Version {version} of {model} is approved.")
    newer = newer_approved(environment, model, version)
    if newer is not None:
        screen.say(f"[dim]Version {newer.number} is newer and approved, so that one is live.[/]")
    elif wait:
        follow(environment, model, chosen)
    else:
        words = environment.command(f"approve {model} {version} --wait")
        screen.say(f"[dim]The rollout begins by itself; follow it with: {words}[/]")


def follow(env: Environment, model: str, version: Version) -> None:
    """Wait until a version is live; raises Failure when the rollout rejected it."""
    try:
        with screen.waiting(f"rolling out version {version.number}") as waiting:
            versions.wait_until_live(env, model, version, waiting.now)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{model}: interrupted; the rollout goes on, see: {env.command('status')}"
        ) from None
    screen.say(f"[green]✓[/] version [bold]{version.number}[/] of {model} is live")


def newer_approved(env: Environment, model: str, number: int) -> Version | None:
    """Return the version that is live instead of this one, if there is one."""
    found = versions.list_versions(env, model)
    return next((v for v in found if v.number > number and v.status == "Approved"), None)
