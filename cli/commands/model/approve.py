"""`kiban approve`: approves a model version for its rollout."""

from typing import Annotated

import typer

from cli.environments.environment_loader import open_model
from cli.models import model_versions
from cli.models.rollout import newer_approved_version, wait_for_rollout
from cli.terminal import screen
from cli.terminal.options import Env, Model, UseSandbox, Wait

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
    chosen = model_versions.find_version(environment, model, version)
    if chosen.status == "Approved":
        screen.print_line(f"Version {version} of {model} is already approved.")
    else:
        model_versions.set_approval_status(environment, chosen, "Approved", "")
        screen.print_line(f"Version {version} of {model} is approved.")
    newer = newer_approved_version(environment, model, version)
    if newer is not None:
        screen.print_line(
            f"[dim]Version {newer.number} is newer and approved, so that one is live.[/]"
        )
    elif wait:
        wait_for_rollout(environment, model, chosen)
    else:
        words = environment.command(f"approve {model} {version} --wait")
        screen.print_line(f"[dim]The rollout begins by itself; follow it with: {words}[/]")
